// Operations, in words for people and in exit statuses for scripts.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "agent/control/documents.hpp"
#include "agent/control/object_documents.hpp"
#include "agent/control/words.hpp"
#include "protocol/assert.hpp"

namespace failover::control {
namespace {

using Json = nlohmann::ordered_json;

// What is so now.
std::string done_text(const Operation& operation) {
  const auto until = [&] { return timestamp(*operation.until); };
  switch (operation.kind) {
    case OperationKind::switchover:
      return operation.unclaimed == group::Unclaimed::let_go
                 ? "the addresses have gone from here"
                 : "the peer is active and has announced the addresses";
    case OperationKind::announce: return "announced";
    case OperationKind::release: return "no override any more";
    case OperationKind::drain: return "drained until " + until();
    case OperationKind::undrain: return "not drained any more";
    case OperationKind::hold: return fmt::format("held {} until {}", word(operation.hold), until());
    case OperationKind::freeze: return "frozen until " + until();
    case OperationKind::thaw: return "not frozen any more";
  }
  broken_promise();
}

// Nothing when there is nothing to undo.
std::optional<std::string> undo_text(const Operation& operation) {
  const bool failed = operation.ended && operation.outcome != router::Outcome::done;
  if (failed && !operation.of_agent) return std::nullopt;
  switch (operation.kind) {
    case OperationKind::switchover:
    case OperationKind::hold: return "failoverctl release " + operation.target;
    case OperationKind::drain:
      return "failoverctl undrain " + (operation.of_agent ? "--all" : operation.target);
    case OperationKind::freeze: return "failoverctl thaw";
    case OperationKind::undrain:
    case OperationKind::release:
    case OperationKind::announce:
    case OperationKind::thaw: return std::nullopt;
  }
  broken_promise();
}

struct Verdict {
  std::string_view state;
  const char* code;
  int exit;
  std::string detail;
};

Verdict verdict(const Operation& operation) {
  const auto said = [&](std::string_view text) {
    return fmt::format("{}: {}", operation.target, text);
  };
  if (!operation.ended) return {"running", nullptr, 0, "under way"};
  switch (operation.outcome) {
    case router::Outcome::done: return {"done", nullptr, 0, said(done_text(operation))};
    case router::Outcome::taken_back:
      return {"failed", "taken-back", 5,
              said("nobody claimed the addresses, so this node is active as before; is the peer "
                   "up, and does it accept our adverts?")};
    case router::Outcome::not_active:
      return {"failed", "not-active", 9, said("this node is not active")};
    case router::Outcome::interrupted:
      return {"failed", "interrupted", 1, said("the interface failed during the hand-over")};
  }
  broken_promise();
}

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json time_json(const std::optional<RealTime>& time) {
  return time ? Json(timestamp(*time)) : Json(nullptr);
}

Json operation_json(const Operation& operation) {
  const Verdict said = verdict(operation);
  const bool holds = operation.hold != group::Hold::none;
  return {{"id", operation.id},
          {"kind", name(operation.kind)},
          {"target", operation.target},
          {"state", said.state},
          {"code", said.code != nullptr ? Json(said.code) : Json(nullptr)},
          {"exit", said.exit},
          {"detail", said.detail},
          {"reason", operation.reason},
          {"force", operation.unclaimed == group::Unclaimed::let_go},
          {"role", holds ? Json(word(operation.hold)) : Json(nullptr)},
          {"until", time_json(operation.until)},
          {"undo", or_null(undo_text(operation))},
          {"started", timestamp(operation.started)},
          {"ended", time_json(operation.ended)},
          {"uid", operation.uid},
          {"pid", operation.pid}};
}

}  // namespace

std::string operation_document(const Operation& operation) {
  return json_text(operation_json(operation));
}

std::string operations_document(const Operations& operations) {
  Json list = Json::array();
  for (const Operation& operation : operations.all()) list.push_back(operation_json(operation));
  return json_text({{"operations", list}});
}

}  // namespace failover::control
