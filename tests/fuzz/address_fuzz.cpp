// Addresses and prefixes as people write them, and as bytes: what is read is written so that it
// reads the same, and what a prefix contains is what its bits say.

#include "protocol/address.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

bool bit(const IpAddress& address, std::size_t index) {
  return (address.bytes()[index / 8] >> (7 - index % 8) & 1) != 0;
}

bool shares_bits(const IpAddress& left, const IpAddress& right, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (bit(left, i) != bit(right, i)) return false;
  return true;
}

void check_address(const IpAddress& address) {
  const auto text = address.text();
  const auto read = IpAddress::parse(text);
  must(read && *read == address, "an address is read as it is written", text);
  must(IpAddress::from_bytes(address.family(), address.bytes()) == address,
       "an address is its bytes");
  must(!IpAddress::parse(text + " ") && !IpAddress::parse(" " + text) &&
           !IpAddress::parse(text + "/24") && !IpAddress::parse(text + std::string(1, '\0')),
       "an address has nothing around it", text);
  const int classes = address.is_unspecified() + address.is_multicast() + address.is_loopback() +
                      address.is_broadcast() + address.is_link_local();
  must(classes <= 1, "an address is of one class", text);
}

void check_prefix(const Prefix& prefix, const IpAddress& other) {
  const auto text = prefix.text();
  const auto read = Prefix::parse(text);
  must(read && *read == prefix, "a prefix is read as it is written", text);
  must(prefix.length() <= longest_prefix(prefix.address().family()), "a length fits the family");
  must(prefix.contains(prefix.address()), "a prefix contains its address", text);
  const bool inside = other.family() == prefix.address().family() &&
                      shares_bits(prefix.address(), other, prefix.length());
  must(prefix.contains(other) == inside, "a prefix contains what shares its bits", text);
  must(!Prefix::from(prefix.address(), longest_prefix(prefix.address().family()) + 1) &&
           !Prefix::from(prefix.address(), -1),
       "a length outside the family's is refused");
}

void check_text(std::string_view text) {
  const auto address = IpAddress::parse(text);
  const auto prefix = Prefix::parse(text);
  must(address || !address.error().text.empty(), "a refusal says why");
  must(prefix || !prefix.error().text.empty(), "a refusal says why");
  if (address) {
    check_address(*address);
    must(prefix && prefix->address() == *address &&
             prefix->length() == longest_prefix(address->family()),
         "an address alone is the prefix of one", text);
  }
  if (prefix) {
    check_address(prefix->address());
    check_prefix(*prefix, IpAddress::v4({192, 0, 2, 1}));
  }
}

void check_bytes(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 2 * address_bytes(Family::ipv6)) return;
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    const auto address = IpAddress::from_bytes(family, bytes);
    const auto other = IpAddress::from_bytes(family, bytes.subspan(address_bytes(family)));
    check_address(address);
    for (int length = 0; length <= longest_prefix(family); length += 1 + bytes[0] % 8)
      check_prefix(*Prefix::from(address, length), other);
  }
  const auto mac = MacAddress::from_bytes(bytes);
  must(std::ranges::equal(mac.bytes(), bytes.first(6)), "a MAC address is its bytes");
  must(mac.text().size() == 17, "a MAC address is written in pairs of digits", mac.text());
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  failover::fuzz::check_text(failover::fuzz::text_of({data, size}));
  failover::fuzz::check_bytes({data, size});
  return 0;
}
