#include "agent/control/overrides.hpp"

#include <algorithm>

#include "agent/control/override_file.hpp"
#include "protocol/assert.hpp"

namespace failover::control {
namespace {

auto is(OverrideKind kind, const std::string& group) {
  return [kind, &group](const auto& entry) { return entry.kind == kind && entry.group == group; };
}

}  // namespace

std::string_view name(OverrideKind kind) {
  switch (kind) {
    case OverrideKind::drain: return "drain";
    case OverrideKind::hold: return "hold";
    case OverrideKind::freeze: return "freeze";
  }
  broken_promise();
}

std::string undo_of(const Override& override) {
  switch (override.kind) {
    case OverrideKind::drain: return "failoverctl undrain " + override.group;
    case OverrideKind::hold: return "failoverctl release " + override.group;
    case OverrideKind::freeze: return "failoverctl thaw";
  }
  broken_promise();
}

Overrides::Overrides(const std::optional<std::filesystem::path>& directory, Warn warn, RealTime now)
    : warn_(std::move(warn)) {
  if (!directory) return;
  if (const auto refused = make_state_directory(*directory)) {
    warn_(*refused + "; drains, holds and freezes will not survive a restart of failoverd");
    return;
  }
  directory_ = directory;
  read(now);
}

void Overrides::read(RealTime now) {
  auto found = read_overrides(*directory_);
  if (!found) return warn_(found.error());
  overrides_ = std::move(*found);
  std::erase_if(overrides_, [&](const Override& entry) { return entry.until <= now; });
}

void Overrides::write() {
  if (!directory_) return;
  if (const auto refused = write_overrides(*directory_, overrides_))
    warn_(*refused + "; the overrides in force will not survive a restart of failoverd");
}

void Overrides::begin(const std::vector<Override>& list) {
  for (const Override& override : list) {
    const Override* before = find(override.kind, override.group);
    settle(override.kind, override.group);
    replaced_.push_back({.kind = override.kind,
                         .group = override.group,
                         .before = before != nullptr ? std::optional(*before) : std::nullopt});
    std::erase_if(overrides_, is(override.kind, override.group));
    overrides_.push_back(override);
  }
  write();
}

void Overrides::settle(OverrideKind kind, const std::string& group) {
  std::erase_if(replaced_, is(kind, group));
}

void Overrides::take_back(OverrideKind kind, const std::string& group) {
  const auto replaced = std::ranges::find_if(replaced_, is(kind, group));
  if (replaced == replaced_.end()) return;
  std::erase_if(overrides_, is(kind, group));
  if (replaced->before) overrides_.push_back(std::move(*replaced->before));
  replaced_.erase(replaced);
  write();
}

void Overrides::end(OverrideKind kind, const std::vector<std::string>& groups) {
  std::size_t ended = 0;
  for (const std::string& group : groups) {
    settle(kind, group);
    ended += std::erase_if(overrides_, is(kind, group));
  }
  if (ended > 0) write();
}

std::vector<Override> Overrides::ended_by(RealTime now) {
  std::vector<Override> ended;
  std::ranges::copy_if(overrides_, std::back_inserter(ended),
                       [&](const Override& entry) { return entry.until <= now; });
  if (ended.empty()) return ended;
  for (const Override& entry : ended) settle(entry.kind, entry.group);
  std::erase_if(overrides_, [&](const Override& entry) { return entry.until <= now; });
  write();
  return ended;
}

std::optional<RealTime> Overrides::next_end() const {
  const auto next = std::ranges::min_element(overrides_, {}, &Override::until);
  return next == overrides_.end() ? std::nullopt : std::optional(next->until);
}

std::vector<Override> Overrides::of(const std::string& group) const {
  std::vector<Override> list;
  std::ranges::copy_if(overrides_, std::back_inserter(list), [&](const Override& entry) {
    return entry.group.empty() || entry.group == group;
  });
  return list;
}

group::Overrides Overrides::in_force(const std::string& group) const {
  group::Overrides all;
  all.drained = find(OverrideKind::drain, group) != nullptr;
  if (const Override* hold = find(OverrideKind::hold, group)) all.hold = hold->hold;
  all.frozen = find(OverrideKind::freeze, {}) != nullptr;
  return all;
}

const Override* Overrides::find(OverrideKind kind, const std::string& group) const {
  const auto found = std::ranges::find_if(overrides_, is(kind, group));
  return found == overrides_.end() ? nullptr : &*found;
}

}  // namespace failover::control
