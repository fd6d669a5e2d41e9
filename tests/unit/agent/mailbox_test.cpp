// Mailboxes between threads, values that are published, descriptors with one owner.

#include "agent/mailbox/mailbox.hpp"

#include <fcntl.h>
#include <poll.h>

#include <array>
#include <thread>

#include "agent/mailbox/published.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

template <class T>
bool readable(const Mailbox<T>& box) {
  pollfd entry{box.descriptor(), POLLIN, 0};
  return poll(&entry, 1, 0) == 1;
}

bool is_open(int descriptor) { return fcntl(descriptor, F_GETFD) != -1; }
int opened() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

TEST_CASE("a mailbox keeps the order of its messages") {
  Mailbox<int> box;
  CHECK_FALSE(box.take());
  box.post(1);
  box.post(2);
  CHECK(box.take() == 1);
  box.post(3);
  CHECK(box.take() == 2);
  CHECK(box.take() == 3);
  CHECK_FALSE(box.take());
}

TEST_CASE("a mailbox carries messages that can only be moved, and destroys none twice") {
  Mailbox<std::unique_ptr<int>> box;
  for (int i = 0; i < 5000; ++i) box.post(std::make_unique<int>(i));
  for (int i = 0; i < 4096; ++i) REQUIRE(**box.take() == i);
  box.flush();
  for (int i = 4096; i < 5000; ++i) REQUIRE(**box.take() == i);
}

TEST_CASE("what does not fit a mailbox waits on the poster's side and keeps its place") {
  Mailbox<std::size_t> box;
  for (std::size_t i = 0; i < limits::mailbox_messages; ++i) box.post(i);
  CHECK_FALSE(box.has_waiting());
  box.post(limits::mailbox_messages);
  box.post(limits::mailbox_messages + 1);
  CHECK(box.has_waiting());
  CHECK(box.take() == std::size_t{0});
  box.post(limits::mailbox_messages + 2);
  CHECK(box.has_waiting());
  std::size_t expected = 1;
  for (; expected < limits::mailbox_messages + 3; ++expected) {
    box.flush();
    REQUIRE(box.take() == expected);
  }
  CHECK_FALSE(box.has_waiting());
  CHECK_FALSE(box.take());
}

TEST_CASE("a message that may be lost is refused when there is no room, and overtakes nobody") {
  Mailbox<int> box;
  for (std::size_t i = 0; i < limits::mailbox_messages; ++i) REQUIRE(box.offer(0));
  CHECK_FALSE(box.offer(1));
  CHECK_FALSE(box.has_waiting());
  box.post(2);
  CHECK(box.take() == 0);
  // The place is the waiting one's.
  CHECK_FALSE(box.offer(3));
  while (box.take() == 0) continue;
  CHECK(box.offer(4));
  CHECK(box.take() == 4);
}

TEST_CASE("a mailbox's descriptor is readable from a post to the acknowledgement") {
  Mailbox<int> box;
  CHECK_FALSE(readable(box));
  box.post(1);
  box.post(2);
  CHECK(readable(box));
  box.acknowledge();
  CHECK_FALSE(readable(box));
  box.acknowledge();
  REQUIRE(box.offer(3));
  CHECK(readable(box));
}

TEST_CASE("two threads exchange a million messages in order, none lost, none twice") {
  constexpr std::uint64_t messages = 1'000'000;
  Mailbox<std::uint64_t> box;
  std::thread poster([&] {
    for (std::uint64_t i = 0; i < messages; ++i) {
      box.post(i);
      while (box.has_waiting()) {
        std::this_thread::yield();
        box.flush();
      }
    }
  });
  std::uint64_t expected = 0;
  bool in_order = true;
  while (expected < messages) {
    // Nothing but the descriptor says that there is something: a lost wake-up would hang here.
    pollfd entry{box.descriptor(), POLLIN, 0};
    if (poll(&entry, 1, 60'000) != 1) break;
    box.acknowledge();
    while (const auto message = box.take()) in_order = in_order && *message == expected++;
  }
  poster.join();
  CHECK(expected == messages);
  CHECK(in_order);
}

TEST_CASE("a published value is read as it was written, whatever its size") {
  struct Odd {
    std::array<std::uint8_t, 13> bytes{};
  };
  Published<Odd> published;
  CHECK(published.read().bytes == Odd{}.bytes);
  Odd odd;
  for (std::uint8_t i = 0; i < 13; ++i) odd.bytes[i] = static_cast<std::uint8_t>(i + 1);
  published.write(odd);
  CHECK(published.read().bytes == odd.bytes);
  Published<bool> single;
  single.write(true);
  CHECK(single.read());
}

TEST_CASE("a published value is never read half written") {
  using Value = std::array<std::uint64_t, 33>;
  Published<Value> published;
  std::atomic<bool> done{false};
  std::thread writer([&] {
    Value value{};
    for (std::uint64_t i = 1; i <= 200'000; ++i) {
      value.fill(i);
      published.write(value);
    }
    done = true;
  });
  bool whole = true;
  bool forward = true;
  std::uint64_t last = 0;
  while (!done) {
    const Value value = published.read();
    for (const std::uint64_t word : value) whole = whole && word == value[0];
    forward = forward && value[0] >= last;
    last = value[0];
  }
  writer.join();
  CHECK(whole);
  CHECK(forward);
  CHECK(published.read()[32] == 200'000);
}

TEST_CASE("a descriptor is closed once, by whoever owns it last") {
  int number = -1;
  {
    Descriptor first(opened());
    number = first.number();
    REQUIRE(is_open(number));
    Descriptor second(std::move(first));
    CHECK_FALSE(first.is_open());
    CHECK(second.number() == number);
    Descriptor third;
    third = std::move(second);
    CHECK(is_open(number));
  }
  CHECK_FALSE(is_open(number));
}

TEST_CASE("a descriptor that takes another closes its own, and one released is not closed") {
  Descriptor first(opened());
  const int before = first.number();
  Descriptor second(opened());
  const int after = second.number();
  first = std::move(second);
  CHECK_FALSE(is_open(before));
  CHECK(first.number() == after);
  const int released = first.release();
  CHECK(released == after);
  CHECK_FALSE(first.is_open());
  first.reset();
  CHECK(is_open(released));
  CHECK(::close(released) == 0);
}

}  // namespace failover::tests
