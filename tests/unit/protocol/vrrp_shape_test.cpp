// What tells CARP and VRRP apart (CARP.md 1.1): both are IP protocol 112.

#include "protocol/advert_shape.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vrrp_vectors.hpp"

namespace failover::tests {

TEST_CASE("vrrp: every vector has the shape of its version, every CARP vector that of CARP") {
  for (const VrrpVector& vector : vrrp_vectors()) {
    INFO(vector.id);
    const auto shape = shape_of(datagram_of(vector.frame).payload);
    CHECK(shape == (vector.version == vrrp::Version::v2 ? Shape::vrrp2 : Shape::vrrp3));
  }
  for (const Vector& vector : vectors()) {
    INFO(vector.id);
    CHECK(shape_of(vector.packet) == Shape::carp);
  }
}

TEST_CASE("vrrp: CARP 1.1, no length is that of CARP and of VRRPv2 at once") {
  Bytes payload(400, 0);
  payload[0] = 0x21;
  for (std::size_t length = 4; length <= payload.size(); ++length) {
    for (unsigned count = 0; count < 256; ++count) {
      payload[3] = static_cast<std::uint8_t>(count);
      const bool carp = length == 36 && count == 7;
      const bool vrrp2 = length == 16 + 4 * count || length == 44 + 4 * count;
      REQUIRE_FALSE((carp && vrrp2));
      const Shape expected = carp ? Shape::carp : vrrp2 ? Shape::vrrp2 : Shape::unclear;
      if (shape_of(std::span(payload).first(length)) == expected) continue;
      FAIL_CHECK("length " << length << " count " << count);
    }
  }
}

TEST_CASE("vrrp: a VRRPv2 advert with five addresses is as long as CARP, and is none") {
  Bytes payload(36, 0);
  payload[0] = 0x21;
  payload[3] = 5;
  CHECK(shape_of(payload) == Shape::vrrp2);
  payload[3] = 7;
  CHECK(shape_of(payload) == Shape::carp);
}

TEST_CASE("vrrp: the shape of few bytes, and of any other version, is unclear") {
  CHECK(shape_of({}) == Shape::unclear);
  CHECK(shape_of(from_hex("21")) == Shape::unclear);
  CHECK(shape_of(from_hex("210100")) == Shape::unclear);
  CHECK(shape_of(from_hex("31")) == Shape::vrrp3);
  CHECK(shape_of(from_hex("3f")) == Shape::vrrp3);
  for (const unsigned version : {0U, 1U, 4U, 15U}) {
    Bytes payload(20, 0);
    payload[0] = static_cast<std::uint8_t>(version << 4 | 1);
    payload[3] = 1;
    CHECK(shape_of(payload) == Shape::unclear);
  }
}

}  // namespace failover::tests
