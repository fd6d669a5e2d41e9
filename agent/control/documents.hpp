#pragma once
// The JSON documents of the API, as text (PRODUCT: GET /v1/status and operations). The only place
// that knows their fields.

#include <string>

#include "agent/control/directory.hpp"
#include "agent/control/operations.hpp"
#include "agent/control/router_document.hpp"

namespace failover::control {

// What the agent knows of itself.
struct AgentState {
  std::string node;
  Instant started{};
  bool engine_alive = true;
  std::uint64_t events_lost = 0;
  bool has_parent = false;     // that starts it again
  std::uint32_t restarts = 0;  // by this parent
};

[[nodiscard]] std::string status_document(const AgentState& agent, const Directory& directory);
[[nodiscard]] std::string operation_document(const Operation& operation);
[[nodiscard]] std::string operations_document(const Operations& operations);
[[nodiscard]] std::string health_document(const AgentState& agent);

// {"reason": "..."} of a POST. Nothing when the body is not such an object; empty when it is empty.
[[nodiscard]] std::optional<std::string> reason_in(const std::string& body);

}  // namespace failover::control
