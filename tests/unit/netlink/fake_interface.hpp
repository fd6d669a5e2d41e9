#pragma once
// FakeInterface: the addresses of one interface, changed by plans as Linux changes them.

#include <cerrno>

#include "netlink/kernel.hpp"

namespace failover::netlink {

// Secondaries, their end with their primary, promotion, what a replace leaves alone, and that IPv6
// has an address only once. Only the rule that one subnet has one scope is left out.
class FakeInterface {
 public:
  explicit FakeInterface(int index) : index_(index) {}

  // As `ip addr add` would, by somebody (mark) or other.
  void put(const AddressRequest& request, std::optional<std::uint8_t> mark);
  // One step; an errno, 0 for done.
  int execute(const Step& step);
  void end_of_plan() { promote_ = false; }

  [[nodiscard]] const std::vector<Address>& addresses() const { return addresses_; }
  [[nodiscard]] bool has(const IpAddress& address) const;

 private:
  int on(const AddAddress& step);
  int on(const ReplaceAddress& step);
  int on(const RemoveAddress& step);
  int on(const KeepSecondaries& step);
  // Nothing of an interface's addresses.
  template <class OfLinks>
  int on(const OfLinks&) {
    return EOPNOTSUPP;
  }

  int index_;
  bool promote_ = false;
  std::vector<Address> addresses_;
};

}  // namespace failover::netlink
