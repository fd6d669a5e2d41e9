#include "agent/control/control.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "agent/config/reader.hpp"
#include "agent/version.hpp"

namespace failover::control {
namespace {

constexpr Duration log_retry = 200ms;
constexpr Duration mailbox_retry = 10ms;
// Who only comes to hand over waits no longer for interfaces.
constexpr Duration time_to_go_on = 1s;
// The engine comes round every second; a thread that has not for this long hangs.
constexpr Duration engine_hangs_after = 5s;

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

config::LogLevel level_of(Severity severity) {
  switch (severity) {
    case Severity::error: return config::LogLevel::error;
    case Severity::warning: return config::LogLevel::warning;
    case Severity::notice: return config::LogLevel::notice;
    case Severity::info: return config::LogLevel::info;
    case Severity::debug: return config::LogLevel::debug;
  }
  return config::LogLevel::error;
}

std::string_view word(router::Role role) {
  switch (role) {
    case router::Role::initialize: return "initialize";
    case router::Role::backup: return "backup";
    case router::Role::active: return "active";
  }
  return "";
}

std::string_view word(Stranger kind) {
  switch (kind) {
    case Stranger::other_protocol: return "id-conflict";
    case Stranger::other_key: return "wrong-authentication";
    case Stranger::has_address: return "collision";
  }
  return "";
}

std::string joined(const std::vector<std::string>& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ","));
}

// The descriptor stays the mailbox's: what Asio closes is a copy.
int copy_of(int descriptor) { return ::dup(descriptor); }

}  // namespace

Control::Control(Mailboxes& mailboxes, Log& log, EngineProbe engine, std::filesystem::path file,
                 std::optional<record::Recorder> recorder, StateFile* state)
    : mailboxes_(mailboxes),
      log_(log),
      engine_(std::move(engine)),
      file_(std::move(file)),
      recorder_(std::move(recorder)),
      started_(monotonic_now()),
      context_(1),
      directory_(mailboxes, state),
      api_(
          context_, mailboxes, directory_, operations_, [this] { return agent_state(); },
          [this] { make_room(); }),
      server_(context_, [this](const http::Request& request,
                               http::Reply reply) { api_.handle(request, std::move(reply)); }),
      signals_(context_, SIGTERM, SIGINT, SIGHUP),
      engine_wake_(context_, copy_of(mailboxes.engine_to_control.descriptor())),
      kernel_wake_(context_, copy_of(mailboxes.kernel_to_control.descriptor())),
      log_timer_(context_),
      mailbox_timer_(context_),
      stop_timer_(context_),
      state_(state) {
  signals_.add(SIGUSR2);
}

void Control::start(RunDirectory run, const config::Configuration& configuration) {
  node_ = configuration.agent.node.empty() ? host_name() : configuration.agent.node;
  log_.set_level(configuration.agent.log_level);
  log_.write(config::LogLevel::notice, fmt::format("event=start version={} node={} routers={}",
                                                   version, node_, configuration.routers.size()));
  if (!run.has_group)
    log_.write(config::LogLevel::info,
               "control.sock is root's alone: there is no group failover, or the socket cannot be "
               "given to it");
  listen_to(engine_wake_, mailboxes_.engine_to_control);
  listen_to(kernel_wake_, mailboxes_.kernel_to_control);
  wait_for_signal();
  directory_.apply(configuration);
  keep_mailboxes_moving();
  if (const auto error = server_.serve(run.control.release(), http::Access::everything))
    log_.write(config::LogLevel::error, "control.sock: " + error.message());
  if (const auto error = server_.serve(run.status.release(), http::Access::reads))
    log_.write(config::LogLevel::error, "status.sock: " + error.message());
}

Control::End Control::run() {
  context_.run();
  return end_;
}

template <class Box>
void Control::listen_to(boost::asio::posix::stream_descriptor& wake, Box& box) {
  wake.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                  [this, &wake, &box](const boost::system::error_code& error) {
                    if (error) return;
                    box.acknowledge();
                    while (auto message = box.take())
                      std::visit([this](const auto& content) { this->take(content); }, *message);
                    flush_recording();
                    listen_to(wake, box);
                  });
}

std::string Control::name_of(RouterId id) const {
  const RouterEntry* router = directory_.find(id);
  return router != nullptr ? router->settings.name() : fmt::format("#{}", id);
}

void Control::take(const RoleChanged& message) {
  std::string line = fmt::format("router={} role={} was={} reason={}", name_of(message.id),
                                 word(message.transition.to), word(message.transition.from),
                                 name(message.transition.reason));
  if (message.waiting_for != WaitingFor::nothing)
    line += fmt::format(" waiting_for={}", name(message.waiting_for));
  log_.write(config::LogLevel::notice, line);
  flush_log();
}

void Control::take(const SawTwoActive& message) {
  log_.write(config::LogLevel::warning,
             fmt::format("router={} event=two-active peer={} mac={} rank=\"{}\"",
                         name_of(message.id), message.peer.address.text(), message.peer.mac.text(),
                         rank_text(message.peer.rank)));
  flush_log();
}

void Control::take(const SawStranger& message) {
  log_.write(config::LogLevel::warning,
             fmt::format("router={} event={} {}={} mac={}", name_of(message.id), word(message.kind),
                         message.kind == Stranger::has_address ? "address" : "peer",
                         message.address.text(), message.mac.text()));
  flush_log();
}

void Control::take(const OperationFinished& message) {
  if (message.operation == 0) return;
  operations_.finish(message.operation, message.outcome);
  const Operation* operation = operations_.find(message.operation);
  if (operation == nullptr) return;
  log_.write(config::LogLevel::notice,
             fmt::format("operation={} kind={} router={} uid={} pid={} result={} reason=\"{}\"",
                         operation->id, name(operation->kind), operation->target, operation->uid,
                         operation->pid, static_cast<int>(message.outcome) == 0 ? "done" : "failed",
                         operation->reason));
  flush_log();
}

void Control::take(const RecordedRouter& message) {
  if (recorder_) recorder_->write(message, name_of(message.id));
}

void Control::take(const RecordedEvent& message) {
  if (!recorder_) return;
  const std::uint64_t lost = engine_.events_lost();
  if (lost > events_lost_before_) recorder_->lost(lost - events_lost_before_);
  events_lost_before_ = lost;
  recorder_->write(message);
}

// Recording must never stop the agent: when the disk refuses, it ends and the agent goes on.
void Control::flush_recording() {
  if (!recorder_ || recorder_->flush()) return;
  recorder_.reset();
  log_.write(config::LogLevel::error, "event=recording result=ended: it could not be written");
}

void Control::take(const RouterGone& message) {
  directory_.gone(message.id);
  keep_mailboxes_moving();
  if (stopping_ && directory_.empty()) context_.stop();
}

void Control::take(const KernelLog& message) {
  log_.write(level_of(message.severity), message.text);
  flush_log();
}

void Control::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    if (signal == SIGHUP) {
      reload();
    } else if (signal == SIGUSR2) {
      make_room();
    } else {
      stop();
    }
    wait_for_signal();
  });
}

// Errors change nothing: a running agent keeps what it has.
void Control::reload() {
  if (stopping_) return;
  const auto configuration = config::read_configuration(file_);
  if (!configuration) {
    for (const config::ConfigError& error : configuration.error())
      log_.write(config::LogLevel::error, error.text());
    log_.write(config::LogLevel::error,
               "event=reload result=refused; the configuration in force stays as it is");
    return flush_log();
  }
  log_.set_level(configuration->agent.log_level);
  node_ = configuration->agent.node.empty() ? host_name() : configuration->agent.node;
  const Applied applied = directory_.apply(*configuration);
  log_.write(config::LogLevel::notice,
             fmt::format("event=reload result=done added={} changed={} removed={} unchanged={}",
                         joined(applied.added), joined(applied.changed), joined(applied.removed),
                         applied.unchanged));
  flush_log();
  keep_mailboxes_moving();
}

// A router that has not gone on with its role yet could not hand it over.
void Control::stop_soon() {
  const bool all_up = std::ranges::all_of(directory_.routers(), [](const RouterEntry* router) {
    return router->status->read().role != router::Role::initialize;
  });
  if (all_up || monotonic_now() - started_ > time_to_go_on) return stop();
  stop_timer_.expires_after(mailbox_retry);
  stop_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) stop_soon();
  });
}

// Everything stays as it is: the next agent reads from the state file how that was.
void Control::make_room() {
  if (stopping_) return;
  log_.write(config::LogLevel::notice, "event=replace: another agent goes on from here");
  end_ = End::replaced;
  context_.stop();
}

// The first request hands over and waits for the peer; the second one does not wait.
void Control::stop() {
  log_.write(config::LogLevel::notice, stopping_
                                           ? "event=stop-now: not waiting for the peer any more"
                                           : "event=stop: handing over");
  if (stopping_) {
    directory_.remove_all_now();
  } else {
    directory_.remove_all();
  }
  stopping_ = true;
  keep_mailboxes_moving();
  if (directory_.empty()) context_.stop();
}

void Control::flush_log() {
  if (log_.flush()) return;
  log_timer_.expires_after(log_retry);
  log_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) flush_log();
  });
}

// More than fits a mailbox waits on our side; a large configuration needs a few rounds.
void Control::keep_mailboxes_moving() {
  mailboxes_.control_to_kernel.flush();
  mailboxes_.control_to_engine.flush();
  if (!mailboxes_.control_to_kernel.has_waiting() && !mailboxes_.control_to_engine.has_waiting())
    return;
  mailbox_timer_.expires_after(mailbox_retry);
  mailbox_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) keep_mailboxes_moving();
  });
}

AgentState Control::agent_state() const {
  return {.node = node_,
          .started = started_,
          .engine_alive = monotonic_now() - engine_.last_seen_alive() < engine_hangs_after,
          .events_lost = engine_.events_lost(),
          .has_parent = state_ != nullptr && state_->parent() == getppid(),
          .restarts = state_ != nullptr ? state_->restarts().load() : 0};
}

}  // namespace failover::control
