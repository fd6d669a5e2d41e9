#include "protocol/bytes.hpp"

#include <array>

#include "protocol/bounded.hpp"
#include "protocol/fixed_list.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vectors.hpp"

namespace failover::tests {

TEST_CASE("RFC 1071 section 3: the checksum of the RFC's own example") {
  CHECK(internet_checksum(from_hex("0001f203f4f5f6f7")) == static_cast<std::uint16_t>(~0xddf2));
}

TEST_CASE("RFC 1071 section 4.1: an odd last byte is padded with zero") {
  CHECK(internet_checksum(from_hex("0001f2")) == internet_checksum(from_hex("0001f200")));
  CHECK(internet_checksum(from_hex("80")) == 0x7fff);
}

TEST_CASE("RFC 1071: carries are added back, also those of carries") {
  CHECK(internet_checksum(from_hex("ffff0001")) == 0xfffe);
  CHECK(internet_checksum(Bytes(65'536, 0xff)) == 0);
  CHECK(internet_checksum({}) == 0xffff);
}

TEST_CASE("fields are read in network byte order, and what is left is the rest") {
  const Bytes bytes = from_hex("01020304050607080910111213141516ff");
  ByteReader reader(bytes);
  CHECK(reader.u8() == 0x01);
  CHECK(reader.u16() == 0x0203);
  CHECK(reader.u32() == 0x04050607);
  CHECK(reader.u64() == 0x0809101112131415);
  CHECK(to_hex(reader.take(1)) == "16");
  CHECK(to_hex(reader.rest()) == "ff");
  CHECK(reader.ok());
}

TEST_CASE("a read past the end gives zeros, and so does every read after it") {
  const Bytes bytes = from_hex("010203");
  ByteReader reader(bytes);
  CHECK(reader.u32() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.u8() == 0);
  CHECK(reader.take(1).empty());
  CHECK(reader.rest().empty());
  CHECK_FALSE(reader.ok());
}

TEST_CASE("fields are written in network byte order, and nothing behind them is touched") {
  std::array<std::uint8_t, 20> bytes{};
  bytes.fill(0xee);
  ByteWriter writer(bytes);
  writer.u8(0x01);
  writer.u16(0x0203);
  writer.u32(0x04050607);
  writer.u64(0x0809101112131415);
  writer.zeros(2);
  writer.bytes(from_hex("abcd"));
  CHECK(to_hex(bytes) == "0102030405060708091011121314150000abcdee");
}

TEST_CASE("byte strings are equal in constant time when they have equal length and content") {
  const Bytes secret = from_hex("00112233");
  CHECK(equal_in_constant_time(secret, from_hex("00112233")));
  CHECK_FALSE(equal_in_constant_time(secret, from_hex("10112233")));
  CHECK_FALSE(equal_in_constant_time(secret, from_hex("00112232")));
  CHECK_FALSE(equal_in_constant_time(secret, from_hex("001122")));
  CHECK(equal_in_constant_time({}, {}));
}

TEST_CASE("a wiped secret is zeros") {
  Bytes secret = from_hex("0102ff");
  wipe(secret);
  CHECK(secret == Bytes(3, 0));
}

TEST_CASE("a bounded number exists only within its bounds") {
  using Percent = Bounded<struct PercentTag, std::uint8_t, 1, 100>;
  CHECK(Percent::from(0) == std::nullopt);
  CHECK(Percent::from(101) == std::nullopt);
  CHECK(Percent::from(257) == std::nullopt);  // 1 as an uint8_t
  CHECK(Percent::from(-255) == std::nullopt);
  CHECK(Percent::from(1)->value() == 1);
  CHECK(Percent::from(100) == Percent::of<100>());
  CHECK(Percent::of<1>() < Percent::of<2>());
}

TEST_CASE("a fixed list keeps its values in order, until it is cleared") {
  FixedList<int, 3> list;
  CHECK(list.empty());
  for (const int value : {3, 1, 2}) list.push(value);
  CHECK(std::vector(list.begin(), list.end()) == std::vector{3, 1, 2});
  CHECK(list[2] == 2);
  list.clear();
  CHECK(list.size() == 0);
}

}  // namespace failover::tests
