// auth_hmac of keepalived 2.4.1 and later (VRRP.md 1.6).

#include "protocol/vrrp/hmac.hpp"

#include <algorithm>

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vrrp_vectors.hpp"

namespace failover::tests {
namespace {

using vrrp::AntiReplay;
using vrrp::Freshness;
using vrrp::HmacKey;
using vrrp::KeyId;
using vrrp::ReplayWindow;
using vrrp::Senders;
using vrrp::Stamp;

std::vector<VrrpVector> signed_vectors() {
  std::vector<VrrpVector> vectors = vrrp_vectors();
  std::erase_if(vectors, [](const VrrpVector& vector) { return !vector.has_trailer; });
  return vectors;
}

vrrp::Advert advert_of(const VrrpVector& vector) {
  return vrrp::decode(datagram_of(vector.frame), vector.version)->advert;
}

Bytes with_flipped_bit(std::span<const std::uint8_t> bytes, std::size_t bit) {
  Bytes flipped(bytes.begin(), bytes.end());
  flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ 0x80U >> bit % 8);
  return flipped;
}

HmacKey key(int id, std::uint8_t first) {
  return HmacKey::from(KeyId::from(id).value(), Bytes(32, first)).value();
}

constexpr Stamp at_second(std::uint32_t seconds) { return {.seconds = seconds}; }
const IpAddress peer = address("192.0.2.1");

}  // namespace

TEST_CASE("vrrp: auth_hmac, every vector verifies, and is signed again byte for byte") {
  REQUIRE(signed_vectors().size() >= 6);
  const std::array keys{vector_key()};
  for (const VrrpVector& vector : signed_vectors()) {
    INFO(vector.id);
    const auto advert = advert_of(vector);
    CHECK(vrrp::verify(keys, advert, vector.source) == vector.stamp);
    CHECK(to_hex(keys[0].sign(advert.message, vector.source, vector.stamp)) ==
          to_hex(advert.trailer));
  }
}

TEST_CASE("vrrp: auth_hmac, each flipped bit of the message but its checksum is refused") {
  const std::array keys{vector_key()};
  for (const VrrpVector& vector : signed_vectors()) {
    const auto advert = advert_of(vector);
    for (std::size_t bit = 0; bit < advert.message.size() * 8; ++bit) {
      INFO(vector.id << " bit " << bit);
      // The type is not in the version byte of what is signed, but in the message.
      const bool is_checksum = bit / 8 == 6 || bit / 8 == 7;
      const Bytes flipped = with_flipped_bit(advert.message, bit);
      CHECK(vrrp::verify(keys, flipped, vector.source, advert.trailer).has_value() == is_checksum);
    }
  }
}

TEST_CASE("vrrp: auth_hmac, each flipped bit of the trailer is refused") {
  const std::array keys{vector_key(), key(0x81, 1), key(3, 2)};
  for (const VrrpVector& vector : signed_vectors()) {
    const auto advert = advert_of(vector);
    for (std::size_t bit = 0; bit < vrrp::trailer_bytes * 8; ++bit) {
      INFO(vector.id << " bit " << bit);
      const Bytes flipped = with_flipped_bit(advert.trailer, bit);
      CHECK_FALSE(vrrp::verify(keys, advert.message, vector.source, flipped));
    }
  }
}

TEST_CASE("vrrp: auth_hmac, the source address is covered, family and all") {
  const std::array keys{vector_key()};
  for (const VrrpVector& vector : signed_vectors()) {
    INFO(vector.id);
    const auto advert = advert_of(vector);
    CHECK_FALSE(vrrp::verify(keys, advert, address("192.0.2.77")));
    CHECK_FALSE(vrrp::verify(keys, advert, address("fe80::77")));
  }
  // The same 16 bytes in the pseudo-header, of another family.
  const VrrpVector& vector = vrrp_vector_named("ka243-hmac-v3");
  CHECK_FALSE(vrrp::verify(keys, advert_of(vector), address("c000:201::")));
}

TEST_CASE("vrrp: auth_hmac, every truncated trailer is refused, and none is no trailer") {
  const std::array keys{vector_key()};
  const VrrpVector& vector = vrrp_vector_named("ka243-hmac-v3");
  const auto advert = advert_of(vector);
  for (std::size_t length = 0; length < vrrp::trailer_bytes; ++length)
    CHECK_FALSE(vrrp::verify(keys, advert.message, vector.source, advert.trailer.first(length)));
  for (std::size_t length = 0; length < advert.message.size(); ++length)
    CHECK_FALSE(vrrp::verify(keys, advert.message.first(length), vector.source, advert.trailer));
}

TEST_CASE("vrrp: auth_hmac, the trailer's key id names the key, and no other is tried") {
  const VrrpVector& vector = vrrp_vector_named("ka243-hmac-v3");
  const auto advert = advert_of(vector);
  Bytes secret(32);
  for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<std::uint8_t>(i);
  const auto same_secret = HmacKey::from(KeyId::of<2>(), secret).value();
  CHECK_FALSE(vrrp::verify({}, advert, vector.source));
  CHECK_FALSE(vrrp::verify(std::array{same_secret}, advert, vector.source));
  CHECK_FALSE(vrrp::verify(std::array{key(1, 9), same_secret}, advert, vector.source));
  CHECK(vrrp::verify(std::array{key(2, 9), vector_key()}, advert, vector.source));
}

TEST_CASE("vrrp: auth_hmac, a key has 32 to 64 bytes and an id of 1 to 255") {
  CHECK_FALSE(HmacKey::from(KeyId::of<1>(), Bytes(31, 1)));
  CHECK(HmacKey::from(KeyId::of<1>(), Bytes(32, 1)));
  CHECK(HmacKey::from(KeyId::of<255>(), Bytes(64, 1))->id() == KeyId::of<255>());
  CHECK_FALSE(HmacKey::from(KeyId::of<1>(), Bytes(65, 1)));
  CHECK_FALSE(KeyId::from(0));
  CHECK_FALSE(KeyId::from(256));
}

TEST_CASE("vrrp: auth_hmac, a stamp is UTC seconds and 1/65536 of them") {
  using namespace std::chrono_literals;
  CHECK(Stamp::at(0ns) == Stamp{});
  CHECK(Stamp::at(1'795'166'401s + 500ms) == Stamp{.seconds = 1'795'166'401, .fraction = 0x8000});
  CHECK(Stamp::at(1s - 1ns) == Stamp{.seconds = 0, .fraction = 0xffff});
  CHECK(Stamp::at(4'294'967'296s + 7s) == at_second(7));  // 2106
  const Stamp stamp{.seconds = 0x01020304, .fraction = 0x0506, .counter = 0x0708};
  CHECK(stamp.sequence() == 0x0102030405060708U);
  CHECK(Stamp::from_sequence(stamp.sequence()) == stamp);
}

TEST_CASE("vrrp: auth_hmac, stamps are compared by serial arithmetic (RFC 1982)") {
  const auto newer = [](std::uint64_t left, std::uint64_t right) {
    return Stamp::from_sequence(left).is_newer_than(Stamp::from_sequence(right));
  };
  constexpr std::uint64_t half = std::uint64_t{1} << 63;
  CHECK(newer(1, 0));
  CHECK_FALSE(newer(0, 0));
  CHECK_FALSE(newer(0, 1));
  CHECK(newer(0, ~std::uint64_t{0}));
  CHECK(newer(5, ~std::uint64_t{0} - 5));
  CHECK(newer(half - 1, 0));
  CHECK_FALSE(newer(half, 0));
  CHECK_FALSE(newer(half + 1, 0));
}

TEST_CASE("vrrp: auth_hmac, each stamp is newer than the one before, whatever the clock does") {
  const Stamp now{.seconds = 100, .fraction = 7};
  CHECK(vrrp::next_stamp(at_second(99), now) == now);
  CHECK(vrrp::next_stamp(now, now) == Stamp{.seconds = 100, .fraction = 7, .counter = 1});
  CHECK(vrrp::next_stamp(at_second(200), now) == Stamp{.seconds = 200, .counter = 1});
  const Stamp full{.seconds = 100, .fraction = 7, .counter = 0xffff};
  CHECK(vrrp::next_stamp(full, now) == Stamp{.seconds = 100, .fraction = 8});
  const Stamp last = Stamp::from_sequence(~std::uint64_t{0});
  CHECK(vrrp::next_stamp(last, last) == Stamp{});
}

TEST_CASE("vrrp: auth_hmac, a stamp is fresh within the window around our clock, else stale") {
  using namespace std::chrono_literals;
  const auto judged = [](std::uint32_t stamp) {
    Senders senders(AntiReplay::time, ReplayWindow::of<5>());
    return senders.judge(peer, at_second(stamp), 1000s);
  };
  CHECK(judged(995) == Freshness::fresh);
  CHECK(judged(1000) == Freshness::fresh);
  CHECK(judged(1005) == Freshness::fresh);
  CHECK(judged(994) == Freshness::stale);
  CHECK(judged(1006) == Freshness::stale);
  CHECK(judged(0) == Freshness::stale);
  CHECK(judged(1000 + 0x80000000U) == Freshness::stale);
  CHECK(judged(0xffffffff) == Freshness::stale);
}

TEST_CASE("vrrp: auth_hmac, the window goes across the wrap of the seconds") {
  using namespace std::chrono_literals;
  Senders senders(AntiReplay::time, ReplayWindow::of<5>());
  CHECK(senders.judge(peer, at_second(0xfffffffe), 4'294'967'297s) == Freshness::fresh);
  CHECK(senders.judge(peer, at_second(1), 4'294'967'295s) == Freshness::fresh);
  CHECK(senders.judge(peer, at_second(0xffffffff), 4'294'967'297s) == Freshness::replayed);
}

TEST_CASE("vrrp: auth_hmac, what is not newer than a sender's last stamp is replayed") {
  using namespace std::chrono_literals;
  for (const AntiReplay mode : {AntiReplay::time, AntiReplay::monotonic}) {
    Senders senders(mode, ReplayWindow::of<300>());
    CHECK(senders.judge(peer, at_second(1000), 1000s) == Freshness::fresh);
    CHECK(senders.judge(peer, at_second(1000), 1000s) == Freshness::replayed);
    CHECK(senders.judge(peer, at_second(999), 1000s) == Freshness::replayed);
    CHECK(senders.judge(peer, {.seconds = 1000, .counter = 1}, 1000s) == Freshness::fresh);
    CHECK(senders.judge(address("192.0.2.2"), at_second(999), 1000s) == Freshness::fresh);
  }
}

TEST_CASE("vrrp: auth_hmac, a stale stamp moves nothing") {
  using namespace std::chrono_literals;
  Senders senders(AntiReplay::time, ReplayWindow::of<5>());
  CHECK(senders.judge(peer, at_second(2000), 1000s) == Freshness::stale);
  CHECK(senders.judge(peer, at_second(1000), 1000s) == Freshness::fresh);
}

TEST_CASE("vrrp: auth_hmac, with monotonic stamps our clock does not matter") {
  using namespace std::chrono_literals;
  Senders senders(AntiReplay::monotonic, ReplayWindow::of<1>());
  CHECK(senders.judge(peer, at_second(5), 1'000'000s) == Freshness::fresh);
  CHECK(senders.judge(peer, at_second(6), 0s) == Freshness::fresh);
  CHECK(senders.judge(peer, at_second(6), 0s) == Freshness::replayed);
}

TEST_CASE("vrrp: auth_hmac, four senders are remembered, the one silent longest makes room") {
  using namespace std::chrono_literals;
  Senders senders(AntiReplay::monotonic, ReplayWindow::of<1>());
  const auto heard = [&](std::uint8_t host, std::uint32_t stamp) {
    return senders.judge(IpAddress::v4({192, 0, 2, host}), at_second(stamp), 0s);
  };
  for (const std::uint8_t host : {1, 2, 3, 4}) CHECK(heard(host, 10) == Freshness::fresh);
  CHECK(heard(1, 11) == Freshness::fresh);
  CHECK(heard(2, 9) == Freshness::replayed);  // does not count as heard
  CHECK(heard(5, 10) == Freshness::fresh);    // in the place of 2
  for (const std::uint8_t host : {1, 3, 4, 5}) CHECK(heard(host, 10) == Freshness::replayed);
  CHECK(heard(2, 9) == Freshness::fresh);  // in the place of 3
  CHECK(heard(3, 10) == Freshness::fresh);
  CHECK(heard(1, 11) == Freshness::replayed);
}

TEST_CASE("vrrp: auth_hmac, IPv4 and IPv6 senders are told apart") {
  using namespace std::chrono_literals;
  Senders senders(AntiReplay::monotonic, ReplayWindow::of<1>());
  CHECK(senders.judge(address("192.0.2.1"), at_second(2), 0s) == Freshness::fresh);
  CHECK(senders.judge(address("c000:201::"), at_second(1), 0s) == Freshness::fresh);
}

}  // namespace failover::tests
