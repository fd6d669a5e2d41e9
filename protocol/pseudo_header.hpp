#pragma once
// The checksum of a message that counts its datagram's addresses in: RFC 9293 section 3.1 for IPv4,
// RFC 8200 section 8.1 for IPv6.

#include <cstdint>
#include <span>

#include "protocol/address.hpp"

namespace failover {

// The Internet checksum over the pseudo-header of `protocol` and `message`, both addresses of one
// family. Over a message whose checksum field is right the result is 0.
[[nodiscard]] std::uint16_t checksum_with_addresses(const IpAddress& source,
                                                    const IpAddress& destination,
                                                    std::uint8_t protocol,
                                                    std::span<const std::uint8_t> message);

}  // namespace failover
