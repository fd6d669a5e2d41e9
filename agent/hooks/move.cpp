#include "agent/hooks/move.hpp"

#include <nlohmann/json.hpp>

namespace failover::hooks {
namespace {

using Json = nlohmann::ordered_json;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

std::string context_document(config::HookKind kind, const Move& move, std::uint64_t sequence) {
  const Json json{{"schema", "failover.hook.v1"},
                  {"hook", name(kind)},
                  {"sequence", sequence},
                  {"at", move.at},
                  {"node", move.node},
                  {"group", move.group},
                  {"role", move.role},
                  {"was", move.was},
                  {"status", move.status},
                  {"reason", move.reason},
                  {"planned", move.planned},
                  {"addresses", move.addresses},
                  {"routers", move.routers}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<std::pair<std::string, std::string>> context_environment(config::HookKind kind,
                                                                     const Move& move,
                                                                     std::uint64_t sequence) {
  return {{"FAILOVER_HOOK", std::string(name(kind))},
          {"FAILOVER_SEQUENCE", std::to_string(sequence)},
          {"FAILOVER_NODE", move.node},
          {"FAILOVER_GROUP", move.group},
          {"FAILOVER_ROLE", move.role},
          {"FAILOVER_WAS", move.was},
          {"FAILOVER_STATUS", move.status},
          {"FAILOVER_REASON", move.reason},
          {"FAILOVER_PLANNED", move.planned ? "yes" : "no"},
          {"FAILOVER_ADDRESSES", joined(move.addresses)}};
}

}  // namespace failover::hooks
