// What the other threads tell the control thread: to the log, to those who follow, and to who waits
// for it.

#include <fmt/format.h>

#include <algorithm>

#include "agent/control/control.hpp"
#include "agent/control/words.hpp"

namespace failover::control {
namespace {

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

}  // namespace

std::string Control::name_of(RouterId id) const {
  const RouterEntry* router = directory_.find(id);
  return router != nullptr ? router->settings.name() : fmt::format("#{}", id);
}

Event Control::router_event(EventKind kind, RouterId id) const {
  const RouterEntry* router = directory_.find(id);
  return {.kind = kind,
          .group = router != nullptr ? group_of(router->settings) : std::string(),
          .router = name_of(id)};
}

void Control::take(const RoleChanged& message) {
  Event event = router_event(EventKind::role, message.id);
  event.at = message.at;
  event.text =
      fmt::format("router={} role={} was={} reason={}", event.router, word(message.transition.to),
                  word(message.transition.from), name(message.transition.reason));
  if (message.waiting_for != WaitingFor::nothing)
    event.text += fmt::format(" waiting_for={}", name(message.waiting_for));
  note(config::LogLevel::notice, std::move(event));
}

void Control::take(const SawTwoActive& message) {
  Event event = router_event(EventKind::two_active, message.id);
  event.at = message.at;
  event.text = fmt::format("router={} event=two-active peer={} mac={} rank=\"{}\"", event.router,
                           message.peer.address.text(), message.peer.mac.text(),
                           rank_text(message.peer.rank));
  note(config::LogLevel::warning, std::move(event));
  outside_.healed(message.id);
}

void Control::take(const SawStranger& message) {
  Event event = router_event(EventKind::stranger, message.id);
  event.text = fmt::format("router={} event={} {}={} mac={}", event.router, word(message.kind),
                           message.kind == Stranger::has_address ? "address" : "peer",
                           message.address.text(), message.mac.text());
  note(config::LogLevel::warning, std::move(event));
}

void Control::take(const OperationFinished& message) {
  if (message.operation != 0) commands_.finished(message);
}

void Control::take(const GroupMoved& message) {
  const GroupEntry* group = directory_.find_group(message.id);
  if (group == nullptr) return;
  const std::string& called = group->settings.name;
  const auto led_by = group->status->read().leader;
  const RouterEntry* leader = led_by ? directory_.find(*led_by) : nullptr;
  const bool is_ours = leader != nullptr && leader->group == message.id;
  history_.add(called, {.at = message.at,
                        .from = message.from,
                        .to = message.to,
                        .reason = message.reason,
                        .planned = message.planned,
                        .leader = is_ours ? leader->settings.name() : std::string()});
  note(config::LogLevel::notice,
       {.at = message.at,
        .kind = EventKind::group,
        .group = called,
        .text =
            fmt::format("group={} role={} was={} reason={} planned={}", called, word(message.to),
                        word(message.from), name(message.reason), message.planned ? "yes" : "no")});
  outside_.moved(message);
}

void Control::take(const TrackMoved& message) {
  const GroupEntry* group = directory_.find_group(message.id);
  if (group == nullptr) return;
  const auto& tracks = group->settings.tracks;
  const auto moved = std::ranges::find_if(tracks, [&](const config::TrackSettings& track) {
    return group::track_number(track.name) == message.track;
  });
  if (moved == tracks.end()) return;
  const std::string& track = moved->name;
  note(config::LogLevel::notice,
       {.at = message.at,
        .kind = EventKind::track,
        .group = group->settings.name,
        .track = track,
        .text = fmt::format("group={} track={} state={}", group->settings.name, track,
                            word(message.state))});
}

void Control::take(const ServicesWanted& message) {
  const GroupEntry* group = directory_.find_group(message.id);
  if (group != nullptr) outside_.services_wanted(message.id);
}

void Control::take(const GroupGone& message) {
  const std::string name = directory_.group_gone(message.id);
  commands_.group_gone(message.id);
  // Another one may be called the same by now.
  if (directory_.find_group(name) == nullptr) history_.forget(name);
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
  if (stopping_) end_when_empty();
}

void Control::take(const KernelLog& message) {
  log_.write(level_of(message.severity), message.text);
  flush_log();
}

void Control::take(const ChangeTried& message) {
  const auto waiting = trials_.find(message.number);
  if (waiting == trials_.end()) return;
  const auto then = std::move(waiting->second);
  trials_.erase(waiting);
  then(message.refused);
}

}  // namespace failover::control
