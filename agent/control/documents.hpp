#pragma once
// The JSON documents of the API, as text. These and what they are put together from
// (group_document.hpp, router_document.hpp, object_documents.hpp) alone know their fields.

#include <string>

#include "agent/control/event_log.hpp"
#include "agent/control/explain.hpp"
#include "agent/control/view.hpp"
#include "agent/mailbox/lateness.hpp"

namespace failover::control {

// What the agent knows of itself.
struct AgentState {
  std::string node;
  Instant started{};
  bool engine_alive = true;
  std::uint64_t events_lost = 0;
  Lateness::Counts lateness{};                 // of adverts
  bool has_parent = false;                     // that starts it again
  std::uint32_t restarts = 0;                  // by this parent
  std::uint64_t revision = 0;                  // of the configuration
  bool is_saved = true;                        // and the file says the same
  std::optional<RealTime> confirm_until = {};  // else it is rolled back
};

[[nodiscard]] std::string status_document(const AgentState& agent, const View& view);
[[nodiscard]] std::string health_document(const AgentState& agent);
[[nodiscard]] std::string operation_document(const Operation& operation);
[[nodiscard]] std::string operations_document(const Operations& operations);
[[nodiscard]] std::string explain_document(const Explanation& explanation);
[[nodiscard]] std::string history_document(const View& view, const std::string& group);
// One line.
[[nodiscard]] std::string event_document(const Event& event);

}  // namespace failover::control
