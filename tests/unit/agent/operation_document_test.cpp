// Operations as JSON: exit statuses, details and the way back.

#include <nlohmann/json.hpp>

#include "agent/control/documents.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using control::Command;
using control::OperationKind;
using Json = nlohmann::json;

const control::Target web{.name = "web", .groups = {3}};
const control::Target everything{.name = "agent", .is_agent = true, .groups = {3}};

Json ended(const Command& command, router::Outcome outcome, const control::Target& target = web) {
  control::Operations operations;
  const OperationId id = operations.start(command, target, {.uid = 7, .pid = 8}).id;
  operations.finish(id, 3, outcome);
  return Json::parse(control::operation_document(*operations.find(id)));
}

std::string undo_of(const Command& command, const control::Target& target = web) {
  const Json undo = ended(command, router::Outcome::done, target).at("undo");
  return undo.is_null() ? "" : undo.get<std::string>();
}

}  // namespace

TEST_CASE("PRODUCT 5: an operation's end has the exit status and the way back") {
  const Command switchover{.kind = OperationKind::switchover};
  const Json done = ended(switchover, router::Outcome::done);
  CHECK(done.at("state") == "done");
  CHECK(done.at("exit") == 0);
  CHECK(done.at("code").is_null());
  CHECK(done.at("undo") == "failoverctl release web");
  CHECK(done.at("ended").is_string());
  CHECK(done.at("until").is_null());
  CHECK(done.at("role").is_null());
  CHECK(done.at("force") == false);
  CHECK(done.at("uid") == 7);
  const Json back = ended(switchover, router::Outcome::taken_back);
  CHECK(back.at("state") == "failed");
  CHECK(back.at("exit") == 5);
  CHECK(back.at("code") == "taken-back");
  CHECK(back.at("undo").is_null());
  CHECK(ended(switchover, router::Outcome::not_active).at("exit") == 9);
  CHECK(ended(switchover, router::Outcome::interrupted).at("exit") == 1);
  CHECK(ended({.kind = OperationKind::release}, router::Outcome::done).at("exit") == 0);
}

TEST_CASE("PRODUCT 5: each change prints the command that undoes it") {
  using namespace std::chrono_literals;
  CHECK(undo_of({.kind = OperationKind::drain, .lasts = 60s}) == "failoverctl undrain web");
  CHECK(undo_of({.kind = OperationKind::drain, .lasts = 60s}, everything) ==
        "failoverctl undrain --all");
  CHECK(undo_of({.kind = OperationKind::hold, .hold = group::Hold::active, .lasts = 60s}) ==
        "failoverctl release web");
  CHECK(undo_of({.kind = OperationKind::freeze, .lasts = 60s}, everything) == "failoverctl thaw");
  for (const auto kind : {OperationKind::undrain, OperationKind::release, OperationKind::announce,
                          OperationKind::thaw})
    CHECK(undo_of({.kind = kind}).empty());
}

TEST_CASE("PRODUCT 5: a drain that was taken back has no undo, one of all groups has") {
  using namespace std::chrono_literals;
  const Command drain{.kind = OperationKind::drain, .lasts = 60s};
  CHECK(ended(drain, router::Outcome::taken_back).at("undo").is_null());
  const Json all = ended(drain, router::Outcome::taken_back, everything);
  CHECK(all.at("exit") == 5);
  CHECK(all.at("undo") == "failoverctl undrain --all");
}

TEST_CASE("an operation says what it was asked for, and until when that is so") {
  using namespace std::chrono_literals;
  const Json held = ended({.kind = OperationKind::hold,
                           .reason = "test",
                           .unclaimed = group::Unclaimed::let_go,
                           .hold = group::Hold::backup,
                           .lasts = 60s},
                          router::Outcome::done);
  CHECK(held.at("kind") == "hold");
  CHECK(held.at("role") == "backup");
  CHECK(held.at("force") == true);
  CHECK(held.at("reason") == "test");
  const std::string until = held.at("until");
  CHECK(held.at("detail") == "web: held backup until " + until);
}

TEST_CASE("an operation that runs has no end and no code") {
  control::Operations operations;
  const auto& operation = operations.start({.kind = OperationKind::announce}, web, {});
  const Json document = Json::parse(control::operation_document(operation));
  CHECK(document.at("state") == "running");
  CHECK(document.at("ended").is_null());
  CHECK(document.at("code").is_null());
}

}  // namespace failover::tests
