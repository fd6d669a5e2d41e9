// What waits between two sockets stays open, and makes room when it is nobody's any more.

#include "agent/kernel/kept_memberships.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

constexpr int loopback = 1;
constexpr int gone = 1 << 30;

// A pipe, whose reading end tells whether the other one is open somewhere.
struct Watched {
  Watched() {
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    reading = Descriptor(ends[0]);
    writing = Descriptor(ends[1]);
  }
  [[nodiscard]] bool is_open() const {
    pollfd end{.fd = reading.number(), .events = 0, .revents = 0};
    return poll(&end, 1, 0) == 0;
  }
  Descriptor reading;
  Descriptor writing;
};

// One agent after the other, of one parent.
struct Scene {
  KeptMemberships::Ends parents = KeptMemberships::make();
  [[nodiscard]] KeptMemberships agent() const {
    return KeptMemberships(
        {.in = Descriptor(dup(parents.in.number())), .out = Descriptor(dup(parents.out.number()))});
  }
};

void keep(KeptMemberships& kept, int interface, Watched& watched) {
  const std::array<int, 1> sockets{watched.writing.number()};
  kept.keep(interface, sockets);
  watched.writing.reset();
}

// Until room had to be made: nothing is seen of what is in there but that.
void fill(KeptMemberships& kept, const Watched& until_closed) {
  for (int i = 0; i < 100'000 && until_closed.is_open(); ++i) {
    Watched other;
    keep(kept, loopback, other);
  }
  REQUIRE_FALSE(until_closed.is_open());
}

}  // namespace

TEST_CASE("a membership stays when the agent ends, and goes with the parent") {
  Scene scene;
  Watched watched;
  {
    KeptMemberships kept = scene.agent();
    keep(kept, loopback, watched);
  }
  CHECK(watched.is_open());
  scene.parents = {};
  CHECK_FALSE(watched.is_open());
}

TEST_CASE("of an interface two sockets are kept, together") {
  Scene scene;
  KeptMemberships kept = scene.agent();
  Watched ipv4;
  Watched ipv6;
  const std::array<int, 2> both{ipv4.writing.number(), ipv6.writing.number()};
  kept.keep(loopback, both);
  ipv4.writing.reset();
  ipv6.writing.reset();
  CHECK(ipv4.is_open());
  CHECK(ipv6.is_open());
}

TEST_CASE("memberships of interfaces that have gone, and older ones of the same, make room") {
  Scene scene;
  KeptMemberships kept = scene.agent();
  Watched of_gone;
  Watched older;
  keep(kept, gone, of_gone);
  keep(kept, loopback, older);
  CHECK(of_gone.is_open());
  fill(kept, older);
  CHECK_FALSE(of_gone.is_open());
  Watched newest;
  keep(kept, loopback, newest);
  CHECK(newest.is_open());
}

TEST_CASE("without a parent nothing is kept") {
  KeptMemberships kept;
  Watched watched;
  keep(kept, loopback, watched);
  CHECK_FALSE(watched.is_open());
}

}  // namespace failover::tests
