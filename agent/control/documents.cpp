#include "agent/control/documents.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "agent/control/router_document.hpp"
#include "agent/version.hpp"
#include "protocol/assert.hpp"

namespace failover::control {
namespace {

using Json = nlohmann::ordered_json;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

Json source_json(const std::optional<IpAddress>& source) {
  return source ? Json(source->text()) : Json(nullptr);
}

// Whom the other protocol uses an id of ours with.
Json conflict_json(const InterfaceStatus& status) {
  if (status.id_conflicts == 0) return nullptr;
  return {{"id", status.id_in_conflict},
          {"peer", status.id_conflict_from.address.text()},
          {"mac", status.id_conflict_from.mac.text()}};
}

Json interface_json(const InterfaceEntry& interface) {
  const InterfaceStatus status = interface.status->read();
  std::string_view state = "up";
  if (status.waiting_for == WaitingFor::interface) state = "missing";
  if (status.waiting_for == WaitingFor::link) state = "down";
  if (status.waiting_for == WaitingFor::carrier) state = "no-carrier";
  return {{"name", interface.name},
          {"state", state},
          {"index", status.index},
          {"mac", status.mac.text()},
          {"source", source_json(status.sources.ipv4)},
          {"source6", source_json(status.sources.ipv6)},
          {"id_conflict", conflict_json(status)},
          {"counters",
           {{"id_conflicts", status.id_conflicts},
            {"unknown_id", status.unknown_id},
            {"vlan_tagged", status.vlan_tagged},
            {"malformed", status.malformed}}}};
}

std::string text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

struct Verdict {
  std::string_view state;
  const char* code;
  int exit;
  std::string detail;
};

Verdict verdict(const Operation& operation) {
  if (!operation.ended) return {"running", nullptr, 0, "under way"};
  switch (operation.outcome) {
    case router::Outcome::done:
      switch (operation.kind) {
        case OperationKind::switchover:
          return {"done", nullptr, 0,
                  operation.target +
                      ": the peer is active and has announced "
                      "the addresses"};
        case OperationKind::announce: return {"done", nullptr, 0, operation.target + ": announced"};
        case OperationKind::release:
          return {"done", nullptr, 0, operation.target + ": no override any more"};
      }
      broken_promise();
    case router::Outcome::taken_back:
      return {"failed", "taken-back", 5,
              operation.target +
                  ": nobody claimed the addresses, so this node is active as "
                  "before; is the peer up, and does it accept our adverts?"};
    case router::Outcome::not_active:
      return {"failed", "not-active", 9, operation.target + ": this node is not active"};
    case router::Outcome::interrupted:
      return {"failed", "interrupted", 1,
              operation.target + ": the interface failed during the hand-over"};
  }
  broken_promise();
}

Json operation_json(const Operation& operation) {
  const Verdict said = verdict(operation);
  const bool leaves_override = operation.kind == OperationKind::switchover &&
                               (!operation.ended || operation.outcome == router::Outcome::done);
  return {
      {"id", operation.id},
      {"kind", name(operation.kind)},
      {"target", operation.target},
      {"state", said.state},
      {"code", said.code != nullptr ? Json(said.code) : Json(nullptr)},
      {"exit", said.exit},
      {"detail", said.detail},
      {"reason", operation.reason},
      {"undo", leaves_override ? Json("failoverctl release " + operation.target) : Json(nullptr)},
      {"started", timestamp(operation.started)},
      {"ended", operation.ended ? Json(timestamp(*operation.ended)) : Json(nullptr)},
      {"uid", operation.uid},
      {"pid", operation.pid}};
}

}  // namespace

std::string status_document(const AgentState& agent, const Directory& directory) {
  const Instant now = monotonic_now();
  Json groups = Json::array();
  bool all_ready = true;
  for (const RouterEntry* router : directory.routers()) {
    groups.push_back(group_json(*router, now));
    all_ready = all_ready && groups.back()["routers"][0]["healthy"];
  }
  Json interfaces = Json::array();
  for (const InterfaceEntry& interface : directory.interfaces())
    interfaces.push_back(interface_json(interface));
  Json problems = Json::array();
  if (!agent.engine_alive) problems.push_back("the engine does not come round");
  if (agent.events_lost > 0)
    problems.push_back(fmt::format("{} events were not logged", agent.events_lost));
  return text({{"schema", "failover.status.v1"},
               {"node", agent.node},
               {"version", version},
               {"generated_at", timestamp(real_now())},
               {"uptime_s", seconds(now - agent.started)},
               {"pid", getpid()},
               {"parent", agent.has_parent ? Json(getppid()) : Json(nullptr)},
               {"restarts", agent.restarts},
               {"healthy", all_ready && agent.engine_alive},
               {"problems", problems},
               {"groups", groups},
               {"interfaces", interfaces}});
}

std::string operation_document(const Operation& operation) {
  return text(operation_json(operation));
}

std::string operations_document(const Operations& operations) {
  Json list = Json::array();
  for (const Operation& operation : operations.all()) list.push_back(operation_json(operation));
  return text({{"operations", list}});
}

std::string health_document(const AgentState& agent) {
  return text({{"healthy", agent.engine_alive}, {"node", agent.node}, {"version", version}});
}

std::optional<std::string> reason_in(const std::string& body) {
  if (body.empty()) return "";
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  for (const auto& [key, value] : json.items())
    if (key != "reason" || !value.is_string()) return std::nullopt;
  std::string reason = json.value("reason", "");
  if (reason.size() > limits::operation_reason_bytes) return std::nullopt;
  return reason;
}

}  // namespace failover::control
