#include "protocol/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "protocol/assert.hpp"

namespace failover {

IpAddress IpAddress::from_bytes(Family family, std::span<const std::uint8_t> bytes) {
  promise(bytes.size() >= address_bytes(family));
  IpAddress address;
  address.family_ = family;
  std::copy_n(bytes.begin(), address_bytes(family), address.bytes_.begin());
  return address;
}

Result<IpAddress, ParseError> IpAddress::parse(std::string_view text) {
  // inet_pton wants a terminated string; the longest IPv6 text has 45 characters.
  std::array<char, 48> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos)
    return failure(ParseError{"not an IPv4 or IPv6 address"});
  std::copy(text.begin(), text.end(), terminated.begin());
  IpAddress address;
  if (inet_pton(AF_INET, terminated.data(), address.bytes_.data()) == 1) return address;
  if (inet_pton(AF_INET6, terminated.data(), address.bytes_.data()) == 1) {
    address.family_ = Family::ipv6;
    return address;
  }
  return failure(ParseError{"not an IPv4 or IPv6 address"});
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = family_ == Family::ipv4 ? AF_INET : AF_INET6;
  promise(inet_ntop(family, bytes_.data(), text.data(), text.size()) != nullptr);
  return text.data();
}

bool IpAddress::is_unspecified() const {
  return std::ranges::all_of(bytes(), [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_multicast() const {
  return family_ == Family::ipv4 ? (bytes_[0] & 0xf0) == 0xe0 : bytes_[0] == 0xff;
}

bool IpAddress::is_link_local() const {
  return family_ == Family::ipv6 && bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
}

bool IpAddress::is_loopback() const {
  if (family_ == Family::ipv4) return bytes_[0] == 127;
  return std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto byte) { return byte == 0; }) &&
         bytes_[15] == 1;
}

bool IpAddress::is_broadcast() const {
  return family_ == Family::ipv4 &&
         std::ranges::all_of(bytes(), [](std::uint8_t byte) { return byte == 0xff; });
}

Result<Prefix, ParseError> Prefix::from(IpAddress address, int length) {
  if (length < 0 || length > longest_prefix(address.family()))
    return failure(ParseError{address.family() == Family::ipv4
                                  ? "the prefix length of an IPv4 address is 0..32"
                                  : "the prefix length of an IPv6 address is 0..128"});
  return Prefix(address, static_cast<std::uint8_t>(length));
}

Result<Prefix, ParseError> Prefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return failure(address.error());
  if (slash == std::string_view::npos) return from(*address, longest_prefix(address->family()));
  const auto digits = text.substr(slash + 1);
  int length = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const bool padded = digits.size() > 1 && digits.front() == '0';
  if (error != std::errc{} || end != digits.data() + digits.size() || padded)
    return failure(ParseError{"the prefix length is not a number"});
  return from(*address, length);
}

bool Prefix::contains(const IpAddress& other) const {
  if (other.family() != address_.family()) return false;
  const auto mine = address_.bytes();
  const auto theirs = other.bytes();
  const std::size_t whole = length_ / 8U;
  if (!std::equal(mine.begin(), mine.begin() + whole, theirs.begin())) return false;
  const unsigned rest = length_ % 8U;
  if (rest == 0) return true;
  const unsigned mask = 0xffU << (8U - rest);
  return ((mine[whole] ^ theirs[whole]) & mask & 0xffU) == 0;
}

std::string Prefix::text() const { return address_.text() + "/" + std::to_string(length_); }

MacAddress MacAddress::from_bytes(std::span<const std::uint8_t> bytes) {
  promise(bytes.size() >= 6);
  std::array<std::uint8_t, 6> mac{};
  std::copy_n(bytes.begin(), 6, mac.begin());
  return MacAddress(mac);
}

bool MacAddress::is_virtual_router() const {
  constexpr std::array<std::uint8_t, 4> prefix{0x00, 0x00, 0x5e, 0x00};
  return std::equal(prefix.begin(), prefix.end(), bytes_.begin()) &&
         (bytes_[4] == 1 || bytes_[4] == 2);
}

std::string MacAddress::text() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes_) {
    if (!text.empty()) text += ':';
    text += digits[byte >> 4];
    text += digits[byte & 0xf];
  }
  return text;
}

}  // namespace failover
