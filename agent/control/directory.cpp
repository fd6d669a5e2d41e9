#include "agent/control/directory.hpp"

#include <algorithm>

namespace failover::control {
namespace {

struct ElectionOf {
  router::Election operator()(const config::CarpSettings& carp) const {
    return carp::Election{
        .advbase = carp.advbase, .advskew = carp.advskew, .dead_ratio = carp.dead_ratio};
  }
  router::Election operator()(const config::VrrpSettings& vrrp) const {
    return vrrp::Election{.version = vrrp.version,
                          .priority = vrrp.priority,
                          .interval = vrrp.interval,
                          .dead_ratio = vrrp.dead_ratio};
  }
};

// keepalived's window unless it is configured: three intervals, 5 s at least.
vrrp::ReplayWindow window_of(const config::VrrpSettings& vrrp) {
  constexpr int least = 5;
  const int three_intervals = (3 * vrrp.interval.value() + 99) / 100;
  const int seconds = std::clamp<int>(three_intervals, least, vrrp::ReplayWindow::max);
  return vrrp.hmac->window.value_or(*vrrp::ReplayWindow::from(seconds));
}

std::optional<VrrpWire::Setup::Hmac> hmac_of(const config::VrrpSettings& vrrp) {
  if (!vrrp.hmac) return std::nullopt;
  VrrpWire::Setup::Hmac hmac{.keys = {},
                             .mode = vrrp.hmac->mode,
                             .anti_replay = vrrp.hmac->anti_replay,
                             .window = window_of(vrrp)};
  for (const config::HmacKeySettings& key : vrrp.hmac->keys)
    hmac.keys.push_back(vrrp::HmacKey::from(key.id, key.secret.bytes()).value());
  return hmac;
}

struct WireOf {
  std::vector<IpAddress> advertised;

  Wire operator()(const config::CarpSettings& carp) const {
    // Whatever the others' advskew is.
    const carp::Rank fastest{.advbase = carp.advbase.value()};
    return CarpWire(carp.vhid, carp.password.bytes(), advertised,
                    {.mode = carp.replay_protection,
                     .window = carp.replay_window,
                     .interval = fastest.interval()});
  }
  Wire operator()(const config::VrrpSettings& vrrp) const {
    return VrrpWire({.vrid = vrrp.vrid,
                     .version = vrrp.version,
                     .checksum = vrrp.checksum,
                     .centiseconds = vrrp.interval.value(),
                     .password = vrrp::password_from(vrrp.password.bytes()),
                     .addresses = advertised,
                     .hmac = hmac_of(vrrp)});
  }
};

std::vector<IpAddress> advertised_by(const config::RouterSettings& settings) {
  std::vector<IpAddress> advertised;
  for (const config::AddressSettings& address : settings.addresses)
    if (address.advertise) advertised.push_back(address.prefix.address());
  return advertised;
}

router::Settings machine_settings(const config::RouterSettings& settings) {
  return {.election = election_of(settings),
          .preempt = settings.preempt,
          .handover_timeout = settings.handover_timeout,
          .addresses = settings.addresses.size(),
          .speaks = {.ipv4 = settings.has(Family::ipv4), .ipv6 = settings.has(Family::ipv6)}};
}

// 00:00:5e:00:01:ID for CARP and for VRRP over IPv4, 00:00:5e:00:02:ID for VRRP over IPv6 (RFC
// 9568, section 7.3).
PerFamily<std::optional<MacAddress>> virtual_macs(const config::RouterSettings& settings) {
  if (settings.mac == config::MacMode::interface) return {};
  const auto made = [&](std::uint8_t kind) {
    return MacAddress({0x00, 0x00, 0x5e, 0x00, kind, settings.id()});
  };
  const bool vrrp = std::holds_alternative<config::VrrpSettings>(settings.protocol);
  return {.ipv4 = made(1), .ipv6 = made(vrrp ? 2 : 1)};
}

std::uint8_t least_ttl(const config::RouterSettings& settings) {
  if (settings.peers.empty()) return unrouted_ttl;
  return static_cast<std::uint8_t>(unrouted_ttl - settings.max_hops.value());
}

std::unique_ptr<EngineRouter> engine_part(const RouterEntry& entry) {
  const config::RouterSettings& settings = entry.settings;
  std::vector<IpAddress> all;
  for (const config::AddressSettings& address : settings.addresses)
    all.push_back(address.prefix.address());
  PerFamily<std::optional<IpAddress>> sources;
  for (const IpAddress& source : settings.sources) sources[source.family()] = source;
  return std::make_unique<EngineRouter>(
      EngineRouter{.id = entry.id,
                   .slot = entry.slot,
                   .number = settings.id(),
                   .settings = machine_settings(settings),
                   .wire = std::visit(WireOf{advertised_by(settings)}, settings.protocol),
                   .addresses = std::move(all),
                   .sources = sources,
                   .peers = settings.peers,
                   .least_ttl = least_ttl(settings),
                   .virtual_macs = virtual_macs(settings),
                   .status = entry.status.get()});
}

// An IPv6 failover IP is deprecated from the beginning, so that nothing that the host sends by
// itself leaves from it, unless a preferred lifetime asks for that.
std::optional<std::chrono::seconds> preferred_lifetime(const config::AddressSettings& address) {
  const bool ipv6 = address.prefix.address().family() == Family::ipv6;
  if (ipv6 && !address.preferred_lifetime) return std::chrono::seconds(0);
  if (address.preferred_lifetime == config::forever) return std::nullopt;
  return address.preferred_lifetime;
}

std::size_t longest_advert(const config::RouterSettings& settings) {
  if (!std::holds_alternative<config::VrrpSettings>(settings.protocol)) return carp::advert_bytes;
  PerFamily<std::size_t> counts;
  for (const IpAddress& address : advertised_by(settings)) ++counts[address.family()];
  std::size_t longest = 0;
  for (const Family family : families)
    for (const auto version : {vrrp::Version::v2, vrrp::Version::v3})
      longest = std::max(longest, vrrp::advert_bytes(version, family, counts[family]));
  return longest + vrrp::trailer_bytes;
}

bool accepts(const config::RouterSettings& settings) {
  const auto* vrrp = std::get_if<config::VrrpSettings>(&settings.protocol);
  return vrrp == nullptr || vrrp->accept;
}

KernelRouter kernel_part(const RouterEntry& entry) {
  KernelRouter part{.id = entry.id,
                    .slot = entry.slot,
                    .name = entry.settings.name(),
                    .addresses = {},
                    .longest_advert = longest_advert(entry.settings),
                    .protocol = router::protocol_of(election_of(entry.settings)),
                    .number = entry.settings.id(),
                    .virtual_macs = virtual_macs(entry.settings),
                    .accepts = accepts(entry.settings)};
  for (const config::AddressSettings& address : entry.settings.addresses)
    part.addresses.push_back({.prefix = address.prefix,
                              .label = address.label,
                              .scope = address.scope,
                              .preferred_lifetime = preferred_lifetime(address),
                              .noprefixroute = address.noprefixroute});
  return part;
}

}  // namespace

router::Election election_of(const config::RouterSettings& settings) {
  return std::visit(ElectionOf{}, settings.protocol);
}

Applied Directory::apply(const config::Configuration& wanted) {
  Applied applied;
  later_.clear();
  std::map<std::string, const config::RouterSettings*> wanted_by_name;
  for (const config::RouterSettings& settings : wanted.routers)
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
  return applied;
}

void Directory::add(const config::RouterSettings& settings) {
  const RouterId id = free_id();
  const auto [at, added] =
      by_name_.emplace(settings.name(), RouterEntry{.id = id,
                                                    .slot = slot_of(settings.interface),
                                                    .settings = settings,
                                                    .status = std::make_unique<PublishedRouter>()});
  const RouterEntry& entry = at->second;
  AddRouter message{.kernel = kernel_part(entry), .engine = engine_part(entry)};
  if (state_ != nullptr) {
    message.engine->survivor = state_->find(settings.name());
    message.engine->kept = state_->entry_of(settings.name());
    message.kernel.adopted =
        message.engine->survivor && message.engine->survivor->role == router::Role::active;
  }
  mailboxes_.control_to_kernel.post(std::move(message));
}

void Directory::change(RouterEntry& entry, const config::RouterSettings& settings) {
  entry.settings = settings;
  ChangeRouter message{.kernel = kernel_part(entry), .engine = engine_part(entry)};
  if (state_ != nullptr) message.engine->kept = state_->entry_of(settings.name());
  mailboxes_.control_to_kernel.post(std::move(message));
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
