#pragma once
// Addresses that a host can be reached at, as values of the configuration.

#include <optional>
#include <string_view>

#include "agent/config/schema.hpp"
#include "protocol/address.hpp"

namespace failover::config {

// Whether it is an address that a host can have: none of the unspecified, loopback, multicast and
// broadcast ones. Otherwise an error that quotes the text.
[[nodiscard]] bool is_host_address(const Value& value, std::string_view text,
                                   const IpAddress& address);

// A host's address without a prefix length; otherwise nothing, and an error.
[[nodiscard]] std::optional<IpAddress> host_address_in(const Value& value);

// What a track names: an address on this machine or seen from it, so that loopback ones are right
// too. Where it is to be asked, link-local ones are not: they mean nothing without an interface.
enum class Tracking : std::uint8_t { presence, answers };
[[nodiscard]] bool is_tracked_address(const Value& value, std::string_view text,
                                      const IpAddress& address, Tracking tracking);
[[nodiscard]] std::optional<IpAddress> tracked_address_in(const Value& value, Tracking tracking);

// The text is no address at all.
void reject_address_text(const Value& value, std::string_view text, const ParseError& error,
                         std::string_view accepted);

// "IPv4", "IPv6"
[[nodiscard]] std::string_view family_name(Family family);

}  // namespace failover::config
