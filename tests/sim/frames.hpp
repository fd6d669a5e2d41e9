#pragma once
// Frames as bytes, where it is not the program that makes them.

#include <span>

#include "tests/sim/network.hpp"

namespace failover::sim {

// A gratuitous ARP or an unsolicited neighbour advertisement.
[[nodiscard]] Frame announcement(MacAddress own, MacAddress holder, Place place,
                                 const IpAddress& address);

// Puts a frame to the group around an advert's payload; signal tells the source and its family.
[[nodiscard]] Frame advert_frame(const Signal& signal, MacAddress mac,
                                 std::span<const std::uint8_t> payload);

}  // namespace failover::sim
