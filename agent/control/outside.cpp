#include "agent/control/outside.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "agent/control/words.hpp"

namespace failover::control {
namespace {

// Until a hook for the active role may find the addresses there: claims take milliseconds, IPv6
// some more. Then it runs all the same.
constexpr Duration look_at_claim = 10ms;
constexpr int looks_at_claim = 200;

// A sequence number that earlier lives of the agent have not used: microseconds since 1970.
std::uint64_t first_sequence() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(real_now().time_since_epoch()).count());
}

// An element that fails is a fault; one that was not there from the beginning is none yet.
config::HookKind hook_of(const GroupMoved& message) {
  if (message.to == router::Role::active) return config::HookKind::active;
  return message.state == GroupState::down ? config::HookKind::fault : config::HookKind::backup;
}

}  // namespace

Outside::Outside(const Means& means, Note note, std::function<void()> posted)
    : means_(means),
      note_(std::move(note)),
      posted_(std::move(posted)),
      checks_(means.context, means.for_checks,
              [this](std::string_view group, group::TrackNumber track, group::Health health) {
                const GroupEntry* entry = means_.directory.find_group(group);
                if (entry == nullptr) return;
                means_.mailboxes.control_to_engine.post(
                    TrackReported{.id = entry->id, .report = {.track = track, .health = health}});
                posted_();
              }),
      hooks_(means.for_hooks, first_sequence(),
             [this](const std::string& group, const hooks::LastRun& run, std::string_view what) {
               note_(run.well ? config::LogLevel::info : config::LogLevel::warning,
                     {.at = run.ended,
                      .kind = EventKind::hook,
                      .group = group,
                      .text = fmt::format("group={} {} result={} detail=\"{}\"", group, what,
                                          run.well ? "done" : "failed", run.detail)});
             }) {}

void Outside::apply(const config::Configuration& configuration, const std::string& node) {
  node_ = node;
  hooks_.apply(configuration.groups);
  checks_.apply(configuration.groups);
}

hooks::Move Outside::move_of(const GroupEntry& group) const {
  const GroupStatus status = group.status->read();
  hooks::Move move{.node = node_,
                   .group = group.settings.name,
                   .role = std::string(word(status.role)),
                   .was = std::string(word(status.role)),
                   .status = std::string(status_text(status.state)),
                   .reason = std::string(name(status.reason)),
                   .at = timestamp(real_now())};
  for (const RouterEntry* router : means_.directory.routers_of(group.id)) {
    move.routers.push_back(router->settings.name());
    for (const config::AddressSettings& address : router->settings.addresses)
      move.addresses.push_back(address.prefix.text());
  }
  return move;
}

void Outside::moved(const GroupMoved& message) {
  const auto down = status_text(GroupState::down);
  const GroupEntry* group = means_.directory.find_group(message.id);
  if (group == nullptr) return;
  const auto before = goes_on_.find(group->settings.name);
  if (before != goes_on_.end()) {
    const bool goes_on = before->second == message.to;
    goes_on_.erase(before);
    if (goes_on) {
      hooks::Move earlier = move_of(*group);
      earlier.role = word(message.to);
      last_moves_.insert_or_assign(group->settings.name, std::move(earlier));
      return hooks_.goes_on(group->settings.name, message.to == router::Role::active
                                                      ? hooks::Hooks::Units::start
                                                      : hooks::Hooks::Units::stop);
    }
  }
  const auto last = last_moves_.find(group->settings.name);
  const bool was_down = last == last_moves_.end() || last->second.status == down;
  const bool changes =
      message.from != message.to || (message.state == GroupState::down) != was_down;
  // Another reason is no move, and who stops is told when all has gone.
  if (!changes || message.reason == Reason::stopping) return;
  hooks::Move move = move_of(*group);
  move.role = word(message.to);
  move.was = word(message.from);
  move.status = status_text(message.state);
  move.reason = name(message.reason);
  move.planned = message.planned;
  move.at = timestamp(message.at);
  last_moves_.insert_or_assign(group->settings.name, move);
  const auto run = [this, kind = hook_of(message), move] { hooks_.became(kind, move); };
  if (message.to != router::Role::active) return run();
  when_held(message.id, looks_at_claim, run);
}

void Outside::stopped(hooks::Hooks::Done done) {
  for (auto& [group, move] : std::exchange(last_moves_, {})) {
    if (move.role != word(router::Role::active)) continue;
    move.was = std::exchange(move.role, word(router::Role::initialize));
    move.reason = name(Reason::stopping);
    move.status = status_text(GroupState::down);
    move.planned = true;
    move.at = timestamp(real_now());
    hooks_.became(config::HookKind::backup, move);
  }
  hooks_.when_idle(std::move(done));
}

void Outside::when_held(GroupId id, int looks, std::function<void()> then) {
  const auto routers = means_.directory.routers_of(id);
  const bool all_held = std::ranges::all_of(
      routers, [](const RouterEntry* router) { return router->status->read().held; });
  const GroupEntry* group = means_.directory.find_group(id);
  if (group == nullptr) return;
  // It has moved again: that move has a hook of its own. What is published may be older than what
  // was told.
  if (last_moves_[group->settings.name].role != word(router::Role::active)) return;
  if (all_held || looks == 0) return then();
  const auto timer = std::make_shared<boost::asio::steady_timer>(means_.context, look_at_claim);
  timer->async_wait(
      [this, timer, id, looks, then = std::move(then)](const boost::system::error_code& error) {
        if (!error) when_held(id, looks - 1, then);
      });
}

void Outside::services_wanted(GroupId id) {
  const GroupEntry* group = means_.directory.find_group(id);
  if (group == nullptr) return;
  hooks_.start_units(move_of(*group), [this, id](hooks::Hooks::Result result) {
    if (result == hooks::Hooks::Result::well) {
      means_.mailboxes.control_to_engine.post(ServicesReady{id});
    } else {
      means_.mailboxes.control_to_engine.post(ServicesFailed{id});
    }
    posted_();
  });
}

void Outside::healed(RouterId id) {
  const RouterEntry* router = means_.directory.find(id);
  const GroupEntry* group =
      router != nullptr ? means_.directory.find_group(router->group) : nullptr;
  if (group != nullptr && healed_[id].allows(monotonic_now())) hooks_.reconcile(move_of(*group));
}

void Outside::before_release(GroupId id, hooks::Hooks::Done done) {
  const GroupEntry* group = means_.directory.find_group(id);
  if (group == nullptr || group->status->read().role != router::Role::active) return done();
  hooks_.before_release(move_of(*group), std::move(done));
}

std::string Outside::track_detail(const std::string& group, const std::string& track) const {
  const auto last = checks_.last(group, track);
  if (last) return last->finding.detail;
  const auto told = told_.find({group, group::track_number(track)});
  return told == told_.end() ? std::string() : told->second;
}

void Outside::told(const TrackTold& message) {
  if (const GroupEntry* group = means_.directory.find_group(message.id))
    told_.insert_or_assign({group->settings.name, message.track}, message.detail);
}

}  // namespace failover::control
