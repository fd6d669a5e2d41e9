#include "tests/sim/fake_kernel.hpp"

#include <algorithm>
#include <cerrno>

#include "netlink/subnets.hpp"

namespace failover::sim {

FakeKernel::FakeKernel(Surroundings& surroundings, std::size_t node)
    : surroundings_(surroundings), node_(node) {
  reboot();
}

void FakeKernel::reboot() {
  for (std::size_t at = addresses_.size(); at > 0; --at) tell(addresses_[at - 1], false, somebody);
  links_.clear();
  addresses_.clear();
  routes_.clear();
  rules_.clear();
  waiting_.clear();
  unconfirmed_.clear();
  overflowed_ = false;
  for (std::size_t segment = 0; segment < surroundings_.scenario.segments; ++segment) {
    const int index = static_cast<int>(segment) + 2;
    links_.push_back({.index = index,
                      .name = segment == 0 ? "eth0" : "eth1",
                      .mac = mac_address(node_, segment, 0),
                      .up = true,
                      .carrier = true,
                      .mtu = 1500});
    for (const Family family : families)
      addresses_.push_back(
          {.interface = index,
           .prefix =
               Prefix::from(own_address(node_, segment, family), subnet_length(family)).value(),
           .mark = {},
           .label = {}});
  }
}

Result<netlink::Snapshot, netlink::KernelError> FakeKernel::dump() {
  if (refuses_ != 0)
    return failure(netlink::KernelError{.error = refuses_, .operation = "dump", .hint = {}});
  unconfirmed_.clear();
  return netlink::Snapshot{
      .links = links_, .addresses = addresses_, .routes = routes_, .rules = rules_};
}

std::vector<netlink::KernelError> FakeKernel::execute(const netlink::Plan& plan) {
  std::vector<netlink::KernelError> errors;
  keeps_secondaries_ = false;
  bool added = false;
  bool wrong_order = false;
  for (const netlink::Step& step : plan) {
    if (const auto* removal = std::get_if<netlink::RemoveAddress>(&step); removal && added)
      wrong_order |= std::ranges::none_of(plan, [&](const netlink::Step& other) {
        const auto* addition = std::get_if<netlink::AddAddress>(&other);
        return addition && addition->address.prefix.address() == removal->prefix.address();
      });
    added |= std::holds_alternative<netlink::AddAddress>(step);
    const int error = refuses_ != 0
                          ? refuses_
                          : std::visit([this](const auto& what) { return carry_out(what); }, step);
    if (error == 0) continue;
    surroundings_.timeline.note(surroundings_.now, "n{} kernel refuses: {}", node_, error);
    errors.push_back(
        {.error = error, .operation = "request", .hint = {}, .about = netlink::address_of(step)});
  }
  surroundings_.oracles.plan_executed(node_, wrong_order, surroundings_.now);
  return errors;
}

int FakeKernel::carry_out(const netlink::AddAddress& step) {
  if (!segment_of(step.address.interface)) return ENODEV;
  const bool there = std::ranges::any_of(addresses_, [&](const netlink::Address& address) {
    return address.interface == step.address.interface && address.prefix == step.address.prefix;
  });
  if (there) return EEXIST;
  add({.interface = step.address.interface,
       .prefix = step.address.prefix,
       .mark = netlink::our_mark,
       .label = step.address.label,
       .noprefixroute = step.address.noprefixroute},
      own);
  return 0;
}

int FakeKernel::carry_out(const netlink::ReplaceAddress& step) {
  for (netlink::Address& address : addresses_) {
    if (address.interface != step.address.interface || address.prefix != step.address.prefix)
      continue;
    address.mark = netlink::our_mark;
    notify(netlink::AddressChanged{.address = address, .port = own});
    return 0;
  }
  return carry_out(netlink::AddAddress{step.address});
}

int FakeKernel::carry_out(const netlink::RemoveAddress& step) {
  for (std::size_t at = 0; at < addresses_.size(); ++at)
    if (addresses_[at].interface == step.interface && addresses_[at].prefix == step.prefix) {
      remove(at, own);
      return 0;
    }
  return 0;
}

int FakeKernel::carry_out(const netlink::KeepSecondaries&) {
  keeps_secondaries_ = true;
  return 0;
}

int FakeKernel::carry_out(const netlink::AddRoute& step) {
  const netlink::WantedRoute& wanted = step.route;
  netlink::Route route{.key = key_of(wanted),
                       .type = wanted.type,
                       .protocol = netlink::our_protocol,
                       .preferred_source = wanted.preferred_source,
                       .onlink = wanted.onlink};
  if (wanted.type == netlink::RouteType::unicast)
    route.hops.push_back({.gateway = wanted.gateway, .interface = step.interface});
  if (std::ranges::find(routes_, route.key, &netlink::Route::key) != routes_.end()) return EEXIST;
  routes_.push_back(route);
  notify(netlink::RouteChanged{std::move(route)});
  return 0;
}

int FakeKernel::carry_out(const netlink::RemoveRoute& step) {
  const auto there = std::ranges::find(routes_, step.key, &netlink::Route::key);
  if (there == routes_.end()) return 0;
  notify(netlink::RouteGone{*there});
  routes_.erase(there);
  return 0;
}

int FakeKernel::carry_out(const netlink::AddRule& step) {
  if (std::ranges::find(rules_, step.rule) != rules_.end()) return EEXIST;
  rules_.push_back(step.rule);
  notify(netlink::RuleChanged{step.rule});
  return 0;
}

int FakeKernel::carry_out(const netlink::RemoveRule& step) {
  if (std::erase(rules_, step.rule) > 0) notify(netlink::RuleGone{step.rule});
  return 0;
}

void FakeKernel::add(netlink::Address address, std::uint32_t port) {
  const auto same_subnet = [&](const netlink::Address& other) {
    return address.prefix.address().family() == Family::ipv4 &&
           other.interface == address.interface && !other.secondary &&
           netlink::network_of(other.prefix) == netlink::network_of(address.prefix);
  };
  address.secondary = std::ranges::any_of(addresses_, same_subnet);
  const auto behind = address.secondary
                          ? addresses_.end()
                          : std::ranges::find_if(addresses_, &netlink::Address::secondary);
  addresses_.insert(behind, address);
  unconfirmed_.push_back(address.prefix.address());
  notify(netlink::AddressChanged{.address = address, .port = port});
  tell(address, true, port);
}

void FakeKernel::remove(std::size_t at, std::uint32_t port) {
  const netlink::Address gone = addresses_[at];
  addresses_.erase(addresses_.begin() + static_cast<std::ptrdiff_t>(at));
  notify(netlink::AddressGone{.address = gone, .port = port});
  tell(gone, false, port);
  if (!gone.secondary) remove_or_promote_secondaries(gone, port);
}

// What the kernel does with a primary's secondaries: they go with it, or the first takes its place.
void FakeKernel::remove_or_promote_secondaries(const netlink::Address& primary,
                                               std::uint32_t port) {
  const auto follows = [&](const netlink::Address& other) {
    return other.interface == primary.interface && other.secondary &&
           netlink::network_of(other.prefix) == netlink::network_of(primary.prefix);
  };
  for (auto next = std::ranges::find_if(addresses_, follows); next != addresses_.end();
       next = std::ranges::find_if(addresses_, follows)) {
    if (keeps_secondaries_) {
      next->secondary = false;
      notify(netlink::AddressChanged{.address = *next, .port = 0});
      return;
    }
    const netlink::Address gone = *next;
    addresses_.erase(next);
    notify(netlink::AddressGone{.address = gone, .port = port});
    tell(gone, false, port);
  }
}

void FakeKernel::notify(netlink::Notification notification) {
  if (overflowed_) return;
  Instant at = surroundings_.now + notification_delay_;
  if (!waiting_.empty()) at = std::max(at, waiting_.back().at);
  waiting_.push_back({at, std::move(notification)});
}

void FakeKernel::tell(const netlink::Address& address, bool there, std::uint32_t port) {
  const auto place = place_of(surroundings_.scenario, address.prefix.address());
  // What somebody else has put there is nobody's claim.
  if (place && address.mark == netlink::our_mark)
    surroundings_.oracles.address_changed(
        node_, *place, there, port == own ? By::agent : By::somebody_else, surroundings_.now);
}

std::vector<netlink::Notification> FakeKernel::notifications() {
  std::vector<netlink::Notification> ready;
  for (; !waiting_.empty() && waiting_.front().at <= surroundings_.now; waiting_.pop_front()) {
    if (const auto* changed = std::get_if<netlink::AddressChanged>(&waiting_.front().notification))
      std::erase(unconfirmed_, changed->address.prefix.address());
    if (std::holds_alternative<netlink::NotificationsLost>(waiting_.front().notification))
      overflowed_ = false;
    ready.push_back(std::move(waiting_.front().notification));
  }
  return ready;
}

std::optional<Instant> FakeKernel::next() const {
  return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().at);
}

bool FakeKernel::has_confirmed(const IpAddress& address) const {
  const bool there = std::ranges::any_of(addresses_, [&](const netlink::Address& candidate) {
    return candidate.prefix.address() == address;
  });
  return there && std::ranges::find(unconfirmed_, address) == unconfirmed_.end();
}

std::optional<std::size_t> FakeKernel::segment_of(int index) const {
  for (std::size_t segment = 0; segment < links_.size(); ++segment)
    if (links_[segment].index == index) return segment;
  return std::nullopt;
}

void FakeKernel::reopen() {
  waiting_.clear();
  overflowed_ = false;
}

void FakeKernel::lose_notifications() {
  waiting_.clear();
  overflowed_ = false;
  notify(netlink::NotificationsLost{});
  overflowed_ = true;  // until that has been read
}

void FakeKernel::somebody_removes(const IpAddress& address) {
  const auto there = std::ranges::find_if(addresses_, [&](const netlink::Address& candidate) {
    return candidate.prefix.address() == address;
  });
  if (there != addresses_.end())
    remove(static_cast<std::size_t>(there - addresses_.begin()), somebody);
}

void FakeKernel::somebody_adds(std::size_t segment, const IpAddress& address) {
  const bool there = std::ranges::any_of(addresses_, [&](const netlink::Address& candidate) {
    return candidate.prefix.address() == address;
  });
  if (there) return;
  // With another prefix length than ours ever has.
  const int length = address.family() == Family::ipv4 ? 32 : 127;
  add({.interface = links_[segment].index,
       .prefix = Prefix::from(address, length).value(),
       .mark = {},
       .label = {}},
      somebody);
}

void FakeKernel::somebody_takes_back(const IpAddress& address) {
  const auto there = std::ranges::find_if(addresses_, [&](const netlink::Address& candidate) {
    return candidate.prefix.address() == address && !candidate.mark;
  });
  if (there != addresses_.end())
    remove(static_cast<std::size_t>(there - addresses_.begin()), somebody);
}

void FakeKernel::change_link(std::size_t segment, const netlink::Link& link) {
  links_[segment] = link;
  notify(netlink::LinkChanged{link});
}

}  // namespace failover::sim
