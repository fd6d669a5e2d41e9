// Operations: their ids, their bound, and those who wait for them.

#include "agent/control/operations.hpp"

#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using control::Operation;
using control::OperationKind;
using control::Operations;

OperationId start(Operations& operations, std::vector<GroupId> groups = {0},
                  OperationKind kind = OperationKind::switchover) {
  return operations.start({.kind = kind}, {.name = "web", .groups = std::move(groups)}, {}).id;
}
void finish(Operations& operations, OperationId id, router::Outcome outcome, GroupId group = 0) {
  operations.finish(id, group, outcome);
}

}  // namespace

TEST_CASE("operations have ids that grow, and are found by them") {
  Operations operations;
  CHECK(start(operations) == 1);
  CHECK(start(operations, {5}) == 2);
  REQUIRE(operations.find(2) != nullptr);
  CHECK(operations.find(2)->groups == std::vector<GroupId>{5});
  CHECK(operations.find(2)->target == "web");
  CHECK(operations.find(3) == nullptr);
  CHECK(operations.find(0) == nullptr);
}

TEST_CASE("an operation runs on its group until it has ended") {
  Operations operations;
  const OperationId id = start(operations, {4});
  REQUIRE(operations.running_on(4) != nullptr);
  CHECK(operations.running_on(4)->id == id);
  CHECK(operations.running_on(3) == nullptr);
  finish(operations, id, router::Outcome::taken_back, 4);
  CHECK(operations.running_on(4) == nullptr);
  CHECK(operations.find(id)->ended);
  CHECK(operations.find(id)->outcome == router::Outcome::taken_back);
}

TEST_CASE("an operation ends once, its first outcome stands") {
  Operations operations;
  const OperationId id = start(operations);
  finish(operations, id, router::Outcome::done);
  finish(operations, id, router::Outcome::interrupted);
  finish(operations, 99, router::Outcome::done);
  CHECK(operations.find(id)->outcome == router::Outcome::done);
}

TEST_CASE("who waits is told once, others are not") {
  Operations operations;
  const OperationId first = start(operations, {1});
  const OperationId second = start(operations, {2});
  int told = 0;
  int told_other = 0;
  (void)operations.wait(first, [&] { ++told; });
  (void)operations.wait(first, [&] { ++told; });
  (void)operations.wait(second, [&] { ++told_other; });
  finish(operations, first, router::Outcome::done, 1);
  finish(operations, first, router::Outcome::done, 1);
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
    (void)start(operations, {9});
  });
  operations.forget(forgotten);
  operations.forget(1234);
  finish(operations, id, router::Outcome::done);
  CHECK(told == 1);
}

TEST_CASE("the last limits::operations_remembered are kept, the oldest go first") {
  Operations operations;
  for (std::size_t i = 0; i < limits::operations_remembered + 10; ++i)
    finish(operations, start(operations), router::Outcome::done);
  CHECK(operations.all().size() == limits::operations_remembered);
  CHECK(operations.find(10) == nullptr);
  CHECK(operations.find(11) != nullptr);
}

TEST_CASE("an operation that runs is remembered, and does not keep those that have ended") {
  Operations operations;
  const OperationId runs = start(operations, {7});
  for (std::size_t i = 0; i < 2 * limits::operations_remembered; ++i)
    finish(operations, start(operations), router::Outcome::done);
  CHECK(operations.find(runs) != nullptr);
  CHECK(operations.all().size() <= limits::operations_remembered + 1);
}

TEST_CASE("an operation on several groups ends with the last of them, with the worst outcome") {
  using enum router::Outcome;
  Operations operations;
  const OperationId id = start(operations, {1, 2, 3}, OperationKind::drain);
  finish(operations, id, done, 1);
  finish(operations, id, taken_back, 2);
  finish(operations, id, taken_back, 2);
  CHECK_FALSE(operations.find(id)->ended);
  CHECK(operations.running_on(2) == nullptr);
  CHECK(operations.running_on(3)->id == id);
  finish(operations, id, interrupted, 3);
  CHECK(operations.find(id)->ended);
  CHECK(operations.find(id)->outcome == taken_back);
}

TEST_CASE("an operation on no group at all is done at once") {
  Operations operations;
  const OperationId id = start(operations, {}, OperationKind::freeze);
  CHECK(operations.find(id)->ended);
  CHECK(operations.find(id)->outcome == router::Outcome::done);
}

TEST_CASE("PRODUCT 5: to drain a group that is not active is done, to switch it over is not") {
  using enum router::Outcome;
  Operations operations;
  const auto outcome = [&](OperationKind kind) {
    const OperationId id = start(operations, {0}, kind);
    finish(operations, id, not_active);
    return operations.find(id)->outcome;
  };
  CHECK(outcome(OperationKind::switchover) == not_active);
  CHECK(outcome(OperationKind::announce) == not_active);
  CHECK(outcome(OperationKind::drain) == done);
  CHECK(outcome(OperationKind::hold) == done);
  CHECK(outcome(OperationKind::freeze) == done);
}

TEST_CASE("an operation on a group that goes is interrupted") {
  Operations operations;
  const OperationId id = start(operations, {1});
  operations.group_gone(2);
  CHECK_FALSE(operations.find(id)->ended);
  operations.group_gone(1);
  CHECK(operations.find(id)->ended);
  CHECK(operations.find(id)->outcome == router::Outcome::interrupted);
}

TEST_CASE("kinds of operations have the names of the API") {
  CHECK(control::name(OperationKind::switchover) == "switchover");
  CHECK(control::name(OperationKind::announce) == "announce");
  CHECK(control::name(OperationKind::release) == "release");
}

}  // namespace failover::tests
