#include "agent/control/directory.hpp"

#include <algorithm>

#include "agent/control/parts.hpp"
#include "agent/wire/configured.hpp"

namespace failover::control {
namespace {

std::uint32_t free_number(std::vector<bool>& in_use) {
  const auto free = std::ranges::find(in_use, false);
  const auto number = static_cast<std::uint32_t>(free - in_use.begin());
  if (free == in_use.end()) {
    in_use.push_back(true);
  } else {
    *free = true;
  }
  return number;
}

template <class Entries>
std::vector<const typename Entries::mapped_type*> in_order(const Entries& entries) {
  std::vector<const typename Entries::mapped_type*> list;
  list.reserve(entries.size());
  for (const auto& [name, entry] : entries) list.push_back(&entry);
  return list;
}

}  // namespace

std::string group_of(const config::RouterSettings& router) {
  return router.group.empty() ? router.name() : router.group;
}

Applied Directory::apply(const config::Configuration& wanted) {
  Applied applied;
  later_.clear();
  WantedGroups groups;
  for (const config::GroupSettings& group : wanted.groups) groups.emplace(group.name, group);
  WantedRouters routers;
  for (const config::RouterSettings& settings : wanted.routers) {
    routers[settings.name()] = &settings;
    const std::string group = group_of(settings);
    groups.try_emplace(group, config::GroupSettings{.name = group, .preempt = settings.preempt});
  }
  apply_groups(groups, wanted, applied);
  started_ = true;
  apply_routers(routers, applied);
  remove_groups_without_routers();
  return applied;
}

std::optional<router::Role> Directory::earlier_role(const config::Configuration& wanted,
                                                    std::string_view group) const {
  std::optional<router::Role> role;
  for (const config::RouterSettings& router : wanted.routers) {
    if (state_ == nullptr || group_of(router) != group) continue;
    const auto survivor = state_->find(router.name());
    if (survivor) role = std::max(role.value_or(survivor->role), survivor->role);
  }
  return role;
}

void Directory::apply_groups(const WantedGroups& wanted, const config::Configuration& configuration,
                             Applied& applied) {
  for (auto& [name, entry] : groups_) {
    if (entry.leaving || wanted.contains(name)) continue;
    entry.leaving = true;
    applied.groups_removed.push_back(name);
  }
  for (const auto& [name, settings] : wanted) {
    const auto known = groups_.find(name);
    if (known == groups_.end()) {
      add(settings, started_ ? std::nullopt : earlier_role(configuration, name));
      applied.groups_added.push_back(name);
      continue;
    }
    if (std::exchange(known->second.leaving, false)) applied.groups_added.push_back(name);
    if (known->second.settings == settings) continue;
    change(known->second, settings);
    applied.groups_changed.push_back(name);
  }
}

void Directory::apply_routers(const WantedRouters& wanted, Applied& applied) {
  for (auto& [name, entry] : by_name_) {
    if (entry.leaving || wanted.contains(name)) continue;
    remove(entry);
    applied.removed.push_back(name);
  }
  for (const auto& [name, settings] : wanted) {
    const auto known = by_name_.find(name);
    if (known == by_name_.end()) {
      add(*settings);
      applied.added.push_back(name);
    } else if (known->second.leaving) {
      later_.insert_or_assign(name, *settings);
      applied.added.push_back(name);
    } else if (known->second.settings.mac != settings->mac) {
      // The addresses move to another link: as if it were another router.
      remove(known->second);
      later_.insert_or_assign(name, *settings);
      applied.changed.push_back(name);
    } else if (known->second.settings == *settings) {
      ++applied.unchanged;
    } else {
      change(known->second, *settings);
      applied.changed.push_back(name);
    }
  }
}

void Directory::add(const config::GroupSettings& settings, std::optional<router::Role> earlier) {
  GroupEntry entry{.id = free_number(group_ids_), .settings = settings};
  for (const config::TrackSettings& track : settings.tracks)
    entry.tracks.emplace(track.name, std::make_unique<PublishedTrack>());
  auto part = engine_part(entry, in_force_(settings.name));
  // What is added while the agent runs, or goes on from an earlier life, is no start of it.
  const bool fresh = !started_ && !earlier;
  part->start = fresh ? group::Group::Start::fresh : group::Group::Start::resumed;
  KernelGroup kernel = kernel_part(entry);
  kernel.adopted = earlier == router::Role::active;
  mailboxes_.control_to_kernel.post(AddGroup{std::move(kernel), std::move(part)});
  groups_.emplace(settings.name, std::move(entry));
}

void Directory::change(GroupEntry& entry, const config::GroupSettings& settings) {
  const config::GroupMode before = std::exchange(entry.settings, settings).mode;
  for (const config::TrackSettings& track : settings.tracks)
    if (auto& status = entry.tracks[track.name]; !status)
      status = std::make_unique<PublishedTrack>();
  mailboxes_.control_to_kernel.post(
      ChangeGroup{kernel_part(entry), engine_part(entry, in_force_(settings.name))});
  if ((before == config::GroupMode::hot) == (settings.mode == config::GroupMode::hot)) return;
  // Their addresses are to be in place as a backup, or are not any more.
  for (auto& [name, router] : by_name_)
    if (router.group == entry.id && !router.leaving)
      change(router, config::RouterSettings(router.settings));
}

// The engine writes what it publishes until it says that the group has gone. A new one of the same
// name may be there before.
void Directory::remove_groups_without_routers() {
  std::vector<bool> has_router(group_ids_.size());
  for (const auto& [name, router] : by_name_) has_router[router.group] = true;
  for (auto at = groups_.begin(); at != groups_.end();) {
    const auto entry = at++;
    const GroupId id = entry->second.id;
    if (!entry->second.leaving || has_router[id]) continue;
    mailboxes_.control_to_kernel.post(RemoveGroup{id});
    leaving_groups_.push_back(std::move(entry->second));
    groups_.erase(entry);
  }
}

std::string Directory::group_gone(GroupId id) {
  const auto entry = std::ranges::find(leaving_groups_, id, &GroupEntry::id);
  if (entry == leaving_groups_.end()) return {};
  group_ids_[id] = false;
  std::string name = std::move(entry->settings.name);
  leaving_groups_.erase(entry);
  return name;
}

void Directory::add(const config::RouterSettings& settings) {
  const RouterId id = free_number(ids_);
  const auto [at, added] =
      by_name_.emplace(settings.name(), RouterEntry{.id = id,
                                                    .group = groups_.at(group_of(settings)).id,
                                                    .slot = slot_of(settings.interface),
                                                    .settings = settings,
                                                    .status = std::make_unique<PublishedRouter>()});
  const RouterEntry& entry = at->second;
  AddRouter message{.kernel = kernel_router(entry), .engine = engine_part(entry)};
  if (state_ != nullptr) {
    message.engine->survivor = state_->find(settings.name());
    message.engine->kept = state_->entry_of(settings.name());
    message.engine->counted = state_->counters_of(settings.name());
    message.kernel.adopted =
        message.engine->survivor && message.engine->survivor->role == router::Role::active;
  }
  mailboxes_.control_to_kernel.post(std::move(message));
}

void Directory::change(RouterEntry& entry, const config::RouterSettings& settings) {
  entry.settings = settings;
  entry.group = groups_.at(group_of(settings)).id;
  ChangeRouter message{.kernel = kernel_router(entry), .engine = engine_part(entry)};
  if (state_ != nullptr) {
    message.engine->kept = state_->entry_of(settings.name());
    message.engine->counted = state_->counters_of(settings.name());
  }
  mailboxes_.control_to_kernel.post(std::move(message));
}

KernelRouter Directory::kernel_router(const RouterEntry& entry) const {
  KernelRouter part = kernel_part(entry);
  part.hot = find_group(entry.group)->settings.mode == config::GroupMode::hot;
  return part;
}

void Directory::remove(RouterEntry& entry) {
  entry.leaving = true;
  mailboxes_.control_to_engine.post(RemoveRouter{entry.id});
}

void Directory::remove_all() {
  later_.clear();
  for (auto& [name, entry] : by_name_)
    if (!entry.leaving) remove(entry);
}

void Directory::remove_all_now() {
  later_.clear();
  for (auto& [name, entry] : by_name_) {
    entry.leaving = true;
    mailboxes_.control_to_engine.post(RemoveRouterNow{entry.id});
  }
}

void Directory::gone(RouterId id) {
  const auto entry = std::ranges::find_if(
      by_name_, [&](const auto& candidate) { return candidate.second.id == id; });
  if (entry == by_name_.end()) return;
  ids_[id] = false;
  const std::string name = entry->first;
  if (state_ != nullptr) state_->forget(name);
  by_name_.erase(entry);
  if (const auto again = later_.find(name); again != later_.end()) {
    add(again->second);
    later_.erase(again);
  }
  remove_groups_without_routers();
}

const RouterEntry* Directory::find(std::string_view name) const {
  const auto entry = by_name_.find(name);
  return entry == by_name_.end() ? nullptr : &entry->second;
}

const RouterEntry* Directory::find(RouterId id) const {
  for (const auto& [name, entry] : by_name_)
    if (entry.id == id) return &entry;
  return nullptr;
}

const GroupEntry* Directory::find_group(std::string_view name) const {
  const auto entry = groups_.find(name);
  return entry == groups_.end() ? nullptr : &entry->second;
}

const GroupEntry* Directory::find_group(GroupId id) const {
  for (const auto& [name, entry] : groups_)
    if (entry.id == id) return &entry;
  return nullptr;
}

std::vector<const RouterEntry*> Directory::routers() const { return in_order(by_name_); }

std::vector<const RouterEntry*> Directory::routers_of(GroupId group) const {
  std::vector<const RouterEntry*> list;
  for (const auto& [name, entry] : by_name_)
    if (entry.group == group) list.push_back(&entry);
  return list;
}

std::vector<const GroupEntry*> Directory::groups() const { return in_order(groups_); }

InterfaceSlot Directory::slot_of(const std::string& interface) {
  const auto known = std::ranges::find(interfaces_, interface, &InterfaceEntry::name);
  if (known != interfaces_.end()) return static_cast<InterfaceSlot>(known - interfaces_.begin());
  const auto slot = static_cast<InterfaceSlot>(interfaces_.size());
  interfaces_.push_back({.name = interface, .status = std::make_unique<PublishedInterface>()});
  mailboxes_.control_to_kernel.post(
      AddInterface{.slot = slot, .name = interface, .status = interfaces_.back().status.get()});
  return slot;
}

}  // namespace failover::control
