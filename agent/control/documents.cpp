#include "agent/control/documents.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "agent/control/group_document.hpp"
#include "agent/control/object_documents.hpp"
#include "agent/control/words.hpp"
#include "agent/version.hpp"

namespace failover::control {
namespace {

using Json = nlohmann::ordered_json;

double in_seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// The last one has no bound.
Json lateness_json(const Lateness::Counts& counts) {
  Json buckets = Json::array();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const bool bounded = i < Lateness::bounds.size();
    buckets.push_back({{"up_to_s", bounded ? Json(in_seconds(Lateness::bounds[i])) : Json(nullptr)},
                       {"adverts", counts[i]}});
  }
  return buckets;
}

}  // namespace

std::string status_document(const AgentState& agent, const View& view) {
  const Instant now = monotonic_now();
  Json groups = Json::array();
  bool all_healthy = true;
  for (const GroupEntry* group : view.directory.groups()) {
    groups.push_back(group_json(group_view(view, *group), now));
    all_healthy = all_healthy && groups.back()["healthy"];
  }
  Json interfaces = Json::array();
  for (const InterfaceEntry& interface : view.directory.interfaces())
    interfaces.push_back(interface_json(interface));
  Json problems = Json::array();
  if (!agent.engine_alive) problems.push_back("the engine does not come round");
  if (agent.events_lost > 0)
    problems.push_back(fmt::format("{} events were not logged", agent.events_lost));
  return json_text({{"schema", "failover.status.v1"},
                    {"node", agent.node},
                    {"version", program_version},
                    {"generated_at", timestamp(real_now())},
                    {"uptime_s", in_seconds(now - agent.started)},
                    {"pid", getpid()},
                    {"parent", agent.has_parent ? Json(getppid()) : Json(nullptr)},
                    {"restarts", agent.restarts},
                    {"revision", agent.revision},
                    {"saved", agent.is_saved},
                    {"confirm_until",
                     agent.confirm_until ? Json(timestamp(*agent.confirm_until)) : Json(nullptr)},
                    {"healthy", all_healthy && agent.engine_alive},
                    {"problems", problems},
                    {"lateness", lateness_json(agent.lateness)},
                    {"groups", groups},
                    {"interfaces", interfaces}});
}

std::string health_document(const AgentState& agent) {
  return json_text(
      {{"healthy", agent.engine_alive}, {"node", agent.node}, {"version", program_version}});
}

}  // namespace failover::control
