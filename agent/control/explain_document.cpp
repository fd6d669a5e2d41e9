// Explanations, histories and events as JSON.

#include <nlohmann/json.hpp>

#include "agent/control/documents.hpp"
#include "agent/control/object_documents.hpp"
#include "agent/control/words.hpp"

namespace failover::control {
namespace {

using Json = nlohmann::ordered_json;

Json rank_json(const ExplainedRank& rank) {
  Json parts = Json::array();
  for (const RankPart& part : rank.parts)
    parts.push_back({{"name", part.name}, {"value", part.value}});
  return {{"text", rank.text}, {"parts", parts}};
}

Json peers_json(const Explanation& explanation) {
  Json peers = Json::array();
  for (const ExplainedPeer& peer : explanation.peers)
    peers.push_back(
        {{"router", peer.router},
         {"address", peer.address.text()},
         {"said", peer.said},
         {"state", word(peer.state)},
         {"last_heard_ms",
          std::chrono::duration_cast<std::chrono::milliseconds>(peer.last_heard).count()}});
  return peers;
}

}  // namespace

std::string explain_document(const Explanation& explanation) {
  return json_text({{"schema", "failover.explain.v1"},
                    {"group", explanation.group},
                    {"role", word(explanation.role)},
                    {"status", status_text(explanation.state)},
                    {"since", timestamp(explanation.since)},
                    {"reason", name(explanation.reason)},
                    {"why", explanation.why},
                    {"evidence", explanation.evidence},
                    {"rank", rank_json(explanation.rank)},
                    {"peers", peers_json(explanation)},
                    {"would_change", explanation.would_change}});
}

std::string history_document(const View& view, const std::string& group) {
  Json transitions = Json::array();
  for (const GroupTransition& transition : view.history.of(group))
    transitions.push_back({{"at", timestamp(transition.at)},
                           {"from", word(transition.from)},
                           {"to", word(transition.to)},
                           {"reason", name(transition.reason)},
                           {"planned", transition.planned},
                           {"leader", transition.leader},
                           {"detail", sentence(transition.reason)}});
  return json_text(
      {{"schema", "failover.history.v1"}, {"group", group}, {"transitions", transitions}});
}

std::string event_document(const Event& event) {
  Json json{{"seq", event.sequence}, {"at", timestamp(event.at)}, {"kind", name(event.kind)}};
  if (!event.group.empty()) json["group"] = event.group;
  if (!event.router.empty()) json["router"] = event.router;
  if (!event.track.empty()) json["track"] = event.track;
  json["text"] = event.text;
  return json_text(json);
}

}  // namespace failover::control
