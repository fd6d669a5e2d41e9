#include "protocol/carp/authenticator.hpp"

#include <algorithm>
#include <array>

#include "tests/unit/catch.hpp"
#include "tests/unit/protocol/vectors.hpp"

namespace failover::tests {
namespace {

carp::Advert advert_of(const Vector& vector) {
  return {.vhid = vector.vhid.value(),
          .rank = vector.rank,
          .counter = vector.counter,
          .digest = vector.digest};
}

Bytes password(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

TEST_CASE("CARP 2: every vector's digest is made from its addresses, and verifies") {
  REQUIRE(vectors().size() >= 17);
  for (const Vector& vector : vectors()) {
    INFO(vector.id);
    const carp::Authenticator authenticator(vector.key, vector.vhid, vector.hashed);
    CHECK(to_hex(authenticator.digest(vector.counter)) == to_hex(vector.digest));
    CHECK(authenticator.matches(advert_of(vector)));
  }
}

TEST_CASE("CARP 2.1: trailing NUL bytes of the password are irrelevant") {
  const Vector& f1 = vector_named("F1");
  const carp::Authenticator authenticator(password("mekmitasdigoat"), f1.vhid, f1.hashed);
  CHECK(authenticator.matches(advert_of(f1)));
}

TEST_CASE("CARP 2.1: no password is a key of zeros") {
  const Vector& f1 = vector_named("F1");
  const carp::Authenticator none({}, f1.vhid, f1.hashed);
  const carp::Authenticator zeros(Bytes(20, 0), f1.vhid, f1.hashed);
  CHECK(none.digest(7) == zeros.digest(7));
}

TEST_CASE("CARP 2.1: any other password does not verify") {
  const Vector& f1 = vector_named("F1");
  for (const char* wrong : {"", "mekmitasdigoa", "mekmitasdigoat!", "Mekmitasdigoat"}) {
    INFO(wrong);
    const carp::Authenticator authenticator(password(wrong), f1.vhid, f1.hashed);
    CHECK_FALSE(authenticator.matches(advert_of(f1)));
  }
}

TEST_CASE("CARP 2.3: the order in which addresses are configured does not matter") {
  for (const char* id : {"F2", "F5"}) {
    const Vector& vector = vector_named(id);
    auto addresses = vector.configured;
    std::ranges::sort(addresses);
    do {
      const carp::Authenticator authenticator(vector.key, vector.vhid, addresses);
      CHECK(authenticator.matches(advert_of(vector)));
    } while (std::ranges::next_permutation(addresses).found);
  }
}

TEST_CASE("CARP 2.3: an address that is configured twice is hashed once") {
  const Vector& f2 = vector_named("F2");
  auto addresses = f2.configured;
  addresses.push_back(addresses.front());
  CHECK(carp::Authenticator(f2.key, f2.vhid, addresses).matches(advert_of(f2)));
}

TEST_CASE("CARP 2.3: one address more, less or another does not verify") {
  const Vector& f5 = vector_named("F5");
  const auto verifies = [&](const std::vector<IpAddress>& addresses) {
    return carp::Authenticator(f5.key, f5.vhid, addresses).matches(advert_of(f5));
  };
  CHECK(verifies(f5.configured));
  CHECK_FALSE(verifies({}));
  CHECK_FALSE(verifies({address("192.0.2.1")}));
  CHECK_FALSE(verifies({address("2001:db8::1")}));
  CHECK_FALSE(verifies({address("192.0.2.2"), address("2001:db8::1")}));
  CHECK_FALSE(verifies({address("192.0.2.1"), address("2001:db8::1"), address("192.0.2.2")}));
}

TEST_CASE("CARP 2.3: OpenBSD's two digests differ by the link-local address") {
  const Vector& sent = vector_named("O2");
  const Vector& original = vector_named("O3");
  CHECK(sent.hashed == std::vector{address("2001:db8::1")});
  CHECK(original.hashed == original.configured);
  CHECK_FALSE(carp::Authenticator(sent.key, sent.vhid, sent.configured).matches(advert_of(sent)));
}

// HMAC-SHA1 of F1's message with the MAC address 02:00:00:00:00:01 between type and VHID.
TEST_CASE("CARP 2.4: OpenBSD's digest over a hand-set MAC address does not verify") {
  const Vector& f1 = vector_named("F1");
  carp::Advert advert = advert_of(f1);
  const Bytes with_mac = from_hex("6bf689cae1db970627e48cf36b44877e980e9cf5");
  std::ranges::copy(with_mac, advert.digest.begin());
  CHECK_FALSE(carp::Authenticator(f1.key, f1.vhid, f1.hashed).matches(advert));
}

TEST_CASE("CARP 2.2: the digest covers the VHID and the counter") {
  const Vector& f1 = vector_named("F1");
  const carp::Authenticator other(f1.key, carp::Vhid::of<2>(), f1.hashed);
  CHECK_FALSE(other.matches(advert_of(f1)));
  carp::Advert advert = advert_of(f1);
  ++advert.counter;
  CHECK_FALSE(carp::Authenticator(f1.key, f1.vhid, f1.hashed).matches(advert));
}

TEST_CASE("an authenticator makes the same digest again after another, and as a copy") {
  const Vector& f5 = vector_named("F5");
  const carp::Authenticator authenticator(f5.key, f5.vhid, f5.hashed);
  const carp::Authenticator copy = authenticator;
  CHECK(authenticator.digest(vector_named("F5v6").counter) == vector_named("F5v6").digest);
  CHECK(authenticator.digest(f5.counter) == f5.digest);
  CHECK(copy.digest(f5.counter) == f5.digest);
}

}  // namespace failover::tests
