#include "agent/agent.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <future>
#include <set>
#include <thread>

#include "agent/config/reader.hpp"
#include "agent/control/control.hpp"
#include "agent/engine/engine.hpp"
#include "agent/kernel/kernel_thread.hpp"
#include "agent/realtime.hpp"
#include "agent/record/recorder.hpp"
#include "agent/record/replay.hpp"
#include "agent/state/state_file.hpp"
#include "netlink/rtnetlink.hpp"

namespace failover {
namespace {

void complain(const std::string& text) { fmt::print(stderr, "failoverd: {}\n", text); }

void complain(const config::ConfigErrors& errors) {
  for (const config::ConfigError& error : errors) fmt::print(stderr, "{}\n", error.text());
}

// Signals are the control thread's: the others must never be interrupted by one.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

void unblock_signals() {
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

void ignore_broken_pipes() {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
}

control::RunDirectory received(const Inherited& inherited) {
  return {.lock = Descriptor(inherited.lock),
          .control = Descriptor(inherited.control),
          .status = Descriptor(inherited.status),
          .has_group = inherited.has_group};
}

// What an earlier life held, and this one is to go on with.
std::set<IpAddress> still_held(const config::Configuration& configuration, const StateFile& state) {
  std::set<IpAddress> held;
  for (const config::RouterSettings& router : configuration.routers) {
    const auto survivor = state.find(router.name());
    if (!survivor || survivor->role != router::Role::active) continue;
    for (const config::AddressSettings& address : router.addresses)
      held.insert(address.prefix.address());
  }
  return held;
}

}  // namespace

Exit check_configuration(const Options& options) {
  const auto configuration = config::read_configuration(options.config);
  if (configuration) return Exit::done;
  complain(configuration.error());
  return Exit::configuration;
}

Exit replay_recording(const Options& options) {
  std::ifstream file(options.replay);
  if (!file) return complain(options.replay.string() + ": " + std::strerror(errno)), Exit::failed;
  const auto replayed = record::replay(file);
  if (!replayed) return complain(options.replay.string() + ": " + replayed.error()), Exit::failed;
  for (const record::Difference& difference : replayed->differences)
    fmt::print("line {}: recorded {}\n{:>{}}  now {}\n", difference.line, difference.recorded, "",
               std::to_string(difference.line).size() + 5, difference.now);
  fmt::print("{} routers, {} events, {}\n", replayed->routers, replayed->events,
             replayed->differences.empty() ? "no difference" : "they differ");
  if (replayed->lost > 0)
    fmt::print("{} events are missing in the recording; what follows them may differ\n",
               replayed->lost);
  return replayed->differences.empty() ? Exit::done : Exit::failed;
}

Exit cleanup() {
  auto kernel = netlink::RtNetlink::open(limits::netlink_notification_buffer);
  if (!kernel) return complain(kernel.error().text()), Exit::failed;
  const auto found = (*kernel)->dump();
  if (!found) return complain(found.error().text()), Exit::failed;
  netlink::Found now;
  now.reset(*found);
  Exit exit = Exit::done;
  for (const netlink::Link& link : found->links) {
    auto left = netlink::reconcile(link.index, {}, now.addresses(link.index), {});
    for (const netlink::Step& step : left.plan)
      if (const auto* removal = std::get_if<netlink::RemoveAddress>(&step))
        fmt::print("{} on {}\n", removal->prefix.text(), link.name);
    if (netlink::is_ours(link)) {
      fmt::print("{}\n", link.name);
      left.plan = {netlink::RemoveLink{link.index}};
    }
    for (const netlink::KernelError& error : (*kernel)->execute(left.plan)) {
      complain(error.text());
      exit = Exit::failed;
    }
  }
  for (const netlink::KernelError& error : (*kernel)->execute({netlink::DropPackets{}})) {
    complain(error.text());
    exit = Exit::failed;
  }
  return exit;
}

Exit run_agent(const Options& options, Stay stay) {
  const auto configuration = config::read_configuration(options.config);
  if (!configuration) return complain(configuration.error()), Exit::configuration;
  ignore_broken_pipes();
  auto run = options.inherited
                 ? Result<control::RunDirectory, std::string>(received(*options.inherited))
                 : control::open_run_directory(options.run_directory);
  if (!run) return complain(run.error()), Exit::failed;
  auto state = StateFile::open(options.run_directory / "state");
  if (!state) return complain(state.error()), Exit::failed;
  state->agent() = getpid();
  if (!options.inherited) state->parent() = 0;
  auto kernel = netlink::RtNetlink::open(limits::netlink_notification_buffer);
  if (!kernel) return complain(kernel.error().text()), Exit::failed;
  auto sender = SocketSender::open();
  if (!sender) return complain(sender.error() + "; it takes CAP_NET_RAW"), Exit::failed;
  auto announcer = Announcer::open();
  if (!announcer) return complain(announcer.error() + "; it takes CAP_NET_RAW"), Exit::failed;

  std::optional<record::Recorder> recorder;
  if (options.record) {
    auto opened = record::Recorder::open(*options.record);
    if (!opened) return complain("--record " + opened.error()), Exit::failed;
    recorder = std::move(*opened);
  }

  Mailboxes mailboxes;
  Log log(STDERR_FILENO);
  const MachineClock clock;
  MachineLinks links(std::move(*announcer));
  Engine engine(mailboxes, **sender, clock,
                recorder ? Engine::Recording::on : Engine::Recording::off, &state->pulse());
  KernelThread kernel_thread(mailboxes, **kernel, links, clock, still_held(*configuration, *state));
  control::Control control(mailboxes, log,
                           {.last_seen_alive = [&] { return engine.last_seen_alive(); },
                            .events_lost = [&] { return engine.events_lost(); }},
                           options.config, std::move(recorder), &*state);
  const bool locked = lock_memory();

  block_signals();
  std::promise<std::string> scheduling;
  std::thread engine_runs([&] {
    scheduling.set_value(make_thread_punctual());
    engine.run();
  });
  std::thread kernel_runs([&] { kernel_thread.run(); });
  unblock_signals();

  control.start(std::move(*run), *configuration);
  log.write(config::LogLevel::info,
            "event=scheduling engine=\"" + scheduling.get_future().get() + "\"");
  if (!locked)
    log.write(config::LogLevel::warning,
              "memory could not be locked: adverts may be late when it "
              "is short (CAP_IPC_LOCK, or LimitMEMLOCK=infinity)");
  if (stay == Stay::briefly) control.stop_soon();
  const auto end = control.run();
  // Nothing is held any more, or all of it stays: the threads may go in any order.
  mailboxes.control_to_engine.post(Quit{});
  mailboxes.control_to_kernel.post(Quit{});
  engine_runs.join();
  kernel_runs.join();
  if (end == control::Control::End::replaced) return Exit::replaced;
  control::close_run_directory(options.run_directory);
  log.write(config::LogLevel::notice, "event=stopped");
  return Exit::done;
}

}  // namespace failover
