#pragma once
// Addresses as values: IPv4 and IPv6 alike, prefixes, MAC addresses. Parsed once, at the edge.

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "protocol/result.hpp"

namespace failover {

enum class Family : std::uint8_t { ipv4, ipv6 };

[[nodiscard]] constexpr std::size_t address_bytes(Family family) {
  return family == Family::ipv4 ? 4 : 16;
}
[[nodiscard]] constexpr std::uint8_t longest_prefix(Family family) {
  return family == Family::ipv4 ? 32 : 128;
}

// One of something for each family.
template <class T>
struct PerFamily {
  T ipv4{};
  T ipv6{};
  [[nodiscard]] constexpr T& operator[](Family family) {
    return family == Family::ipv4 ? ipv4 : ipv6;
  }
  [[nodiscard]] constexpr const T& operator[](Family family) const {
    return family == Family::ipv4 ? ipv4 : ipv6;
  }
  friend bool operator==(const PerFamily&, const PerFamily&) = default;
};
inline constexpr std::array<Family, 2> families{Family::ipv4, Family::ipv6};
[[nodiscard]] constexpr Family other(Family family) {
  return family == Family::ipv4 ? Family::ipv6 : Family::ipv4;
}

// An IPv4 or IPv6 address, in network byte order. Ordered IPv4 before IPv6, then numerically.
class IpAddress {
 public:
  constexpr IpAddress() = default;  // 0.0.0.0
  [[nodiscard]] static constexpr IpAddress v4(std::array<std::uint8_t, 4> bytes) {
    IpAddress address;
    for (std::size_t i = 0; i < 4; ++i) address.bytes_[i] = bytes[i];
    return address;
  }
  [[nodiscard]] static constexpr IpAddress v6(std::array<std::uint8_t, 16> bytes) {
    IpAddress address;
    address.family_ = Family::ipv6;
    address.bytes_ = bytes;
    return address;
  }
  // Takes address_bytes(family) bytes from the front; there must be as many.
  [[nodiscard]] static IpAddress from_bytes(Family family, std::span<const std::uint8_t> bytes);
  // "192.0.2.1" or "2001:db8::1", no scope, no prefix length.
  [[nodiscard]] static Result<IpAddress, ParseError> parse(std::string_view text);

  [[nodiscard]] constexpr Family family() const { return family_; }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const {
    return {bytes_.data(), address_bytes(family_)};
  }
  [[nodiscard]] std::string text() const;

  [[nodiscard]] bool is_unspecified() const;
  [[nodiscard]] bool is_multicast() const;
  [[nodiscard]] bool is_link_local() const;  // IPv6 fe80::/10 only
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] bool is_broadcast() const;  // 255.255.255.255

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  Family family_ = Family::ipv4;
  std::array<std::uint8_t, 16> bytes_{};
};

// An address with its prefix length, host bits kept: "203.0.113.10/24".
class Prefix {
 public:
  // Nothing when the length does not fit the family.
  [[nodiscard]] static Result<Prefix, ParseError> from(IpAddress address, int length);
  // With "/LENGTH", or without: then it is the address alone (/32, /128).
  [[nodiscard]] static Result<Prefix, ParseError> parse(std::string_view text);

  [[nodiscard]] const IpAddress& address() const { return address_; }
  [[nodiscard]] std::uint8_t length() const { return length_; }
  [[nodiscard]] bool contains(const IpAddress& other) const;
  [[nodiscard]] std::string text() const;
  friend constexpr auto operator<=>(const Prefix&, const Prefix&) = default;

 private:
  Prefix(IpAddress address, std::uint8_t length) : address_(address), length_(length) {}
  IpAddress address_;
  std::uint8_t length_;
};

class MacAddress {
 public:
  constexpr MacAddress() = default;
  explicit constexpr MacAddress(std::array<std::uint8_t, 6> bytes) : bytes_(bytes) {}
  // Takes 6 bytes from the front; there must be as many.
  [[nodiscard]] static MacAddress from_bytes(std::span<const std::uint8_t> bytes);
  [[nodiscard]] std::span<const std::uint8_t, 6> bytes() const { return bytes_; }
  [[nodiscard]] std::string text() const;
  // 00:00:5e:00:01:ID or 00:00:5e:00:02:ID (RFC 9568, section 7.3; CARP has the first).
  [[nodiscard]] bool is_virtual_router() const;
  friend constexpr auto operator<=>(const MacAddress&, const MacAddress&) = default;

 private:
  std::array<std::uint8_t, 6> bytes_{};
};

inline constexpr MacAddress broadcast_mac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

}  // namespace failover
