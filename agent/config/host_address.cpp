#include "agent/config/host_address.hpp"

namespace failover::config {
namespace {

constexpr std::string_view accepted_host = "an address like \"192.0.2.1\" or \"fe80::1\"";

// ::ffff:0:0/96 stands for IPv4 addresses inside a machine, and is on no wire (RFC 4291 2.5.5.2).
bool is_ipv4_mapped(const IpAddress& address) {
  constexpr std::array<std::uint8_t, 12> prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return address.family() == Family::ipv6 &&
         std::ranges::equal(prefix, address.bytes().first(prefix.size()));
}

// Why nobody has it alone; empty when somebody can.
std::string_view unfit(const IpAddress& address) {
  if (address.is_unspecified()) return "the unspecified address";
  if (address.is_multicast()) return "a multicast address";
  if (address.is_broadcast()) return "the broadcast address";
  if (is_ipv4_mapped(address)) return "an IPv4 address in an IPv6 one";
  return {};
}

bool is_fit(const Value& value, std::string_view text, std::string_view why_not) {
  if (!why_not.empty())
    value.reject(in_quotes(text) + " is " + std::string(why_not) +
                 "; accepted: the address of a host");
  return why_not.empty();
}

// Nothing, and an error, when it is no address at all.
std::optional<IpAddress> any_address_in(const Value& value, std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (address) return *address;
  reject_address_text(value, text, address.error(), accepted_host);
  return std::nullopt;
}

}  // namespace

bool is_host_address(const Value& value, std::string_view text, const IpAddress& address) {
  return is_fit(value, text, address.is_loopback() ? "a loopback address" : unfit(address));
}

std::optional<IpAddress> host_address_in(const Value& value) {
  const auto text = text_in(value, accepted_host);
  if (!text) return std::nullopt;
  const auto address = any_address_in(value, *text);
  if (!address || !is_host_address(value, *text, *address)) return std::nullopt;
  return address;
}

bool is_tracked_address(const Value& value, std::string_view text, const IpAddress& address,
                        Tracking tracking) {
  if (tracking == Tracking::answers && address.is_link_local()) {
    value.reject(in_quotes(text) + " is a link-local address, which says nothing without an " +
                 "interface; accepted: another address of the host");
    return false;
  }
  return is_fit(value, text, unfit(address));
}

std::optional<IpAddress> tracked_address_in(const Value& value, Tracking tracking) {
  const auto text = text_in(value, accepted_host);
  if (!text) return std::nullopt;
  const auto address = any_address_in(value, *text);
  if (!address || !is_tracked_address(value, *text, *address, tracking)) return std::nullopt;
  return address;
}

void reject_address_text(const Value& value, std::string_view text, const ParseError& error,
                         std::string_view accepted) {
  value.reject(in_quotes(text) + ": " + std::string(error.text) +
               "; accepted: " + std::string(accepted));
}

std::string_view family_name(Family family) { return family == Family::ipv4 ? "IPv4" : "IPv6"; }

}  // namespace failover::config
