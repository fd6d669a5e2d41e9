// Rules about one virtual router on two nodes: whether they hear each other, and agree on what they
// hear.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/lint/check.hpp"

namespace failover::lint {
namespace {

using config::CarpSettings;
using config::HmacKeySettings;
using config::HmacSettings;
using config::RouterSettings;
using config::VrrpSettings;

// --- Ranks and times ---

void equal_ranks(const Scene& scene, Report& report) {
  for (const RouterPair& pair : scene.pairs)
    if (our_rank(pair) == std::strong_ordering::equal)
      report.add(rank_place(pair.ours),
                 "both nodes have the same rank: whoever is active stays so, and when both are, "
                 "their addresses decide");
}

void timers_differ(const Scene& scene, Report& report) {
  for (const RouterPair& pair : scene.pairs) {
    if (const auto carp = both<CarpSettings>(pair);
        carp && carp->first.advbase != carp->second.advbase)
      report.add(place_of(pair.ours, "advbase"),
                 fmt::format("{} here and {} on the other node: it counts more than any advskew",
                             carp->first.advbase.value(), carp->second.advbase.value()));
    const auto vrrp = both<VrrpSettings>(pair);
    if (vrrp && vrrp->first.interval != vrrp->second.interval)
      report.add(
          place_of(pair.ours, "interval"),
          fmt::format("{:.2f} s here and {:.2f} s on the other node: version 2 refuses its "
                      "adverts, with version 3 the dead time depends on who is active",
                      vrrp->first.interval.value() / 100.0, vrrp->second.interval.value() / 100.0));
  }
}

template <class Settings>
bool has_other_dead_ratio(const RouterPair& pair) {
  const auto settings = both<Settings>(pair);
  return settings && settings->first.dead_ratio != settings->second.dead_ratio;
}

void dead_ratios_differ(const Scene& scene, Report& report) {
  for (const RouterPair& pair : scene.pairs)
    if (has_other_dead_ratio<CarpSettings>(pair) || has_other_dead_ratio<VrrpSettings>(pair))
      report.add(place_of(pair.ours, "dead_ratio"),
                 "is another one on the other node: how long an outage lasts depends on which node "
                 "dies");
}

// --- Whether they hear each other ---

std::vector<IpAddress> advertised(const RouterSettings& router) {
  std::vector<IpAddress> addresses;
  for (const auto& address : router.addresses)
    if (address.advertise) addresses.push_back(address.prefix.address());
  std::ranges::sort(addresses);
  return addresses;
}

std::vector<IpAddress> missing_in(const std::vector<IpAddress>& others,
                                  const std::vector<IpAddress>& addresses) {
  std::vector<IpAddress> missing;
  std::ranges::set_difference(addresses, others, std::back_inserter(missing));
  return missing;
}

void addresses_differ(const Scene& scene, Report& report) {
  for (const RouterPair& pair : scene.pairs) {
    const auto ours = advertised(pair.ours);
    const auto theirs = advertised(pair.theirs);
    if (ours == theirs) continue;
    const auto only_here = missing_in(theirs, ours);
    report.add(place_of(pair.ours, "addresses"),
               only_here.empty()
                   ? missing_in(ours, theirs).front().text() + " is the other node's only"
                   : only_here.front().text() + " is not among those of the other node");
  }
}

void passwords_differ(const Scene& scene, Report& report) {
  for (const RouterPair& pair : scene.pairs) {
    const auto carp = both<CarpSettings>(pair);
    const auto vrrp = both<VrrpSettings>(pair);
    const bool differ = carp ? !(carp->first.password == carp->second.password)
                             : !(vrrp->first.password == vrrp->second.password);
    if (differ)
      report.add(place_of(pair.ours, "password"),
                 "is not the other node's: neither hears the other, and both become active");
  }
}

bool signs(const std::optional<HmacSettings>& hmac) {
  return hmac && hmac->mode != vrrp::HmacMode::receive_only;
}

// Why one does not take what the other sends; empty when it does.
std::string_view refusal(const std::optional<HmacSettings>& sender,
                         const std::optional<HmacSettings>& receiver) {
  if (!signs(sender))
    return receiver && receiver->mode == vrrp::HmacMode::enforce ? "does not sign what it sends"
                                                                 : "";
  if (!receiver) return "signs what it sends, and without hmac that is too long";
  return std::ranges::find(receiver->keys, sender->keys.front()) == receiver->keys.end()
             ? "signs with a key that is not among those of its receiver"
             : "";
}

void hmac_keys_differ(const Scene& scene, Report& report) {
  for (const RouterPair& pair : scene.pairs) {
    const auto vrrp = both<VrrpSettings>(pair);
    if (!vrrp) continue;
    const auto& [ours, theirs] = *vrrp;
    if (const auto why = refusal(theirs.hmac, ours.hmac); !why.empty())
      report.add(place_of(pair.ours, "hmac"), fmt::format("the other node {}", why));
    else if (const auto ours_refused = refusal(ours.hmac, theirs.hmac); !ours_refused.empty())
      report.add(place_of(pair.ours, "hmac"), fmt::format("this node {}", ours_refused));
  }
}

void versions_differ(const Scene& scene, Report& report) {
  for (const RouterPair& pair : scene.pairs)
    if (const auto vrrp = both<VrrpSettings>(pair);
        vrrp && vrrp->first.version != vrrp->second.version)
      report.add(place_of(pair.ours, "version"),
                 fmt::format("{} here and {} on the other node: neither hears the other, and both "
                             "become active",
                             static_cast<unsigned>(vrrp->first.version),
                             static_cast<unsigned>(vrrp->second.version)));
}

// A source that the receiver does not have among its peers; nothing where sources are not written.
std::optional<IpAddress> unknown_source(const RouterSettings& sender,
                                        const RouterSettings& receiver) {
  for (const IpAddress& source : sender.sources)
    if (std::ranges::find(receiver.peers, source) == receiver.peers.end()) return source;
  return std::nullopt;
}

void peers_do_not_meet(const Scene& scene, Report& report) {
  for (const RouterPair& pair : scene.pairs) {
    const auto& [ours, theirs, our_group, their_group] = pair;
    if (ours.peers.empty() != theirs.peers.empty()) {
      report.add(place_of(ours, "peers"),
                 ours.peers.empty() ? "there are none, and the other node speaks by unicast"
                                    : "the other node speaks by multicast");
      continue;
    }
    if (ours.peers.empty()) continue;
    if (const auto unknown = unknown_source(theirs, ours))
      report.add(place_of(ours, "peers"),
                 unknown->text() + " is not among them, which is the other node's source");
    else if (const auto our_own = unknown_source(ours, theirs))
      report.add(place_of(ours, "source"),
                 our_own->text() + " is not among the other node's peers");
  }
}

void router_on_one_node(const Scene& scene, Report& report) {
  for (const RouterSettings* router : scene.only_ours)
    report.add(place_of(*router), "the other node does not have it, so nobody takes it over");
  for (const RouterSettings* router : scene.only_theirs)
    report.add(place_of(*router), "only the other node has it, so this one does not take it over");
}

void same_source(const Scene& scene, Report& report) {
  for (const RouterPair& pair : scene.pairs)
    for (const IpAddress& source : pair.ours.sources)
      if (std::ranges::find(pair.theirs.sources, source) != pair.theirs.sources.end())
        report.add(place_of(pair.ours, "source"),
                   source.text() +
                       " is the other node's source too: one machine has an address, and ties are "
                       "decided by it");
}

// --- What clients see ---

void macs_differ(const Scene& scene, Report& report) {
  for (const RouterPair& pair : scene.pairs)
    if (pair.ours.mac != pair.theirs.mac)
      report.add(place_of(pair.ours, "mac"),
                 "is another one on the other node: neighbours learn a new MAC with each move, and "
                 "the virtual one is worth nothing");
}

void accept_differs(const Scene& scene, Report& report) {
  for (const RouterPair& pair : scene.pairs)
    if (const auto vrrp = both<VrrpSettings>(pair);
        vrrp && vrrp->first.accept != vrrp->second.accept)
      report.add(place_of(pair.ours, "accept"),
                 "is another one on the other node: whether the failover IPs take packets depends "
                 "on who is active");
}

constexpr std::array router_pair_rule_checks{
    Check{{501, "equal-ranks", Severity::warning, "Both nodes have the same rank.",
           "another advskew or priority on each node"},
          equal_ranks},
    Check{{502, "timers-differ", Severity::warning,
           "advbase, or VRRP's interval, is not the same on both nodes.",
           "the same on all nodes, and another advskew or priority on each"},
          timers_differ},
    Check{{503, "dead-ratios-differ", Severity::note, "dead_ratio is not the same on both nodes.",
           "the same on all nodes"},
          dead_ratios_differ},
    Check{{504, "addresses-differ", Severity::warning,
           "The advertised addresses of a router are not the same on both nodes. With CARP neither "
           "hears the other then.",
           "the same on all nodes, or advertise = false for what only one has"},
          addresses_differ},
    Check{{505, "passwords-differ", Severity::warning,
           "The password is not the same on both nodes.", "the same on all nodes"},
          passwords_differ},
    Check{{506, "hmac-keys-differ", Severity::warning,
           "One node signs with a key that the other one does not have, or only one node signs "
           "where the other one wants it.",
           "the same keys with the same ids on all nodes"},
          hmac_keys_differ},
    Check{{507, "versions-differ", Severity::warning,
           "The version of VRRP is not the same on both nodes.", "the same on all nodes"},
          versions_differ},
    Check{
        {508, "peers-do-not-meet", Severity::warning,
         "One node speaks by unicast and the other by multicast, or to an address that is not the "
         "other's source.",
         "peers on all nodes, each with the sources of the others"},
        peers_do_not_meet},
    Check{{509, "router-on-one-node", Severity::warning, "Only one of the nodes has the router.",
           "the router on both nodes, with the same protocol and id"},
          router_on_one_node},
    Check{{510, "same-source", Severity::warning, "Both nodes send from the same address.",
           "each node's own address as source"},
          same_source},
    Check{{511, "macs-differ", Severity::warning, "mac is not the same on both nodes.",
           "the same on all nodes"},
          macs_differ},
    Check{{512, "accept-differs", Severity::warning, "accept is not the same on both nodes.",
           "the same on all nodes"},
          accept_differs},
};

}  // namespace

std::span<const Check> router_pair_checks() { return router_pair_rule_checks; }

}  // namespace failover::lint
