#include "agent/control/documents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "agent/version.hpp"
#include "protocol/assert.hpp"

namespace failover::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr Duration aftermath_lasts = 600s;
constexpr Duration problem_lasts = 10s;  // a rejection that is older is history

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::int64_t milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::string_view role_word(carp::Role role) {
  switch (role) {
    case carp::Role::initialize: return "initialize";
    case carp::Role::backup: return "backup";
    case carp::Role::active: return "active";
  }
  broken_promise();
}

std::string_view group_status(carp::Role role) {
  switch (role) {
    case carp::Role::initialize: return "Down";
    case carp::Role::backup: return "Ready (standby)";
    case carp::Role::active: return "Up (active)";
  }
  broken_promise();
}

// As adverts show it: a backup never speaks, so a peer is active, has said farewell, or is silent.
std::string_view peer_state(const PeerStatus& peer, const RouterEntry& router, Instant now) {
  if (peer.leaving) return "leaving";
  const Duration dead =
      carp::dead_time(router.settings.advbase, router.settings.advskew, router.settings.dead_ratio);
  return now - peer.heard <= dead ? "active" : "silent";
}

Json peers_json(const RouterEntry& router, const RouterStatus& status, Instant now) {
  Json peers = Json::array();
  for (std::uint32_t i = 0; i < status.peer_count; ++i) {
    const PeerStatus& peer = status.peers[i];
    peers.push_back({{"address", peer.address.text()},
                     {"mac", peer.mac.text()},
                     {"state", peer_state(peer, router, now)},
                     {"last_heard_ms", milliseconds(std::max(now - peer.heard, Duration{0}))},
                     {"last_heard", timestamp(peer.heard_at)},
                     {"advbase", peer.rank.advbase},
                     {"advskew", peer.rank.advskew},
                     {"demote", peer.rank.demote}});
  }
  return peers;
}

Json counters_json(const RouterStatus& status) {
  const auto count = [&](Rejection rejection) {
    return status.rejected[static_cast<std::size_t>(rejection)];
  };
  Json rejected;
  for (const Rejection rejection :
       {Rejection::ttl, Rejection::version, Rejection::length, Rejection::checksum,
        Rejection::digest, Rejection::replay, Rejection::own, Rejection::addresses})
    rejected[std::string(name(rejection))] = count(rejection);
  return {{"adverts_sent", status.adverts_sent},
          {"adverts_received", status.adverts_received},
          {"send_errors", status.send_errors},
          {"rejected", rejected}};
}

Json rank_json(const RouterEntry& router, const RouterStatus& status) {
  const carp::Rank configured{.advbase = router.settings.advbase.value(),
                              .advskew = router.settings.advskew.value()};
  return {{"advbase", configured.advbase},
          {"advskew", configured.advskew},
          {"advertised_advskew", std::max(status.rank.advskew, configured.advskew)},
          {"demote", status.rank.demote},
          {"interval_s", seconds(configured.interval())},
          {"dead_time_s", seconds(carp::dead_time(router.settings.advbase, router.settings.advskew,
                                                  router.settings.dead_ratio))}};
}

Json two_active_json(const RouterStatus& status) {
  if (status.two_active == 0) return nullptr;
  const PeerStatus& peer = status.two_active_peer;
  return {{"count", status.two_active},
          {"last", timestamp(status.two_active_at)},
          {"peer", peer.address.text()},
          {"mac", peer.mac.text()},
          {"evidence",
           fmt::format("an authentic advert from {} (advbase {}, advskew {}) while this node was "
                       "active",
                       peer.address.text(), peer.rank.advbase, peer.rank.advskew)}};
}

// What stands between a router and its work now.
std::vector<std::string> problems_of(const RouterStatus& status, Instant now) {
  std::vector<std::string> problems;
  const auto& wrong = status.wrong_digest;
  if (wrong.heard != Instant{} && now - wrong.heard < problem_lasts)
    problems.push_back(fmt::format(
        "adverts from {} ({}) fail authentication: its password or its addresses differ from "
        "ours, so neither node listens to the other; {} rejected so far",
        wrong.address.text(), wrong.mac.text(),
        status.rejected[static_cast<std::size_t>(Rejection::digest)]));
  if (status.reason == Reason::foreign_address)
    problems.push_back(
        "one of its addresses is on the interface already and was not put there by "
        "failoverd; remove it there, or take it out of the configuration");
  if (status.demotion > 0)
    problems.push_back(
        fmt::format("demoted by {}: three adverts in a row could not be sent", status.demotion));
  return problems;
}

// Worth telling for a while after it is over: somebody should find out how it came to be.
std::vector<std::string> aftermath_of(const RouterStatus& status) {
  if (status.two_active == 0 || real_now() - status.two_active_at > aftermath_lasts) return {};
  return {
      fmt::format("{} ({}) was active at the same time as this node, last at {}; the network "
                  "between them was cut, or lost adverts",
                  status.two_active_peer.address.text(), status.two_active_peer.mac.text(),
                  timestamp(status.two_active_at))};
}

Json router_json(const RouterEntry& router, const RouterStatus& status, Instant now) {
  auto problems = problems_of(status, now);
  const bool healthy = problems.empty() && status.role != carp::Role::initialize;
  for (std::string& told : aftermath_of(status)) problems.push_back(std::move(told));
  Json addresses = Json::array();
  for (const config::AddressSettings& address : router.settings.addresses)
    addresses.push_back(address.prefix.text());
  const bool waits = status.waiting_for != WaitingFor::nothing;
  return {{"name", router.settings.name()},
          {"interface", router.settings.interface},
          {"protocol", "carp"},
          {"id", router.settings.vhid.value()},
          {"state", role_word(status.role)},
          {"reason", name(status.reason)},
          {"since", timestamp(status.since)},
          {"waiting_for", waits ? Json(name(status.waiting_for)) : Json(nullptr)},
          {"addresses", addresses},
          {"addresses_held", status.held},
          {"rank", rank_json(router, status)},
          {"peers", peers_json(router, status, now)},
          {"two_active", two_active_json(status)},
          {"healthy", healthy},
          {"problems", problems},
          {"counters", counters_json(status)}};
}

// A router without a group is a group of its own.
Json group_json(const RouterEntry& router, Instant now) {
  const RouterStatus status = router.status->read();
  Json overrides = Json::array();
  if (status.yielded)
    overrides.push_back(
        {{"kind", "yielded"}, {"reason", "operator"}, {"since", timestamp(status.since)}});
  return {{"name", router.settings.name()},
          {"role", role_word(status.role)},
          {"status", group_status(status.role)},
          {"reason", name(status.reason)},
          {"since", timestamp(status.since)},
          {"mode", "warm"},
          {"demotion", status.demotion},
          {"overrides", overrides},
          {"routers", Json::array({router_json(router, status, now)})}};
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
          {"source", status.has_source ? Json(status.source.text()) : Json(nullptr)},
          {"counters",
           {{"unknown_id", status.unknown_id},
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
    case carp::Outcome::done:
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
    case carp::Outcome::taken_back:
      return {"failed", "taken-back", 5,
              operation.target +
                  ": nobody claimed the addresses, so this node is active as "
                  "before; is the peer up, and does it accept our adverts?"};
    case carp::Outcome::not_active:
      return {"failed", "not-active", 9, operation.target + ": this node is not active"};
    case carp::Outcome::interrupted:
      return {"failed", "interrupted", 1,
              operation.target + ": the interface failed during the hand-over"};
  }
  broken_promise();
}

Json operation_json(const Operation& operation) {
  const Verdict said = verdict(operation);
  const bool leaves_override = operation.kind == OperationKind::switchover &&
                               (!operation.ended || operation.outcome == carp::Outcome::done);
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

std::string timestamp(RealTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t seconds_since_epoch = whole.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds_since_epoch, &parts);
  const auto fraction = std::chrono::duration_cast<std::chrono::milliseconds>(time - whole);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     fraction.count());
}

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
