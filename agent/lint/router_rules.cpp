// Rules about one virtual router: its times, who is believed, its addresses.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "agent/config/host_address.hpp"
#include "agent/lint/check.hpp"
#include "protocol/carp/timing.hpp"

namespace failover::lint {
namespace {

using config::RouterSettings;
using config::VrrpSettings;

// --- Times ---

constexpr Duration shortest_calm_dead_time = 50ms;
constexpr Duration longest_usual_dead_time = 10s;

void very_short_dead_time(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers())
    if (const Duration dead = dead_time_of(router); dead < shortest_calm_dead_time)
      report.add(place_of(router),
                 fmt::format("the active node counts as dead after {}, and a busy machine may be "
                             "that late",
                             seconds_text(dead)));
}

void long_dead_time(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers())
    if (const Duration dead = dead_time_of(router); dead > longest_usual_dead_time)
      report.add(place_of(router), fmt::format("when the active node dies, nobody answers for {}",
                                               seconds_text(dead)));
}

unsigned dead_ratio_of(const RouterSettings& router) {
  if (const auto* const carp = carp_in(router)) return carp->dead_ratio.value();
  return std::get<VrrpSettings>(router.protocol).dead_ratio.value();
}

void one_missed_advert(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers())
    if (dead_ratio_of(router) == 1)
      report.add(place_of(router, "dead_ratio"),
                 "one advert that is lost on the way moves the role, and two nodes are active "
                 "then");
}

void handover_cut_short(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers()) {
    const Duration needed = dead_time_of(router) + limits::handover_grace;
    if (router.handover_timeout < needed)
      report.add(place_of(router, "handover_timeout"),
                 fmt::format("a hand-over waits {} for a peer that may need {}",
                             seconds_text(router.handover_timeout), seconds_text(needed)));
  }
}

void advskew_past_demotion(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers()) {
    const auto* const carp = carp_in(router);
    if (carp != nullptr && carp->advskew.value() >= carp::demotion_on_send_errors)
      report.add(rank_place(router),
                 fmt::format("{} is no better than what a node advertises that cannot send",
                             carp->advskew.value()));
  }
}

// --- Who is believed ---

constexpr std::size_t shortest_good_password = 8;

void short_carp_password(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers()) {
    const auto* const carp = carp_in(router);
    if (carp != nullptr && carp->password.bytes().size() < shortest_good_password)
      report.add(place_of(router, "password"),
                 fmt::format("has less than {} bytes: who has heard one advert can try them all",
                             shortest_good_password));
  }
}

void password_in_clear_text(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers()) {
    const auto* const vrrp = vrrp_in(router);
    if (vrrp != nullptr && !vrrp->password.bytes().empty())
      report.add(place_of(router, "password"),
                 "stands in each advert in clear text; it keeps out mistakes, not attackers");
  }
}

void clocks_must_agree(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers()) {
    const auto* const carp = carp_in(router);
    const auto* const vrrp = vrrp_in(router);
    if (carp != nullptr && carp->replay_protection == carp::ReplayProtection::enforce)
      report.add(place_of(router, "replay_protection"),
                 fmt::format("a node whose clock is wrong by more than {} is not heard, nor are "
                             "ucarp and the BSDs",
                             seconds_text(carp->replay_window)));
    if (vrrp != nullptr && vrrp->hmac && vrrp->hmac->anti_replay == vrrp::AntiReplay::time)
      report.add(place_of(router, "hmac"), "a node whose clock is wrong is not heard");
  }
}

void replay_unseen(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers()) {
    const auto* const carp = carp_in(router);
    if (carp != nullptr && carp->replay_protection == carp::ReplayProtection::off)
      report.add(place_of(router, "replay_protection"),
                 "who has heard an advert can send it again, with any rank, and no counter tells");
  }
}

void unsigned_adverts_accepted(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers()) {
    const auto* const vrrp = vrrp_in(router);
    if (vrrp != nullptr && vrrp->hmac && vrrp->hmac->mode != vrrp::HmacMode::enforce)
      report.add(place_of(router, "hmac.mode"),
                 "adverts without authentication are taken too, so the keys keep nobody out");
  }
}

void unprotected_unicast(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers()) {
    const auto* const vrrp = vrrp_in(router);
    if (vrrp != nullptr && !router.peers.empty() && !vrrp->hmac &&
        router.max_hops.value() == config::MaxHops::max)
      report.add(place_of(router, "peers"),
                 "anybody who can route a packet to this node and forges a peer's address takes "
                 "the role");
  }
}

void own_source_among_peers(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers())
    for (const IpAddress& source : router.sources)
      if (std::ranges::find(router.peers, source) != router.peers.end())
        report.add(place_of(router, "peers"),
                   source.text() + " is this node's own source: it sends adverts to itself");
}

// --- Addresses and ids ---

void no_link_local_first(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers()) {
    if (vrrp_in(router) == nullptr) continue;
    const auto first = std::ranges::find_if(router.addresses, [](const auto& address) {
      return address.advertise && address.prefix.address().family() == Family::ipv6;
    });
    if (first != router.addresses.end() && !first->prefix.address().is_link_local())
      report.add(place_of(router, "addresses"),
                 first->prefix.address().text() +
                     " is the first IPv6 address, and RFC 9568 wants "
                     "a link-local one there: only such a one can be "
                     "a host's gateway");
  }
}

bool is_alone_in_prefix(const Prefix& prefix) {
  return prefix.length() == longest_prefix(prefix.address().family());
}

// An interface whose routers give one subnet of the family is taken to be right with the others.
void no_subnet(const Scene& scene, Report& report) {
  std::set<std::pair<std::string_view, Family>> with_subnet;
  for (const RouterSettings& router : scene.ours.routers())
    for (const auto& address : router.addresses)
      if (!is_alone_in_prefix(address.prefix))
        with_subnet.emplace(router.interface, address.prefix.address().family());
  for (const RouterSettings& router : scene.ours.routers()) {
    const auto lonely = std::ranges::find_if(router.addresses, [&](const auto& address) {
      return !with_subnet.contains({router.interface, address.prefix.address().family()});
    });
    if (lonely != router.addresses.end())
      report.add(place_of(router, "addresses"),
                 lonely->prefix.text() +
                     " is in no subnet; unless the interface has an address "
                     "around it, neighbours are not reached from it");
  }
}

bool asks(const config::GroupSettings& group, const RouterSettings& router) {
  return std::ranges::any_of(group.tracks, [&](const config::TrackSettings& track) {
    const auto asked = asked_address(track.what);
    return asked && std::ranges::any_of(router.addresses, [&](const auto& address) {
             return address.prefix.address() == *asked;
           });
  });
}

bool takes_packets(const RouterSettings* router) {
  const auto* const vrrp = vrrp_in(*router);
  return vrrp == nullptr || vrrp->accept;
}

void gateway_with_service(const Scene& scene, Report& report) {
  for (const RouterSettings& router : scene.ours.routers()) {
    if (takes_packets(&router)) continue;
    const Group& group = scene.ours.group_of(router);
    if (!group.settings.follow.empty() && std::ranges::none_of(group.routers, takes_packets))
      report.add(place_of(router, "accept"), "drops what is addressed to the failover IPs, and " +
                                                 group.settings.follow.front() +
                                                 " follows the role to be reached there");
    else if (asks(group.settings, router))
      report.add(place_of(router, "accept"),
                 "drops what is addressed to the failover IPs, and a track asks one of them");
  }
}

// Of those with a virtual MAC it is an error already.
void id_in_both_protocols(const Scene& scene, Report& report) {
  std::set<std::pair<std::string_view, unsigned>> carps;
  for (const RouterSettings& router : scene.ours.routers())
    if (carp_in(router) != nullptr) carps.emplace(router.interface, router.id());
  for (const RouterSettings& router : scene.ours.routers())
    if (vrrp_in(router) != nullptr && carps.contains({router.interface, router.id()}))
      report.add(place_of(router),
                 fmt::format("{} is a VHID of CARP on this interface too, and both make the same "
                             "virtual MAC of it",
                             router.id()));
}

constexpr std::array router_rule_checks{
    Check{{101, "very-short-dead-time", Severity::note,
           "The active node counts as dead after less than 50 ms.",
           "give the agent real-time priority on all nodes, or a longer interval"},
          very_short_dead_time},
    Check{{102, "long-dead-time", Severity::note,
           "The active node counts as dead only after more than 10 s.",
           "a shorter interval, or a lower dead_ratio"},
          long_dead_time},
    Check{{103, "one-missed-advert", Severity::warning,
           "One missed advert is enough for the active node to count as dead.", "dead_ratio = 3"},
          one_missed_advert},
    Check{{104, "advskew-past-demotion", Severity::warning,
           "The advskew is 240 or more, which is what a node advertises that cannot send; tracks "
           "that are down make it no worse.",
           "an advskew below 240"},
          advskew_past_demotion},
    Check{{105, "short-carp-password", Severity::warning,
           "CARP's password has less than 8 bytes, and can be found by trying.",
           "a password of 8 to 19 bytes, the same on all nodes"},
          short_carp_password},
    Check{{106, "password-in-clear-text", Severity::note,
           "The password of VRRPv2 stands in each advert in clear text.",
           "version = 3 with hmac, where the peers know it"},
          password_in_clear_text},
    Check{{107, "no-link-local-first", Severity::warning,
           "The first IPv6 address of a VRRP router is not a link-local one.",
           "a link-local address before the others, such as fe80::1/64"},
          no_link_local_first},
    Check{{108, "no-subnet", Severity::note,
           "An address has no prefix length, or /32 or /128, and no failover IP of its family on "
           "that interface has another.",
           "the prefix length of the interface's subnet"},
          no_subnet},
    Check{{109, "gateway-with-service", Severity::warning,
           "With accept = false nobody reaches the service that the group follows or checks.",
           "accept = true, or the service at another router's addresses"},
          gateway_with_service},
    Check{{110, "clocks-must-agree", Severity::note,
           "Adverts are taken only from nodes whose clocks agree.",
           "keep the clocks of all nodes synchronised"},
          clocks_must_agree},
    Check{{111, "handover-cut-short", Severity::warning,
           "A hand-over waits shorter than the dead time and 1 s, which a peer may need that has "
           "missed the farewell.",
           "a longer handover_timeout, or a shorter dead time"},
          handover_cut_short},
    Check{{112, "unprotected-unicast", Severity::warning,
           "VRRP by unicast without hmac takes adverts from however far away.",
           "hmac, or max_hops = 0 where the peers are on the same network"},
          unprotected_unicast},
    Check{{113, "id-in-both-protocols", Severity::warning,
           "A VHID and a VRID on one interface are the same number.", "another id for one of them"},
          id_in_both_protocols},
    Check{{114, "unsigned-adverts-accepted", Severity::warning,
           "hmac is set up, and adverts without authentication are accepted all the same.",
           "mode = \"enforce\", as soon as all nodes sign"},
          unsigned_adverts_accepted},
    Check{{115, "replay-unseen", Severity::note,
           "CARP adverts that are sent again are not even counted.",
           "replay_protection = \"monitor\""},
          replay_unseen},
    Check{{116, "own-source-among-peers", Severity::warning,
           "The list of unicast peers has the node's own source in it.",
           "only the other nodes in peers"},
          own_source_among_peers},
};

}  // namespace

std::span<const Check> router_checks() { return router_rule_checks; }

}  // namespace failover::lint
