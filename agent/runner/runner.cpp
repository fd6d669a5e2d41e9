#include "agent/runner/runner.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <list>
#include <map>

#include "agent/clock.hpp"
#include "agent/runner/executor.hpp"
#include "agent/runner/packet_socket.hpp"
#include "agent/runner/wire.hpp"

namespace failover::runner {
namespace {

constexpr const char* process_name = "failover-runner";
constexpr int parent_died = SIGUSR1;

// Those for the other processes of ours, which may be sent to all of them, say, by a terminal.
void ignore_signals_of_others() {
  for (const int signal : {SIGINT, SIGHUP, SIGPIPE, SIGUSR2}) (void)std::signal(signal, SIG_IGN);
}

Descriptor heeded_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, parent_died);
  sigprocmask(SIG_SETMASK, &set, nullptr);
  return Descriptor(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

struct Connection {
  std::uint64_t number;
  PacketSocket socket;
  std::map<Ticket, Executor::Key> checks = {};  // those that run
  std::map<Ticket, Executor::Key> hooks = {};
};

class Runner {
 public:
  Runner(Descriptor listening, pid_t parent, AllowedCommands allowed)
      : listening_(std::move(listening)),
        signals_(heeded_signals()),
        parent_(parent),
        allowed_(std::move(allowed)) {}

  void run();

 private:
  [[nodiscard]] bool is_orphan() const { return getppid() != parent_; }
  [[nodiscard]] bool may_go() const;
  void wait();
  void read_signals();
  void accept_agents();
  void serve(Connection& connection);
  void take(Connection& connection, const Request& request);
  void take(Connection& connection, const Cancel& cancel);
  void take(Connection&, const Greeting&) {}  // not for us; harmless
  void take(Connection&, const Reply&) {}
  void reply(std::uint64_t to, Ticket id, const Finished& finished);
  void drop(const Connection& connection);
  void drop_all();

  Descriptor listening_;
  Descriptor signals_;
  pid_t parent_;
  AllowedCommands allowed_;
  std::list<Connection> connections_;
  std::uint64_t last_number_ = 0;
  Executor executor_;
  bool told_to_go_ = false;
};

void Runner::run() {
  while (!may_go()) {
    wait();
    read_signals();
    accept_agents();
    for (Connection& connection : connections_) serve(connection);
    executor_.look(monotonic_now());
    for (const Connection& connection : connections_)
      if (connection.socket.is_broken()) drop(connection);
    connections_.remove_if([](const Connection& gone) { return gone.socket.is_broken(); });
    if (told_to_go_ && is_orphan()) executor_.end_all(monotonic_now());
  }
}

bool Runner::may_go() const {
  return executor_.empty() && connections_.empty() && (told_to_go_ || is_orphan());
}

void Runner::wait() {
  std::vector<pollfd> polled{{.fd = signals_.number(), .events = POLLIN, .revents = 0}};
  if (listening_.is_open())
    polled.push_back({.fd = listening_.number(), .events = POLLIN, .revents = 0});
  for (const Connection& connection : connections_) {
    const short events = connection.socket.has_waiting() ? POLLIN | POLLOUT : POLLIN;
    polled.push_back({.fd = connection.socket.number(), .events = events, .revents = 0});
  }
  executor_.add_descriptors(polled);
  int timeout = -1;
  if (const auto deadline = executor_.deadline()) {
    const Duration left = std::max(*deadline - monotonic_now(), Duration::zero());
    timeout = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
  }
  (void)poll(polled.data(), polled.size(), timeout);
}

void Runner::read_signals() {
  signalfd_siginfo found{};
  while (read(signals_.number(), &found, sizeof found) == sizeof found)
    told_to_go_ |= found.ssi_signo == SIGTERM;
  if (!told_to_go_ || !listening_.is_open()) return;
  listening_.reset();
  drop_all();
}

void Runner::accept_agents() {
  while (listening_.is_open()) {
    const int accepted = accept4(listening_.number(), nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted < 0) return;
    PacketSocket socket{Descriptor(accepted)};
    if (!socket.is_of_our_user() || connections_.size() >= limits::runner_connections) continue;
    if (auto greeting = encode(Greeting{})) socket.send(std::move(*greeting));
    connections_.push_back({.number = ++last_number_, .socket = std::move(socket)});
  }
}

void Runner::serve(Connection& connection) {
  connection.socket.flush();
  for (std::size_t read = 0; read < limits::runner_requests_at_once; ++read) {
    const auto packet = connection.socket.receive();
    if (!packet) return;
    const auto message = decode(*packet);
    // Nobody who is in order sends that.
    if (!message) return connection.socket.give_up();
    std::visit([&](const auto& content) { take(connection, content); }, *message);
  }
}

void Runner::take(Connection& connection, const Request& request) {
  const Command& command = request.command;
  const auto refuse = [&](std::string why) {
    reply(connection.number, request.id,
          {.outcome = Outcome::not_started, .error = std::move(why)});
  };
  if (!allowed_(command.arguments, command.user))
    return refuse(command.arguments.front() +
                  " is not in the configuration with these arguments and this user");
  auto started = executor_.start(command, monotonic_now(),
                                 [this, to = connection.number, id = request.id](
                                     const Finished& finished) { reply(to, id, finished); });
  if (!started) return refuse(std::move(started.error()));
  (command.kind == Kind::check ? connection.checks : connection.hooks)[request.id] = *started;
}

void Runner::take(Connection& connection, const Cancel& cancel) {
  for (auto* running : {&connection.checks, &connection.hooks})
    if (const auto found = running->extract(cancel.id))
      executor_.end(found.mapped(), monotonic_now());
}

// The agent may have gone.
void Runner::reply(std::uint64_t to, Ticket id, const Finished& finished) {
  const auto connection = std::ranges::find(connections_, to, &Connection::number);
  if (connection == connections_.end()) return;
  connection->checks.erase(id);
  connection->hooks.erase(id);
  if (auto packet = encode(Reply{.id = id, .finished = finished}))
    connection->socket.send(std::move(*packet));
}

void Runner::drop(const Connection& connection) {
  for (const auto& [id, key] : connection.checks) executor_.end(key, monotonic_now());
}

void Runner::drop_all() {
  for (const Connection& connection : connections_) drop(connection);
  connections_.clear();
}

}  // namespace

void run(Descriptor listening, pid_t parent, AllowedCommands allowed) {
  prctl(PR_SET_NAME, process_name);
  prctl(PR_SET_PDEATHSIG, parent_died);
  ignore_signals_of_others();
  Runner(std::move(listening), parent, std::move(allowed)).run();
}

}  // namespace failover::runner
