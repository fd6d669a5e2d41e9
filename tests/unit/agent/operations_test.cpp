// Operations: their ids, their bound, and those who wait for them.

#include "agent/control/operations.hpp"

#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using control::Operation;
using control::OperationKind;
using control::Operations;

OperationId start(Operations& operations, RouterId router = 0) {
  return operations.start(OperationKind::switchover, router, "web").id;
}

}  // namespace

TEST_CASE("operations have ids that grow, and are found by them") {
  Operations operations;
  CHECK(start(operations) == 1);
  CHECK(start(operations, 5) == 2);
  REQUIRE(operations.find(2) != nullptr);
  CHECK(operations.find(2)->router == 5);
  CHECK(operations.find(2)->target == "web");
  CHECK(operations.find(3) == nullptr);
  CHECK(operations.find(0) == nullptr);
}

TEST_CASE("an operation runs on its router until it has ended") {
  Operations operations;
  const OperationId id = start(operations, 4);
  REQUIRE(operations.running_on(4) != nullptr);
  CHECK(operations.running_on(4)->id == id);
  CHECK(operations.running_on(3) == nullptr);
  operations.finish(id, router::Outcome::taken_back);
  CHECK(operations.running_on(4) == nullptr);
  CHECK(operations.find(id)->ended);
  CHECK(operations.find(id)->outcome == router::Outcome::taken_back);
}

TEST_CASE("an operation ends once, its first outcome stands") {
  Operations operations;
  const OperationId id = start(operations);
  operations.finish(id, router::Outcome::done);
  operations.finish(id, router::Outcome::interrupted);
  operations.finish(99, router::Outcome::done);
  CHECK(operations.find(id)->outcome == router::Outcome::done);
}

TEST_CASE("who waits is told once, others are not") {
  Operations operations;
  const OperationId first = start(operations, 1);
  const OperationId second = start(operations, 2);
  int told = 0;
  int told_other = 0;
  (void)operations.wait(first, [&] { ++told; });
  (void)operations.wait(first, [&] { ++told; });
  (void)operations.wait(second, [&] { ++told_other; });
  operations.finish(first, router::Outcome::done);
  operations.finish(first, router::Outcome::done);
  CHECK(told == 2);
  CHECK(told_other == 0);
}

TEST_CASE("who has forgotten an operation is not told, and may forget while being told") {
  Operations operations;
  const OperationId id = start(operations);
  int told = 0;
  const auto forgotten = operations.wait(id, [&] { ++told; });
  Operations::Ticket ticket = 0;
  ticket = operations.wait(id, [&] {
    ++told;
    operations.forget(ticket);
    (void)start(operations, 9);
  });
  operations.forget(forgotten);
  operations.forget(1234);
  operations.finish(id, router::Outcome::done);
  CHECK(told == 1);
}

TEST_CASE("the last limits::operations_remembered are kept, the oldest go first") {
  Operations operations;
  for (std::size_t i = 0; i < limits::operations_remembered + 10; ++i)
    operations.finish(start(operations), router::Outcome::done);
  CHECK(operations.all().size() == limits::operations_remembered);
  CHECK(operations.find(10) == nullptr);
  CHECK(operations.find(11) != nullptr);
}

TEST_CASE("an operation that runs is remembered, and does not keep those that have ended") {
  Operations operations;
  const OperationId runs = start(operations, 7);
  for (std::size_t i = 0; i < 2 * limits::operations_remembered; ++i)
    operations.finish(start(operations), router::Outcome::done);
  CHECK(operations.find(runs) != nullptr);
  CHECK(operations.all().size() <= limits::operations_remembered + 1);
}

TEST_CASE("kinds of operations have the names of the API") {
  CHECK(control::name(OperationKind::switchover) == "switchover");
  CHECK(control::name(OperationKind::announce) == "announce");
  CHECK(control::name(OperationKind::release) == "release");
}

}  // namespace failover::tests
