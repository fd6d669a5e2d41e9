#include "agent/control/control.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "agent/control/health.hpp"
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

std::string joined(const std::vector<std::string>& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ","));
}

// The descriptor stays the mailbox's: what Asio closes is a copy.
int copy_of(int descriptor) { return ::dup(descriptor); }

}  // namespace

Control::Control(Mailboxes& mailboxes, Log& log, EngineProbe engine, const Places& places,
                 std::optional<record::Recorder> recorder, StateFile* state)
    : mailboxes_(mailboxes),
      log_(log),
      engine_(std::move(engine)),
      recorder_(std::move(recorder)),
      started_(monotonic_now()),
      context_(1),
      overrides_(
          places.state,
          [this](const std::string& text) { log_.write(config::LogLevel::warning, text); },
          real_now()),
      directory_(mailboxes, state,
                 [this](const std::string& group) { return overrides_.in_force(group); }),
      runner_(context_, places.runner),
      for_checks_(runner_, runner::Kind::check),
      for_hooks_(runner_, runner::Kind::hook),
      outside_(
          {.context = context_,
           .mailboxes = mailboxes,
           .directory = directory_,
           .for_checks = for_checks_,
           .for_hooks = for_hooks_},
          [this](config::LogLevel level, Event event) { note(level, std::move(event)); },
          [this] { keep_mailboxes_moving(); }),
      commands_(
          context_, mailboxes, directory_, operations_, overrides_,
          [this](config::LogLevel level, Event event) { note(level, std::move(event)); },
          [this] { keep_mailboxes_moving(); },
          [this](GroupId id, std::function<void()> then) {
            outside_.before_release(id, std::move(then));
          }),
      changes_(
          {.context = context_,
           .file = places.configuration,
           .in_force = places.in_force,
           .state = places.state,
           .apply = [this](
                        const config::Configuration& configuration, changes::IfRefused if_refused,
                        changes::Tried then) { apply(configuration, if_refused, std::move(then)); },
           .is_active = [this](const std::string& group) { return is_active(group); },
           .ills = [this] { return ills_of(view(), monotonic_now()); },
           .note =
               [this](const std::string& text) {
                 note(config::LogLevel::notice, {.kind = EventKind::config, .text = text});
               },
           .warn =
               [this](const std::string& text) { log_.write(config::LogLevel::warning, text); }}),
      api_(
          context_, view(), commands_, changes_, events_, [this] { return agent_state(); },
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

void Control::start(RunDirectory run, config::InForce tree,
                    const config::Configuration& configuration) {
  node_ = configuration.agent.node.empty() ? host_name() : configuration.agent.node;
  log_.set_level(configuration.agent.log_level);
  note(config::LogLevel::notice,
       {.kind = EventKind::start,
        .text = fmt::format("event=start version={} node={} routers={}", program_version, node_,
                            configuration.routers.size())});
  if (!run.has_group)
    log_.write(config::LogLevel::info,
               "control.sock is root's alone: there is no group failover, or the socket cannot be "
               "given to it");
  listen_to(engine_wake_, mailboxes_.engine_to_control);
  listen_to(kernel_wake_, mailboxes_.kernel_to_control);
  wait_for_signal();
  for (const config::GroupSettings& group : configuration.groups)
    if (const auto role = directory_.earlier_role(configuration, group.name))
      outside_.goes_on(group.name, *role);
  changes_.begin(std::move(tree), configuration);
  directory_.apply(configuration);
  outside_.apply(configuration, node_);
  commands_.end_overrides(real_now());
  keep_mailboxes_moving();
  changes_.read_revisions();
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

void Control::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    if (signal == SIGHUP) {
      reload();
    } else if (signal == SIGUSR2) {
      make_room();
    } else if (stopping_) {
      stop();
    } else {
      stop_soon();
    }
    wait_for_signal();
  });
}

void Control::apply(const config::Configuration& configuration, changes::IfRefused if_refused,
                    changes::Tried then) {
  if (if_refused == changes::IfRefused::take_back) mailboxes_.control_to_kernel.post(BeginChange{});
  log_.set_level(configuration.agent.log_level);
  node_ = configuration.agent.node.empty() ? host_name() : configuration.agent.node;
  const Applied applied = directory_.apply(configuration);
  outside_.apply(configuration, node_);
  note(config::LogLevel::notice,
       {.kind = EventKind::config,
        .text = fmt::format("event=apply added={} changed={} removed={} unchanged={} "
                            "groups_added={} groups_changed={} groups_removed={}",
                            joined(applied.added), joined(applied.changed), joined(applied.removed),
                            applied.unchanged, joined(applied.groups_added),
                            joined(applied.groups_changed), joined(applied.groups_removed))});
  trials_.emplace(++last_trial_, std::move(then));
  mailboxes_.control_to_kernel.post(EndChange{last_trial_});
  keep_mailboxes_moving();
}

// Errors change nothing: a running agent keeps what it has.
void Control::reload() {
  if (stopping_) return;
  changes_.reload({.source = changes::Source::reload, .owner = "SIGHUP", .reason = {}},
                  [this](const changes::Changed& change) { reloaded(change); });
}

void Control::reloaded(const changes::Changed& change) {
  if (change)
    return note(config::LogLevel::notice,
                {.kind = EventKind::config,
                 .text = fmt::format("event=reload result=done revision={} values={}",
                                     changes_.revision(), change->values.size())});
  for (const config::ConfigError& error : change.error().errors)
    log_.write(config::LogLevel::error, error.text());
  note(config::LogLevel::error,
       {.kind = EventKind::config,
        .text = "event=reload result=refused; the configuration in force stays as it is: " +
                change.error().detail});
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
  note(config::LogLevel::notice,
       {.kind = EventKind::stop, .text = "event=replace: another agent goes on from here"});
  end_ = End::replaced;
  context_.stop();
}

// The first request hands over and waits for the peer; the second one does not wait.
void Control::stop() {
  note(config::LogLevel::notice,
       {.kind = EventKind::stop,
        .text = stopping_ ? "event=stop-now: not waiting for the peer any more"
                          : "event=stop: handing over"});
  if (std::exchange(stopping_, true)) {
    directory_.remove_all_now();
    keep_mailboxes_moving();
    if (directory_.empty()) context_.stop();
  } else {
    before_release_of_all([this] { hand_over_all(); });
  }
}

void Control::hand_over_all() {
  directory_.remove_all();
  keep_mailboxes_moving();
  end_when_empty();
}

// Hooks come to their end first, unless somebody asks to stop a second time.
void Control::end_when_empty() {
  if (directory_.empty()) outside_.stopped([this] { context_.stop(); });
}

// Side by side; the second request to stop does not wait for them.
void Control::before_release_of_all(std::function<void()> then) {
  const auto groups = directory_.groups();
  const auto left = std::make_shared<std::size_t>(groups.size() + 1);
  const auto one_less = [left, then = std::move(then)] {
    if (--*left == 0) then();
  };
  for (const GroupEntry* group : groups) outside_.before_release(group->id, one_less);
  one_less();
}

void Control::note(config::LogLevel level, Event event) {
  log_.write(level, event.text);
  if (event.at == RealTime{}) event.at = real_now();
  events_.add(std::move(event));
  flush_log();
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
          .lateness = engine_.lateness(),
          .has_parent = state_ != nullptr && state_->parent() == getppid(),
          .restarts = state_ != nullptr ? state_->restarts().load() : 0,
          .revision = changes_.revision(),
          .is_saved = changes_.is_saved(),
          .confirm_until = confirm_until()};
}

std::optional<RealTime> Control::confirm_until() const {
  const auto& unconfirmed = changes_.unconfirmed();
  if (!unconfirmed) return std::nullopt;
  return RealTime(std::chrono::nanoseconds(unconfirmed->until));
}

View Control::view() {
  return {directory_,
          overrides_,
          operations_,
          history_,
          [this](const std::string& group, const std::string& track) {
            return outside_.track_detail(group, track);
          },
          [this](const std::string& group, config::HookKind kind) {
            return outside_.hooks().last(group, kind);
          }};
}

bool Control::is_active(const std::string& group) const {
  const GroupEntry* const found = directory_.find_group(group);
  return found != nullptr && found->status->read().role == router::Role::active;
}

}  // namespace failover::control
