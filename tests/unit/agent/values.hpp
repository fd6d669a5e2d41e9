#pragma once
// Short ways to write what the agent's tests are about.

#include <optional>
#include <string_view>
#include <vector>

#include "agent/mailbox/messages.hpp"
#include "protocol/carp/authenticator.hpp"

namespace failover::tests {

[[nodiscard]] inline IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }
[[nodiscard]] inline Prefix prefix(std::string_view text) { return Prefix::parse(text).value(); }

inline constexpr MacAddress own_mac{{0x02, 0, 0, 0, 0, 0x11}};
inline constexpr MacAddress peer_mac{{0x02, 0, 0, 0, 0, 0x12}};
// clang 14 takes no consteval call as a default argument.
inline constexpr carp::Vhid vhid_10 = carp::Vhid::of<10>();
inline constexpr carp::Vhid vhid_11 = carp::Vhid::of<11>();
inline constexpr vrrp::Vrid vrid_20 = vrrp::Vrid::of<20>();
inline constexpr RealTime noon{1'700'000'000s};

[[nodiscard]] inline std::vector<std::uint8_t> key_of(std::string_view password) {
  return {password.begin(), password.end()};
}
[[nodiscard]] inline carp::Authenticator authenticator(std::string_view password, carp::Vhid vhid,
                                                       const std::vector<IpAddress>& addresses) {
  return {key_of(password), vhid, addresses};
}

// Everything that waits in a mailbox.
template <class Message>
[[nodiscard]] std::vector<Message> taken_from(Mailbox<Message>& box) {
  std::vector<Message> all;
  while (auto message = box.take()) all.push_back(std::move(*message));
  return all;
}

}  // namespace failover::tests
