// What VRRP adverts may say, and the forms of their checksum (RFC 9568 5.2, VRRP.md 1.2 to 1.5).

#include <algorithm>

#include "protocol/bytes.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "protocol/pseudo_header.hpp"
#include "protocol/vrrp/advert.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vrrp_vectors.hpp"

namespace failover::tests {
namespace {

using vrrp::Covered;
using vrrp::Version;

const IpAddress source4 = address("192.0.2.1");
const IpAddress source6 = address("fe80::1");

vrrp::Outgoing version3(std::span<const IpAddress> addresses) {
  const bool ipv4 = addresses.front().family() == Family::ipv4;
  return {.version = Version::v3,
          .vrid = vrrp::Vrid::of<51>(),
          .rank = {.priority = 100, .centiseconds = 100},
          .addresses = addresses,
          .source = ipv4 ? source4 : source6,
          .destination = ipv4 ? advert_group4 : advert_group6};
}

vrrp::Outgoing version2(std::span<const IpAddress> addresses) {
  vrrp::Outgoing outgoing = version3(addresses);
  outgoing.version = Version::v2;
  return outgoing;
}

Datagram carried(const vrrp::Outgoing& outgoing, std::span<const std::uint8_t> payload) {
  return {.source = outgoing.source,
          .destination = outgoing.destination,
          .ttl = 255,
          .protocol = protocol_carp,
          .payload = payload};
}

std::optional<Covered> covered(const vrrp::Outgoing& outgoing, const Bytes& message) {
  const auto decoded = vrrp::decode(carried(outgoing, message), outgoing.version);
  if (!decoded) return std::nullopt;
  return decoded->covered;
}

// Puts right what a test has changed in a message over IPv4.
void make_checksum_right(Bytes& message) {
  message[6] = message[7] = 0;
  ByteWriter(std::span(message).subspan(6)).u16(internet_checksum(message));
}

const std::vector one{address("192.0.2.100")};

std::vector<IpAddress> many(std::size_t count, Family family) {
  std::vector<IpAddress> addresses;
  for (std::size_t i = 0; i < count; ++i) {
    std::array<std::uint8_t, 16> bytes{0xfe, 0x80};
    bytes[3] = static_cast<std::uint8_t>(i);
    bytes[15] = 1;
    addresses.push_back(IpAddress::from_bytes(family, bytes));
  }
  return addresses;
}

}  // namespace

TEST_CASE("vrrp: RFC 9568 5.2.8, over IPv4 the checksum is accepted with addresses and without") {
  vrrp::Outgoing outgoing = version3(one);
  outgoing.checksum = vrrp::Checksum::rfc5798;
  CHECK(covered(outgoing, message_of(outgoing)) == Covered::pseudo_header);
  outgoing.checksum = vrrp::Checksum::rfc9568;
  CHECK(covered(outgoing, message_of(outgoing)) == Covered::message);
}

TEST_CASE("vrrp: RFC 9568 5.2.8, over IPv6 the message alone is no checksum") {
  const auto addresses = many(2, Family::ipv6);
  vrrp::Outgoing outgoing = version3(addresses);
  outgoing.checksum = vrrp::Checksum::rfc9568;  // of IPv4 only
  Bytes message = message_of(outgoing);
  CHECK(covered(outgoing, message) == Covered::pseudo_header);
  make_checksum_right(message);
  CHECK(covered(outgoing, message) == std::nullopt);
}

TEST_CASE("vrrp: RFC 3768 5.3.8, of version 2 the checksum covers the message alone") {
  const vrrp::Outgoing outgoing = version2(one);
  Bytes message = message_of(outgoing);
  CHECK(covered(outgoing, message) == Covered::message);
  message[6] = message[7] = 0;
  ByteWriter(std::span(message).subspan(6))
      .u16(checksum_with_addresses(outgoing.source, outgoing.destination, protocol_carp, message));
  CHECK(covered(outgoing, message) == std::nullopt);
}

TEST_CASE("vrrp: a unicast checksum may be over the group's address, as old keepalived sends it") {
  vrrp::Outgoing outgoing = version3(one);  // to the group
  const Bytes message = message_of(outgoing);
  outgoing.destination = address("192.0.2.2");
  CHECK(covered(outgoing, message) == Covered::group_pseudo_header);
  CHECK(covered(outgoing, message_of(outgoing)) == Covered::pseudo_header);
  // Another group is no reason to try that.
  outgoing.destination = address("224.0.0.19");
  CHECK(covered(outgoing, message) == std::nullopt);
}

TEST_CASE("vrrp: RFC 1071, a checksum of ffff is as good as 0, and 0 is what is sent") {
  vrrp::Outgoing outgoing = version3(one);
  outgoing.checksum = vrrp::Checksum::rfc9568;
  bool seen = false;
  for (std::uint16_t last = 0; last < 0xffff && !seen; ++last) {
    const std::vector addresses{IpAddress::v4(
        {10, 0, static_cast<std::uint8_t>(last >> 8), static_cast<std::uint8_t>(last & 0xff)})};
    outgoing.addresses = addresses;
    Bytes message = message_of(outgoing);
    CHECK_FALSE((message[6] == 0xff && message[7] == 0xff));
    if (message[6] != 0 || message[7] != 0) continue;
    seen = true;
    message[6] = message[7] = 0xff;
    CHECK(covered(outgoing, message) == Covered::message);
  }
  CHECK(seen);
}

TEST_CASE("vrrp: RFC 9568 5.2.5 with erratum 8299, an advert without addresses is refused") {
  for (const Version version : {Version::v2, Version::v3}) {
    const vrrp::Outgoing outgoing = version == Version::v2 ? version2(one) : version3(one);
    Bytes message = message_of(outgoing);
    message.erase(message.begin() + 8, message.begin() + 12);
    message[3] = 0;
    CHECK(vrrp::decode(carried(outgoing, message), version).error() == Rejection::checksum);
    make_checksum_right(message);
    CHECK_FALSE(vrrp::misfit(carried(outgoing, message), version, vrrp::Trailer::refused));
    CHECK(vrrp::decode(carried(outgoing, message), version).error() == Rejection::addresses);
  }
}

TEST_CASE("vrrp: RFC 9568 5.2.7 with erratum 8301, an interval of 0 is refused") {
  for (const Version version : {Version::v2, Version::v3}) {
    vrrp::Outgoing outgoing = version == Version::v2 ? version2(one) : version3(one);
    outgoing.rank.centiseconds = 0;
    const Bytes message = message_of(outgoing);
    const auto decoded = vrrp::decode(carried(outgoing, message), version);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error() == Rejection::interval);
  }
}

TEST_CASE("vrrp: RFC 9568 5.2.7, an interval of 1 to 4095 centiseconds is carried as it is") {
  vrrp::Outgoing outgoing = version3(one);
  for (const std::uint16_t centiseconds : {1, 2, 10, 255, 256, 4094, 4095}) {
    INFO(centiseconds);
    outgoing.rank.centiseconds = centiseconds;
    const Bytes message = message_of(outgoing);
    CHECK(message[4] == centiseconds >> 8);
    CHECK(message[5] == (centiseconds & 0xff));
    CHECK(vrrp::decode(carried(outgoing, message), Version::v3)->advert.rank == outgoing.rank);
  }
}

TEST_CASE("vrrp: RFC 3768 5.3.7, version 2 carries 1 to 255 whole seconds") {
  vrrp::Outgoing outgoing = version2(one);
  for (const unsigned seconds : {1U, 2U, 254U, 255U}) {
    INFO(seconds);
    outgoing.rank.centiseconds = static_cast<std::uint16_t>(seconds * 100);
    const Bytes message = message_of(outgoing);
    CHECK(message[5] == seconds);
    CHECK(vrrp::decode(carried(outgoing, message), Version::v2)->advert.rank == outgoing.rank);
  }
}

TEST_CASE("vrrp: RFC 9568 5.2.6, the reserved bits are sent as 0 and ignored when received") {
  const vrrp::Outgoing outgoing = version3(one);
  Bytes message = message_of(outgoing);
  CHECK(message[4] >> 4 == 0);
  for (unsigned reserved = 1; reserved < 16; ++reserved) {
    INFO(reserved);
    message[4] = static_cast<std::uint8_t>(reserved << 4);
    make_checksum_right(message);
    const auto decoded = vrrp::decode(carried(outgoing, message), Version::v3);
    REQUIRE(decoded);
    CHECK(decoded->advert.rank == outgoing.rank);
  }
}

TEST_CASE("vrrp: RFC 9568 5.2.4, every priority and VRID is carried, 0 is a farewell") {
  vrrp::Outgoing outgoing = version3(one);
  for (int number = 0; number <= 255; ++number) {
    INFO(number);
    outgoing.rank.priority = static_cast<std::uint8_t>(number);
    outgoing.vrid = vrrp::Vrid::from(std::max(number, 1)).value();
    const Bytes message = message_of(outgoing);
    const auto decoded = vrrp::decode(carried(outgoing, message), Version::v3);
    REQUIRE(decoded);
    CHECK(decoded->advert.rank == outgoing.rank);
    CHECK(decoded->advert.rank.is_farewell() == (number == 0));
    CHECK(decoded->advert.vrid == outgoing.vrid.value());
  }
}

TEST_CASE("vrrp: RFC 9568 5.2.9, 1 to 255 addresses are carried in the order given") {
  for (const std::size_t count :
       {std::size_t{1}, std::size_t{2}, std::size_t{20}, std::size_t{255}}) {
    for (const Family family : {Family::ipv4, Family::ipv6}) {
      auto addresses = many(count, family);
      std::ranges::reverse(addresses);
      for (const vrrp::Outgoing& outgoing : {version3(addresses), version2(addresses)}) {
        if (family == Family::ipv6 && outgoing.version == Version::v2) continue;
        INFO(count << " of version " << static_cast<int>(outgoing.version));
        const Bytes message = message_of(outgoing);
        CHECK(message.size() == vrrp::advert_bytes(outgoing.version, family, count));
        const auto decoded = vrrp::decode(carried(outgoing, message), outgoing.version);
        REQUIRE(decoded);
        REQUIRE(decoded->advert.count() == count);
        for (std::size_t i = 0; i < count; ++i) CHECK(decoded->advert.address(i) == addresses[i]);
      }
    }
  }
}

TEST_CASE("vrrp: an advert is as long as its version, family and count say") {
  CHECK(vrrp::advert_bytes(Version::v2, Family::ipv4, 1) == 20);
  CHECK(vrrp::advert_bytes(Version::v2, Family::ipv4, 7) == 44);
  CHECK(vrrp::advert_bytes(Version::v3, Family::ipv4, 1) == 12);
  CHECK(vrrp::advert_bytes(Version::v3, Family::ipv6, 2) == 40);
  CHECK(vrrp::longest_advert == 8 + 255 * 16 + 28);
}

TEST_CASE("vrrp: RFC 2338 5.3.6, a password matches in type and in all 8 bytes") {
  const auto password = vrrp::password_from(from_hex("31323334"));
  REQUIRE(password);
  vrrp::Outgoing outgoing = version2(one);
  outgoing.password = password;
  const Bytes message = message_of(outgoing);
  const auto advert = vrrp::decode(carried(outgoing, message), Version::v2)->advert;
  CHECK(advert.authentication_type == vrrp::authentication_password);
  CHECK(vrrp::password_matches(advert, password));
  CHECK_FALSE(vrrp::password_matches(advert, std::nullopt));
  for (std::size_t bit = 0; bit < 64; ++bit) {
    vrrp::Password wrong = *password;
    wrong[bit / 8] = static_cast<std::uint8_t>(wrong[bit / 8] ^ 0x80U >> bit % 8);
    CHECK_FALSE(vrrp::password_matches(advert, wrong));
  }
}

TEST_CASE("vrrp: VRRP.md 1.2, without a password the type has to be 0, the data does not matter") {
  vrrp::Outgoing outgoing = version2(one);
  Bytes message = message_of(outgoing);
  std::fill(message.end() - 8, message.end(), std::uint8_t{0x77});
  for (unsigned type = 0; type < 256; ++type) {
    INFO(type);
    message[4] = static_cast<std::uint8_t>(type);
    make_checksum_right(message);
    const auto advert = vrrp::decode(carried(outgoing, message), Version::v2)->advert;
    CHECK(vrrp::password_matches(advert, std::nullopt) == (type == 0));
    const auto same = vrrp::password_from(std::span(message).last(8));
    CHECK(vrrp::password_matches(advert, same) == (type == 1));
  }
}

TEST_CASE("vrrp: RFC 2338 5.3.10, a password has 1 to 8 bytes") {
  CHECK_FALSE(vrrp::password_from({}));
  CHECK_FALSE(vrrp::password_from(Bytes(9, 'x')));
  CHECK(vrrp::password_from(Bytes(8, 'x')) ==
        vrrp::Password{'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x'});
  CHECK(vrrp::password_from(Bytes(1, 'x')) == vrrp::Password{'x'});
}

}  // namespace failover::tests
