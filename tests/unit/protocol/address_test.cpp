#include "protocol/address.hpp"

#include <algorithm>

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vectors.hpp"

namespace failover::tests {
namespace {

Prefix prefix(std::string_view text) { return Prefix::parse(text).value(); }

}  // namespace

TEST_CASE("an address is read from text and written in its canonical form") {
  struct Row {
    const char* text;
    Family family;
    const char* canonical;
  };
  const Row rows[] = {
      {"0.0.0.0", Family::ipv4, "0.0.0.0"},
      {"192.0.2.1", Family::ipv4, "192.0.2.1"},
      {"255.255.255.255", Family::ipv4, "255.255.255.255"},
      {"::", Family::ipv6, "::"},
      {"2001:db8::1", Family::ipv6, "2001:db8::1"},
      {"2001:0DB8:0:0:0:0:0:0001", Family::ipv6, "2001:db8::1"},
      {"fe80::200:5eff:fe00:101", Family::ipv6, "fe80::200:5eff:fe00:101"},
      {"::ffff:192.0.2.1", Family::ipv6, "::ffff:192.0.2.1"},
      {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", Family::ipv6,
       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto parsed = IpAddress::parse(row.text);
    REQUIRE(parsed);
    CHECK(parsed->family() == row.family);
    CHECK(parsed->text() == row.canonical);
    CHECK(parsed->bytes().size() == address_bytes(row.family));
  }
}

TEST_CASE("what is not an address is refused with what would be one") {
  const std::string long_text = "2001:db8::" + std::string(100, '1');
  for (const std::string& text :
       {std::string(), std::string("192.0.2"), std::string("192.0.2.256"),
        std::string("192.0.2.1.1"), std::string("192.0.2.01 "), std::string(" 192.0.2.1"),
        std::string("192.0.2.1/24"), std::string("0x7f.1"), std::string("2001:db8::1%eth0"),
        std::string("2001:db8::1::2"), std::string("2001:db8::g"), std::string("1:2:3:4:5:6:7"),
        std::string("localhost"), std::string(47, '1'), std::string(48, '1'), long_text}) {
    INFO(text);
    const auto parsed = IpAddress::parse(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().text == "not an IPv4 or IPv6 address");
  }
}

TEST_CASE("a text with a NUL byte in it is not an address") {
  using namespace std::string_view_literals;
  CHECK_FALSE(IpAddress::parse("192.0.2.1\0junk"sv));
  CHECK_FALSE(IpAddress::parse("2001:db8::1\0"sv));
  CHECK_FALSE(Prefix::parse("192.0.2.1\0/24"sv));
}

TEST_CASE("addresses are ordered IPv4 before IPv6, then numerically") {
  std::vector<IpAddress> addresses;
  const std::vector<std::string> sorted = {"9.255.255.255", "10.0.0.2",    "10.0.0.10",
                                           "192.168.1.1",   "2001:db8::1", "fe80::1"};
  for (auto text = sorted.rbegin(); text != sorted.rend(); ++text)
    addresses.push_back(address(*text));
  std::ranges::sort(addresses);
  std::vector<std::string> texts;
  for (const IpAddress& each : addresses) texts.push_back(each.text());
  CHECK(texts == sorted);
}

TEST_CASE("an address knows what kind it is") {
  CHECK(address("0.0.0.0").is_unspecified());
  CHECK(address("::").is_unspecified());
  CHECK_FALSE(address("::1").is_unspecified());
  CHECK(address("224.0.0.18").is_multicast());
  CHECK(address("239.255.255.255").is_multicast());
  CHECK_FALSE(address("223.255.255.255").is_multicast());
  CHECK_FALSE(address("240.0.0.1").is_multicast());
  CHECK(address("ff02::12").is_multicast());
  CHECK_FALSE(address("fe80::12").is_multicast());
  CHECK(address("fe80::1").is_link_local());
  CHECK(address("febf::1").is_link_local());
  CHECK_FALSE(address("fec0::1").is_link_local());
  CHECK_FALSE(address("169.254.0.1").is_link_local());
  CHECK(address("127.0.0.1").is_loopback());
  CHECK(address("127.255.255.255").is_loopback());
  CHECK(address("::1").is_loopback());
  CHECK_FALSE(address("::2").is_loopback());
  CHECK_FALSE(address("1::1").is_loopback());
  CHECK(address("255.255.255.255").is_broadcast());
  CHECK_FALSE(address("192.0.2.255").is_broadcast());
  CHECK_FALSE(address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").is_broadcast());
}

TEST_CASE("a prefix keeps the host's bits, and is the address alone without a length") {
  CHECK(prefix("203.0.113.10/24").text() == "203.0.113.10/24");
  CHECK(prefix("203.0.113.10/0").length() == 0);
  CHECK(prefix("203.0.113.10/32").length() == 32);
  CHECK(prefix("203.0.113.10").text() == "203.0.113.10/32");
  CHECK(prefix("2001:db8::10/64").text() == "2001:db8::10/64");
  CHECK(prefix("2001:db8::10/128").length() == 128);
  CHECK(prefix("2001:db8::10").text() == "2001:db8::10/128");
}

TEST_CASE("a prefix that cannot be is refused with the range") {
  struct Row {
    const char* text;
    const char* error;
  };
  const Row rows[] = {
      {"203.0.113.10/33", "the prefix length of an IPv4 address is 0..32"},
      {"203.0.113.10/128", "the prefix length of an IPv4 address is 0..32"},
      {"203.0.113.10/-1", "the prefix length of an IPv4 address is 0..32"},
      {"2001:db8::10/129", "the prefix length of an IPv6 address is 0..128"},
      {"203.0.113.10/", "the prefix length is not a number"},
      {"203.0.113.10/x", "the prefix length is not a number"},
      {"203.0.113.10/24x", "the prefix length is not a number"},
      {"203.0.113.10/ 24", "the prefix length is not a number"},
      {"203.0.113.10/+24", "the prefix length is not a number"},
      {"203.0.113.10/0x18", "the prefix length is not a number"},
      {"203.0.113.10/255.255.255.0", "the prefix length is not a number"},
      {"203.0.113.10/0024", "the prefix length is not a number"},
      {"203.0.113.10/99999999999999", "the prefix length is not a number"},
      {"203.0.113.10/24/24", "the prefix length is not a number"},
      {"/24", "not an IPv4 or IPv6 address"},
      {"", "not an IPv4 or IPv6 address"},
      {"web/24", "not an IPv4 or IPv6 address"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto parsed = Prefix::parse(row.text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().text == row.error);
  }
}

TEST_CASE("a prefix contains what agrees with it in its first bits, of its own family") {
  CHECK(prefix("203.0.113.10/24").contains(address("203.0.113.255")));
  CHECK_FALSE(prefix("203.0.113.10/24").contains(address("203.0.114.10")));
  CHECK(prefix("203.0.113.10/23").contains(address("203.0.112.1")));
  CHECK_FALSE(prefix("203.0.113.10/23").contains(address("203.0.114.1")));
  CHECK(prefix("203.0.113.10/32").contains(address("203.0.113.10")));
  CHECK_FALSE(prefix("203.0.113.10/32").contains(address("203.0.113.11")));
  CHECK(prefix("203.0.113.10/0").contains(address("9.9.9.9")));
  CHECK_FALSE(prefix("0.0.0.0/0").contains(address("::")));
  CHECK(prefix("2001:db8::1/65").contains(address("2001:db8::7fff:0:0:1")));
  CHECK_FALSE(prefix("2001:db8::1/65").contains(address("2001:db8::8000:0:0:1")));
  CHECK(prefix("2001:db8::1/128").contains(address("2001:db8::1")));
}

TEST_CASE("a MAC address is written in lower case with colons") {
  CHECK(MacAddress::from_bytes(from_hex("00005e0001ab")).text() == "00:00:5e:00:01:ab");
  CHECK(broadcast_mac.text() == "ff:ff:ff:ff:ff:ff");
  CHECK(MacAddress().text() == "00:00:00:00:00:00");
}

}  // namespace failover::tests
