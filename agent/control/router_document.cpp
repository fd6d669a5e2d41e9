#include "agent/control/router_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "agent/control/words.hpp"
#include "agent/wire/configured.hpp"
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

// What an advert says of its sender's rank, in the protocol's own words.
struct RankFields {
  Json& json;
  void operator()(const carp::Rank& rank) const {
    json["advbase"] = rank.advbase;
    json["advskew"] = rank.advskew;
    json["demote"] = rank.demote;
  }
  void operator()(const vrrp::Rank& rank) const {
    json["priority"] = rank.priority;
    json["interval_s"] = seconds(rank.interval());
  }
};

// Nothing when nobody looks at them.
std::optional<std::string_view> counter_word(CounterKind kind) {
  switch (kind) {
    case CounterKind::unknown: return std::nullopt;
    case CounterKind::clock: return "clock";
    case CounterKind::other: return "other";
  }
  broken_promise();
}

Json peers_json(const RouterView& router, Instant now) {
  Json peers = Json::array();
  for (std::uint32_t i = 0; i < router.status.peer_count; ++i)
    peers.push_back(peer_json(router.status.peers[i], router.settings, now));
  return peers;
}

Json counters_json(const RouterStatus& status) {
  const auto count = [&](Rejection rejection) {
    return status.rejected[static_cast<std::size_t>(rejection)];
  };
  Json rejected;
  for (const Rejection rejection :
       {Rejection::ttl, Rejection::version, Rejection::length, Rejection::checksum,
        Rejection::digest, Rejection::replay, Rejection::own, Rejection::addresses,
        Rejection::interval, Rejection::authentication, Rejection::peer})
    rejected[std::string(name(rejection))] = count(rejection);
  return {{"adverts_sent", status.adverts_sent},
          {"adverts_received", status.adverts_received},
          {"send_errors", status.send_errors},
          {"checksum_rfc5798", status.checksum_rfc5798},
          {"checksum_rfc9568", status.checksum_rfc9568},
          {"other_addresses", status.other_addresses},
          {"replay_suspected", status.replay_suspected},
          {"unprotected", status.unprotected},
          {"rejected", rejected}};
}

struct ConfiguredRank {
  const RouterStatus& status;
  Json operator()(const carp::Election& election) const {
    const auto* said = std::get_if<carp::Rank>(&status.rank);
    const carp::Rank configured = election.rank({});
    return {{"advbase", configured.advbase},
            {"advskew", configured.advskew},
            {"advertised_advskew",
             said != nullptr ? std::max(said->advskew, configured.advskew) : configured.advskew},
            {"demote", said != nullptr ? said->demote : 0}};
  }
  Json operator()(const vrrp::Election& election) const {
    const auto* said = std::get_if<vrrp::Rank>(&status.rank);
    return {{"priority", election.priority.value()},
            {"advertised_priority", said != nullptr ? said->priority : election.priority.value()}};
  }
};

Json rank_json(const RouterView& router) {
  const auto election = election_of(router.settings);
  const auto configured = router::rank(election, {});
  Json json = std::visit(ConfiguredRank{router.status}, election);
  json["interval_s"] = seconds(router::interval(configured));
  json["dead_time_s"] = seconds(router::dead_time(election, configured, std::nullopt));
  return json;
}

std::string_view authentication_of(const config::RouterSettings& settings) {
  const auto* vrrp = std::get_if<config::VrrpSettings>(&settings.protocol);
  if (vrrp == nullptr) return "hmac-sha1";
  if (vrrp->hmac) return "hmac-sha256";
  return vrrp->password.bytes().empty() ? "none" : "password (weak: sent in clear text)";
}

std::string_view protection_word(carp::ReplayProtection protection) {
  switch (protection) {
    case carp::ReplayProtection::off: return "off";
    case carp::ReplayProtection::monitor: return "monitor";
    case carp::ReplayProtection::enforce: return "enforce";
  }
  broken_promise();
}

Json two_active_json(const RouterStatus& status) {
  if (status.two_active == 0) return nullptr;
  const PeerStatus& peer = status.two_active_peer;
  return {{"count", status.two_active},
          {"last", timestamp(status.two_active_at)},
          {"peer", peer.address.text()},
          {"mac", peer.mac.text()},
          {"evidence", fmt::format("a valid advert from {} ({}) while this node was active",
                                   peer.address.text(), rank_text(peer.rank))}};
}

Json collision_json(const RouterStatus& status) {
  if (status.collisions == 0) return nullptr;
  return {{"count", status.collisions},
          {"address", status.collision_from.address.text()},
          {"mac", status.collision_from.mac.text()}};
}

Json restored_json(const RouterStatus& status) {
  if (status.restored == 0) return nullptr;
  return {{"count", status.restored},
          {"address", status.restored_last.text()},
          {"last", timestamp(status.restored_at)},
          {"removed_by", status.removed_by.text()},
          {"contest", word(status.contest)}};
}

// What those who are known for it are to be told.
std::string_view cure_of(std::string_view culprit) {
  if (culprit.starts_with("systemd-network"))
    return "; KeepConfiguration=yes in the interface's .network file keeps it from that";
  if (culprit.starts_with("NetworkManager"))
    return "; unmanaged-devices in NetworkManager.conf keeps it from that";
  return "";
}

bool is_recent(const RejectedFrom& rejected, Instant now, Duration lasts = problem_lasts) {
  return rejected.heard != Instant{} && now - rejected.heard < lasts;
}

// What is wrong with adverts that replay protection refuses, and the way out.
std::string replay_cause(const carp::Judgement& judgement) {
  constexpr Duration no_time = 366 * 24 * Duration(3600s);
  if (judgement.freshness == carp::Freshness::replayed)
    return "they have been heard before, or newer ones have. Somebody repeats them, whom the MAC "
           "may help to find; or its clock was set back, then wait until that time has passed";
  if (judgement.ahead > no_time || judgement.ahead < -no_time)
    return "their counters are no times, as with ucarp and the BSDs; with such a peer "
           "replay_protection must be \"monitor\"";
  return fmt::format(
      "their time is {:.1f} s {} our clock. Set both clocks; where one was set back, restart "
      "failoverd as well; with ucarp and the BSDs replay_protection must be \"monitor\"",
      std::abs(seconds(judgement.ahead)), judgement.ahead < Duration{0} ? "behind" : "ahead of");
}

// Copies of the adverts of a peer that is heard keep nobody out: they are only counted.
std::optional<std::string> replay_problem(const RouterView& router, Instant now) {
  const RouterStatus& status = router.status;
  const auto& from = status.replayed;
  const auto* carp = std::get_if<config::CarpSettings>(&router.settings.protocol);
  if (carp == nullptr || carp->replay_protection != carp::ReplayProtection::enforce ||
      !is_recent(from, now))
    return std::nullopt;
  for (std::uint32_t i = 0; i < status.peer_count; ++i)
    if (status.peers[i].address == from.address &&
        peer_state(status.peers[i], router.settings, now) == PeerState::active)
      return std::nullopt;
  return fmt::format("adverts from {} ({}) are refused as replayed: {}; {} rejected so far",
                     from.address.text(), from.mac.text(), replay_cause(status.replayed_as),
                     status.rejected[static_cast<std::size_t>(Rejection::replay)]);
}

// What stands between a router and its work now.
std::vector<std::string> problems_of(const RouterStatus& status, Instant now) {
  std::vector<std::string> problems;
  const auto& wrong = status.wrong_digest;
  if (is_recent(wrong, now))
    problems.push_back(fmt::format(
        "adverts from {} ({}) fail authentication: its password or its addresses differ from "
        "ours, so neither node listens to the other; {} rejected so far",
        wrong.address.text(), wrong.mac.text(),
        status.rejected[static_cast<std::size_t>(Rejection::digest)] +
            status.rejected[static_cast<std::size_t>(Rejection::authentication)]));
  const auto& other = status.other_addresses_from;
  if (is_recent(other, now))
    problems.push_back(fmt::format(
        "adverts from {} ({}) list other addresses than ours: some of them would not move, and "
        "keepalived before 2.3.3 would not listen to us",
        other.address.text(), other.mac.text()));
  const auto& interval = status.other_interval;
  if (is_recent(interval, now))
    problems.push_back(fmt::format(
        "adverts from {} ({}) have another interval than ours, which VRRPv2 has to reject: set the "
        "same on both",
        interval.address.text(), interval.mac.text()));
  // Asked again after the recheck; gone when nobody answers then.
  const auto& collision = status.collision_from;
  if (status.held && is_recent(collision, now, limits::collision_recheck + problem_lasts))
    problems.push_back(fmt::format(
        "collision: {} has {} as well and answers for it, so some neighbours talk to it instead "
        "of us; find it by its MAC and take the address away there",
        collision.mac.text(), collision.address.text()));
  if (status.reason == Reason::half_deaf)
    problems.push_back(
        "the active is heard in one of IPv4 and IPv6 only; see what filters the other");
  if (status.reason == Reason::foreign_address)
    problems.push_back(
        "one of its addresses is on the interface already and was not put there by "
        "failoverd; remove it there, or take it out of the configuration");
  if (status.contest != Contest::none)
    problems.push_back(fmt::format(
        "its addresses are removed again and again, last by {}; they are put back after pauses of "
        "up to 5 s{}; stop what removes them{}",
        status.removed_by.text(),
        status.contest == Contest::lost ? ", and a peer is to have them" : "",
        cure_of(status.removed_by.text())));
  if (status.demotion > 0)
    problems.push_back(
        fmt::format("demoted by {}: three adverts in a row could not be sent", status.demotion));
  return problems;
}

// Worth telling for a while after it is over: somebody should find out how it came to be.
std::vector<std::string> aftermath_of(const RouterStatus& status) {
  std::vector<std::string> told;
  if (status.restored > 0 && real_now() - status.restored_at <= aftermath_lasts) {
    const std::string culprit = status.removed_by.text();
    told.push_back(fmt::format("{} was removed by {}, last at {}, and put back; {} times so far{}",
                               status.restored_last.text(), culprit, timestamp(status.restored_at),
                               status.restored, cure_of(culprit)));
  }
  if (status.two_active > 0 && real_now() - status.two_active_at <= aftermath_lasts)
    told.push_back(
        fmt::format("{} ({}) was active at the same time as this node, last at {}; the network "
                    "between them was cut, or lost adverts",
                    status.two_active_peer.address.text(), status.two_active_peer.mac.text(),
                    timestamp(status.two_active_at)));
  return told;
}

std::vector<std::string> present_problems(const RouterView& router, Instant now) {
  auto problems = problems_of(router.status, now);
  if (auto replay = replay_problem(router, now)) problems.push_back(std::move(*replay));
  return problems;
}

bool is_carp(const RouterView& router) {
  return std::holds_alternative<config::CarpSettings>(router.settings.protocol);
}

}  // namespace

Json peer_json(const PeerStatus& peer, const config::RouterSettings& router, Instant now) {
  Json json{{"address", peer.address.text()},
            {"mac", peer.mac.text()},
            {"state", word(peer_state(peer, router, now))},
            {"last_heard_ms", milliseconds(std::max(now - peer.heard, Duration{0}))},
            {"last_heard", timestamp(peer.heard_at)}};
  std::visit(RankFields{json}, peer.rank);
  if (const auto counter = counter_word(peer.counter)) json["counter"] = *counter;
  return json;
}

bool is_healthy(const RouterView& router, Instant now) {
  return router.status.role != router::Role::initialize && present_problems(router, now).empty();
}

Json router_json(const RouterView& router, Instant now) {
  const RouterStatus& status = router.status;
  auto problems = present_problems(router, now);
  const bool healthy = problems.empty() && status.role != router::Role::initialize;
  for (std::string& told : aftermath_of(status)) problems.push_back(std::move(told));
  Json addresses = Json::array();
  for (const config::AddressSettings& address : router.settings.addresses)
    addresses.push_back(address.prefix.text());
  const bool waits = status.waiting_for != WaitingFor::nothing;
  Json json{{"name", router.settings.name()},
            {"interface", router.settings.interface},
            {"protocol", is_carp(router) ? "carp" : "vrrp"},
            {"id", router.settings.id()},
            {"state", word(status.role)},
            {"reason", name(status.reason)},
            {"since", timestamp(status.since)},
            {"waiting_for", waits ? Json(name(status.waiting_for)) : Json(nullptr)},
            {"addresses", addresses},
            {"addresses_held", status.held},
            {"mac", router.settings.mac == config::MacMode::interface ? "interface" : "virtual"},
            {"authentication", authentication_of(router.settings)},
            {"rank", rank_json(router)},
            {"peers", peers_json(router, now)},
            {"two_active", two_active_json(status)},
            {"collision", collision_json(status)},
            {"restored", restored_json(status)},
            {"healthy", healthy},
            {"problems", problems},
            {"counters", counters_json(status)}};
  // What only one of the protocols has.
  if (const auto* vrrp = std::get_if<config::VrrpSettings>(&router.settings.protocol))
    json["accept"] = vrrp->accept;
  if (const auto* carp = std::get_if<config::CarpSettings>(&router.settings.protocol))
    json["replay_protection"] = protection_word(carp->replay_protection);
  return json;
}

}  // namespace failover::control
