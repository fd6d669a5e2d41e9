#include "agent/checks/echo_message.hpp"

#include "protocol/bytes.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {

using namespace failover::checks;

namespace {

constexpr Echo echo{.identifier = 0x1234, .sequence = 0x5678, .token = {1, 2, 3, 4, 5, 6, 7, 8}};

using Bytes = std::vector<std::uint8_t>;

// The reply to a request, as a raw socket receives it.
Bytes reply_to_request(Family family) {
  const auto request = echo_request(family, echo);
  Bytes message(request.begin(), request.end());
  message[0] = family == Family::ipv4 ? 0 : 129;
  if (family == Family::ipv6) return message;
  message[2] = message[3] = 0;
  const auto checksum = internet_checksum(message);
  message[2] = static_cast<std::uint8_t>(checksum >> 8);
  message[3] = static_cast<std::uint8_t>(checksum & 0xff);
  Bytes packet(24, 0);  // a header with one word of options
  packet[0] = 0x46;
  packet.insert(packet.end(), message.begin(), message.end());
  return packet;
}

}  // namespace

TEST_CASE("an echo request is that of RFC 792 and RFC 4443") {
  const auto v4 = echo_request(Family::ipv4, echo);
  CHECK(Bytes(v4.begin(), v4.end()) == Bytes{8, 0, 0x7f, 0x3f, 0x12, 0x34, 0x56, 0x78,  //
                                             1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(internet_checksum(v4) == 0);
  const auto v6 = echo_request(Family::ipv6, echo);
  CHECK(Bytes(v6.begin(), v6.end()) ==
        Bytes{128, 0, 0, 0, 0x12, 0x34, 0x56, 0x78, 1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("a reply is read behind whatever options the IPv4 header has") {
  for (const Family family : families) CHECK(echo_reply(family, reply_to_request(family)) == echo);
}

TEST_CASE("a reply that is cut short or longer than the request is none") {
  for (const Family family : families) {
    Bytes reply = reply_to_request(family);
    for (std::size_t size = 0; size < reply.size(); ++size)
      CHECK_FALSE(echo_reply(family, std::span(reply).first(size)).has_value());
    reply.push_back(0);
    CHECK_FALSE(echo_reply(family, reply).has_value());
  }
}

TEST_CASE("every changed bit of an ICMP reply is noticed by its checksum") {
  const Bytes reply = reply_to_request(Family::ipv4);
  for (std::size_t bit = 24 * 8; bit < reply.size() * 8; ++bit) {
    Bytes changed = reply;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    CHECK_FALSE(echo_reply(Family::ipv4, changed).has_value());
  }
}

TEST_CASE("a request, and a reply with a code, are no reply") {
  Bytes reply = reply_to_request(Family::ipv6);
  reply[0] = 128;
  CHECK_FALSE(echo_reply(Family::ipv6, reply).has_value());
  reply[0] = 129;
  reply[1] = 1;
  CHECK_FALSE(echo_reply(Family::ipv6, reply).has_value());
}

}  // namespace failover::tests
