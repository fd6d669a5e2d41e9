#include "agent/control/directory.hpp"

#include <algorithm>

namespace failover::control {
namespace {

carp::Settings machine_settings(const config::CarpSettings& settings) {
  return {.advbase = settings.advbase,
          .advskew = settings.advskew,
          .dead_ratio = settings.dead_ratio,
          .preempt = settings.preempt,
          .handover_timeout = settings.handover_timeout,
          .addresses = settings.addresses.size()};
}

std::unique_ptr<EngineRouter> engine_part(const RouterEntry& entry) {
  std::vector<IpAddress> all;
  std::vector<IpAddress> advertised;
  for (const config::AddressSettings& address : entry.settings.addresses) {
    all.push_back(address.prefix.address());
    if (address.advertise) advertised.push_back(address.prefix.address());
  }
  return std::make_unique<EngineRouter>(EngineRouter{
      .id = entry.id,
      .slot = entry.slot,
      .vhid = entry.settings.vhid,
      .settings = machine_settings(entry.settings),
      .authenticator =
          carp::Authenticator(entry.settings.password.bytes(), entry.settings.vhid, advertised),
      .addresses = std::move(all),
      .source = entry.settings.source,
      .status = entry.status.get()});
}

KernelRouter kernel_part(const RouterEntry& entry) {
  KernelRouter part{
      .id = entry.id, .slot = entry.slot, .name = entry.settings.name(), .addresses = {}};
  for (const config::AddressSettings& address : entry.settings.addresses)
    part.addresses.push_back({.prefix = address.prefix,
                              .label = address.label,
                              .scope = address.scope,
                              .preferred_lifetime = address.preferred_lifetime,
                              .noprefixroute = address.noprefixroute});
  return part;
}

}  // namespace

Applied Directory::apply(const config::Configuration& wanted) {
  Applied applied;
  later_.clear();
  std::map<std::string, const config::CarpSettings*> wanted_by_name;
  for (const config::CarpSettings& settings : wanted.routers)
    wanted_by_name[settings.name()] = &settings;
  for (auto& [name, entry] : by_name_) {
    if (entry.leaving || wanted_by_name.contains(name)) continue;
    remove(entry);
    applied.removed.push_back(name);
  }
  for (const auto& [name, settings] : wanted_by_name) {
    const auto known = by_name_.find(name);
    if (known == by_name_.end()) {
      add(*settings);
      applied.added.push_back(name);
    } else if (known->second.leaving) {
      later_.insert_or_assign(name, *settings);
      applied.added.push_back(name);
    } else if (known->second.settings == *settings) {
      ++applied.unchanged;
    } else {
      change(known->second, *settings);
      applied.changed.push_back(name);
    }
  }
  return applied;
}

void Directory::add(const config::CarpSettings& settings) {
  const RouterId id = free_id();
  const auto [at, added] =
      by_name_.emplace(settings.name(), RouterEntry{.id = id,
                                                    .slot = slot_of(settings.interface),
                                                    .settings = settings,
                                                    .status = std::make_unique<PublishedRouter>()});
  const RouterEntry& entry = at->second;
  mailboxes_.control_to_kernel.post(
      AddRouter{.kernel = kernel_part(entry), .engine = engine_part(entry)});
}

void Directory::change(RouterEntry& entry, const config::CarpSettings& settings) {
  entry.settings = settings;
  mailboxes_.control_to_kernel.post(
      ChangeRouter{.kernel = kernel_part(entry), .engine = engine_part(entry)});
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
  by_name_.erase(entry);
  if (const auto again = later_.find(name); again != later_.end()) {
    add(again->second);
    later_.erase(again);
  }
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

std::vector<const RouterEntry*> Directory::routers() const {
  std::vector<const RouterEntry*> list;
  for (const auto& [name, entry] : by_name_) list.push_back(&entry);
  return list;
}

InterfaceSlot Directory::slot_of(const std::string& interface) {
  const auto known = std::ranges::find(interfaces_, interface, &InterfaceEntry::name);
  if (known != interfaces_.end()) return static_cast<InterfaceSlot>(known - interfaces_.begin());
  const auto slot = static_cast<InterfaceSlot>(interfaces_.size());
  interfaces_.push_back({.name = interface, .status = std::make_unique<PublishedInterface>()});
  mailboxes_.control_to_kernel.post(
      AddInterface{.slot = slot, .name = interface, .status = interfaces_.back().status.get()});
  return slot;
}

RouterId Directory::free_id() {
  const auto free = std::ranges::find(ids_, false);
  const auto id = static_cast<RouterId>(free - ids_.begin());
  if (free == ids_.end()) {
    ids_.push_back(true);
  } else {
    *free = true;
  }
  return id;
}

}  // namespace failover::control
