#include "agent/parent/parent.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc 2.36 declares for C what is in it.
extern "C" {
#include <sys/pidfd.h>
}

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <thread>

#include "agent/control/log.hpp"
#include "agent/control/sockets.hpp"
#include "agent/descriptor.hpp"
#include "agent/kernel/kept_memberships.hpp"
#include "agent/parent/become.hpp"
#include "agent/parent/descriptor_store.hpp"
#include "agent/parent/runner_process.hpp"
#include "agent/state/state_file.hpp"
#include "agent/version.hpp"
#include "protocol/limits.hpp"

namespace failover {
namespace {

constexpr Duration round = 100ms;  // between two looks at the agent
// Until an agent that takes another's place comes round. It has files to read, and its addresses to
// compare, on a machine that may be short of everything.
constexpr Duration longest_start = 10s;

sigset_t heeded_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR2}) sigaddset(&set, signal);
  return set;
}

// Nothing when the round is over first.
std::optional<int> next_signal() {
  const sigset_t set = heeded_signals();
  const timespec timeout{.tv_sec = 0, .tv_nsec = round.count()};
  const int signal = sigtimedwait(&set, nullptr, &timeout);
  return signal > 0 ? std::optional(signal) : std::nullopt;
}

// Also when nobody has waited for it yet: who has adopted it may never do so.
bool has_ended(const Descriptor& process, int within_ms) {
  pollfd end{.fd = process.number(), .events = POLLIN, .revents = 0};
  return poll(&end, 1, within_ms) > 0;
}

// A failoverd that runs; nothing when the process is another's, or has ended.
std::optional<Descriptor> running_failoverd(pid_t process) {
  Descriptor opened(pidfd_open(process, 0));
  std::ifstream file(fmt::format("/proc/{}/comm", process));
  std::string name;
  if (!opened.is_open() || !(file >> name) || name != program_name) return std::nullopt;
  if (has_ended(opened, 0)) return std::nullopt;
  return opened;
}

// Its exit status; nothing when it was ended by a signal, at the latest by ours at `until`.
std::optional<int> wait_for(pid_t child, Instant until) {
  int status = 0;
  while (child > 0 && waitpid(child, &status, WNOHANG) == 0) {
    if (monotonic_now() >= until) kill(child, SIGKILL);
    std::this_thread::sleep_for(1ms);
  }
  return child > 0 && WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt;
}

// A child that has ended; 0 when there is none.
pid_t reaped(int& status) { return std::max(waitpid(-1, &status, WNOHANG), 0); }

class Parent {
 public:
  Parent(const Options& options, StateFile state, Inherited inherited)
      : options_(options),
        state_(std::move(state)),
        inherited_(inherited),
        log_(STDERR_FILENO),
        runner_(options, inherited) {}

  Exit run();

 private:
  [[nodiscard]] Exit look_after_agent();
  void start_agent();
  void heed(int signal);
  void try_program();
  void tried(int status);
  // How the agent ended, if it has; nothing while the parent goes on.
  [[nodiscard]] std::optional<Exit> look_for_end();
  [[nodiscard]] std::optional<Exit> ended(int status);
  [[nodiscard]] bool dies_again_and_again();
  [[nodiscard]] Exit hand_over();
  void look_for_hang();
  void say(config::LogLevel level, const std::string& text) {
    log_.write(level, text);
    (void)log_.flush();
  }

  const Options& options_;
  StateFile state_;
  Inherited inherited_;
  Log log_;
  RunnerProcess runner_;
  const std::string program_ = own_program();
  pid_t agent_ = 0;
  Instant born_{};               // the agent
  Instant looked_{};             // when the parent last came round
  Instant patient_until_{};      // the parent was stalled itself: the agent gets time as well
  std::size_t short_lives_ = 0;  // in a row
  bool is_up_ = false;           // it has come round
  bool was_up_ = false;          // one of them has
  bool stopping_ = false;
  bool replaces_self_ = false;  // by the program on disk, once the new agent is up
  pid_t trial_ = 0;             // of that program
  Instant trial_born_{};
};

Exit Parent::run() {
  state_.parent() = getpid();
  runner_.look();
  if (inherited_.agent > 0) {
    agent_ = inherited_.agent;
    was_up_ = true;
    born_ = monotonic_now();
  } else {
    state_.restarts() = 0;
    start_agent();
  }
  const Exit exit = look_after_agent();
  runner_.end();
  return exit;
}

Exit Parent::look_after_agent() {
  looked_ = monotonic_now();
  for (;;) {
    if (const auto signal = next_signal()) heed(*signal);
    if (const auto end = look_for_end()) return *end;
    runner_.look();
    look_for_hang();
    if (replaces_self_ && is_up_ && trial_ <= 0) try_program();
  }
}

void Parent::start_agent() {
  born_ = monotonic_now();
  is_up_ = false;
  agent_ = fork();
  if (agent_ == 0) {
    become(program_, options_, inherited_, Part::agent);
    _exit(static_cast<int>(Exit::failed));
  }
  state_.agent() = agent_;
  if (agent_ < 0) say(config::LogLevel::error, fmt::format("fork: {}", std::strerror(errno)));
}

// The agent does what they ask for; the parent only sees that it happens.
void Parent::heed(int signal) {
  if (signal == SIGCHLD) return;
  stopping_ |= signal == SIGTERM || signal == SIGINT;
  if (agent_ > 0) kill(agent_, signal);
}

// One that does not even start must not take anybody's place.
void Parent::try_program() {
  trial_born_ = monotonic_now();
  trial_ = fork();
  replaces_self_ = trial_ < 0;  // else it is known when this has ended
  if (trial_ != 0) return;
  const int nowhere = ::open("/dev/null", O_WRONLY);
  dup2(nowhere, STDOUT_FILENO);
  execl(program_.c_str(), program_.c_str(), "--version", nullptr);
  _exit(static_cast<int>(Exit::failed));
}

void Parent::tried(int status) {
  trial_ = 0;
  // An agent that dies in between comes first.
  replaces_self_ |= !is_up_;
  if (replaces_self_) return;
  inherited_.agent = agent_;
  inherited_.runner = runner_.process();
  if (WIFEXITED(status) && WEXITSTATUS(status) == static_cast<int>(Exit::done))
    become(program_, options_, inherited_, Part::parent);
  say(config::LogLevel::error, "event=replace: the program on disk does not start as a parent");
}

std::optional<Exit> Parent::look_for_end() {
  int status = 0;
  while (const pid_t child = reaped(status)) {
    if (child == agent_) return ended(status);
    if (child == trial_) {
      tried(status);
      continue;
    }
    if (const auto what = runner_.ended(child, status)) say(config::LogLevel::error, *what);
  }
  // fork() has failed: once a round.
  if (agent_ < 0 && stopping_) return hand_over();
  if (agent_ < 0) start_agent();
  if (state_.last_seen() > born_) is_up_ = was_up_ = true;
  return std::nullopt;
}

std::optional<Exit> Parent::ended(int status) {
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (code == static_cast<int>(Exit::done)) return Exit::done;
  // What has never run does not become right by itself.
  replaces_self_ = code == static_cast<int>(Exit::replaced);
  if (!was_up_ && code >= 0 && !replaces_self_) return static_cast<Exit>(code);
  if (!replaces_self_)
    say(config::LogLevel::error, WIFSIGNALED(status)
                                     ? fmt::format("event=agent-died signal={}", WTERMSIG(status))
                                     : fmt::format("event=agent-died status={}", code));
  // The file has become faulty since; the addresses must not stay without anybody who advertises.
  if (code == static_cast<int>(Exit::configuration)) {
    (void)cleanup();
    return Exit::configuration;
  }
  if (stopping_) return hand_over();
  if (!replaces_self_ && dies_again_and_again()) {
    say(config::LogLevel::error, "event=give-up: the agent does not stay alive; handing over");
    (void)hand_over();
    return Exit::failed;
  }
  ++state_.restarts();
  // The next agent must not wait for another runner, so that one is started when it comes round.
  if (replaces_self_) runner_.replace();
  start_agent();
  return std::nullopt;
}

bool Parent::dies_again_and_again() {
  // Who has never come round has advertised nothing, however long that took.
  const bool short_life =
      state_.last_seen() <= born_ || monotonic_now() - born_ < limits::agent_short_life;
  short_lives_ = short_life ? short_lives_ + 1 : 0;
  return short_lives_ >= limits::agent_short_lives;
}

// In place of an agent that did not: this program has run once, whatever is on disk now. It goes on
// with what there is, in a last agent that stops at once. What is left after that is taken out.
Exit Parent::hand_over() {
  const pid_t last = fork();
  if (last == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    Options options = options_;
    options.inherited = inherited_;
    options.record.reset();
    _exit(static_cast<int>(run_agent(options, Stay::briefly)));
  }
  const auto status = wait_for(last, monotonic_now() + limits::handover_timeout_longest);
  (void)cleanup();
  return status == static_cast<int>(Exit::done) ? Exit::done : Exit::failed;
}

// Only a parent that has come round in time itself can tell.
void Parent::look_for_hang() {
  const Instant now = monotonic_now();
  if (now - looked_ > limits::agent_hang / 2) patient_until_ = now + limits::agent_hang;
  looked_ = now;
  if (trial_ > 0 && now - trial_born_ > longest_start) kill(trial_, SIGKILL);
  if (agent_ <= 0 || stopping_ || now < patient_until_) return;
  // The first one has nothing yet that a peer could miss.
  if (!is_up_ && (!was_up_ || now - born_ < longest_start)) return;
  if (is_up_ && now - state_.last_seen() < limits::agent_hang) return;
  say(config::LogLevel::error, "event=agent-hangs: ending it");
  patient_until_ = now + limits::agent_hang;
  kill(agent_, SIGKILL);
}

// An agent whose parent was killed: it makes room for one of ours, with everything as it is.
void take_over_from_orphan(StateFile& state) {
  const pid_t parent = state.parent();
  if (parent == 0 || running_failoverd(parent)) return;
  const auto agent = running_failoverd(state.agent());
  if (!agent) return;
  pidfd_send_signal(agent->number(), SIGUSR2, nullptr, 0);
  if (has_ended(*agent, limits::agent_hang / 1ms)) return;
  pidfd_send_signal(agent->number(), SIGKILL, nullptr, 0);
  constexpr int for_ever = -1;
  (void)has_ended(*agent, for_ever);
}

// What a service manager keeps while no parent runs. The lock is not among it: a failoverd that is
// started by hand meanwhile must not be refused for one that has died.
struct Kept {
  std::string_view name;
  int Inherited::*descriptor;
};
constexpr std::array kept_by_manager{Kept{"control.sock", &Inherited::control},
                                     Kept{"status.sock", &Inherited::status},
                                     Kept{"runner.sock", &Inherited::runner_socket},
                                     Kept{"memberships-in", &Inherited::memberships_in},
                                     Kept{"memberships-out", &Inherited::memberships_out}};

Result<Inherited, std::string> open_all(const std::filesystem::path& directory) {
  StoredDescriptors stored = take_stored();
  auto run = control::open_run_directory(directory, {.control = std::move(stored["control.sock"]),
                                                     .status = std::move(stored["status.sock"]),
                                                     .runner = std::move(stored["runner.sock"])});
  if (!run) return failure(run.error());
  KeptMemberships::Ends memberships{.in = std::move(stored["memberships-in"]),
                                    .out = std::move(stored["memberships-out"])};
  if (!memberships.in.is_open() || !memberships.out.is_open())
    memberships = KeptMemberships::make();
  const Inherited all{.lock = run->lock.release(),
                      .control = run->control.release(),
                      .status = run->status.release(),
                      .has_group = run->has_group,
                      .runner_socket = run->runner.release(),
                      .memberships_in = memberships.in.release(),
                      .memberships_out = memberships.out.release()};
  for (const Kept& kept : kept_by_manager) store(kept.name, all.*kept.descriptor);
  return all;
}

void complain(const std::string& text) { fmt::print(stderr, "failoverd: {}\n", text); }

}  // namespace

Exit run_parent(const Options& options) {
  const sigset_t heeded = heeded_signals();
  sigprocmask(SIG_BLOCK, &heeded, nullptr);
  std::error_code ignored;
  if (std::filesystem::create_directories(options.run_directory, ignored))
    std::filesystem::permissions(options.run_directory, std::filesystem::perms{0755}, ignored);
  auto state = StateFile::open(options.run_directory / "state");
  if (!state) return complain(state.error()), Exit::failed;
  Inherited inherited;
  if (options.inherited) {
    inherited = *options.inherited;
  } else {
    take_over_from_orphan(*state);
    const auto all = open_all(options.run_directory);
    if (!all) return complain(all.error()), Exit::failed;
    inherited = *all;
  }
  const Exit exit = Parent(options, std::move(*state), inherited).run();
  for (const Kept& kept : kept_by_manager) forget_stored(kept.name);
  control::close_run_directory(options.run_directory);
  return exit;
}

}  // namespace failover
