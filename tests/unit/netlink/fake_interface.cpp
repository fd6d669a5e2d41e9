#include "tests/unit/netlink/fake_interface.hpp"

#include <algorithm>
#include <cerrno>

#include "netlink/subnets.hpp"

namespace failover::netlink {
namespace {

bool is_ipv6(const Prefix& prefix) { return prefix.address().family() == Family::ipv6; }

bool same_subnet(const Prefix& left, const Prefix& right) {
  return !is_ipv6(left) && network_of(left) == network_of(right);
}

// What the kernel takes for the same address.
bool same_address(const Prefix& left, const Prefix& right) {
  return is_ipv6(left) ? left.address() == right.address() : left == right;
}

}  // namespace

void FakeInterface::put(const AddressRequest& request, std::optional<std::uint8_t> mark) {
  const bool ipv6 = is_ipv6(request.prefix);
  addresses_.push_back({
      .interface = index_,
      .prefix = request.prefix,
      .mark = mark,
      .label = ipv6                    ? ""
               : request.label.empty() ? "eth0"
                                       : request.label,
      .scope = ipv6 ? Scope::global : request.scope,
      .secondary = std::ranges::any_of(
          addresses_, [&](const Address& a) { return same_subnet(a.prefix, request.prefix); }),
      .tentative = false,
      .noprefixroute = request.noprefixroute,
  });
}

int FakeInterface::execute(const Step& step) {
  return std::visit([this](const auto& what) { return on(what); }, step);
}

int FakeInterface::on(const AddAddress& step) {
  const auto is_same = [&](const Address& a) {
    return same_address(a.prefix, step.address.prefix);
  };
  if (std::ranges::any_of(addresses_, is_same)) return EEXIST;
  put(step.address, our_mark);
  return 0;
}

int FakeInterface::on(const ReplaceAddress& step) {
  const auto there = std::ranges::find_if(
      addresses_, [&](const Address& a) { return same_address(a.prefix, step.address.prefix); });
  if (there == addresses_.end()) return on(AddAddress{step.address});
  there->mark = our_mark;
  if (is_ipv6(there->prefix)) there->noprefixroute = step.address.noprefixroute;
  return 0;
}

int FakeInterface::on(const RemoveAddress& step) {
  const auto there =
      std::ranges::find_if(addresses_, [&](const Address& a) { return a.prefix == step.prefix; });
  if (there == addresses_.end()) return EADDRNOTAVAIL;
  const Address gone = *there;
  addresses_.erase(there);
  if (gone.secondary || is_ipv6(gone.prefix)) return 0;
  const auto behind = [&](const Address& a) { return same_subnet(a.prefix, gone.prefix); };
  if (!promote_) {
    std::erase_if(addresses_, behind);
  } else if (const auto next = std::ranges::find_if(addresses_, behind); next != addresses_.end()) {
    next->secondary = false;
  }
  return 0;
}

int FakeInterface::on(const KeepSecondaries&) {
  promote_ = true;
  return 0;
}

bool FakeInterface::has(const IpAddress& address) const {
  return std::ranges::any_of(addresses_,
                             [&](const Address& a) { return a.prefix.address() == address; });
}

}  // namespace failover::netlink
