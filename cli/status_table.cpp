#include "cli/status_table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace failover::cli {
namespace {

using std::chrono::milliseconds;

bool is_down(const Group& group) { return group.status == "Down"; }

std::string more(std::size_t count) { return count > 1 ? " +" + std::to_string(count - 1) : ""; }

std::string since_text(const Group& group, const StatusDocument& status) {
  if (!group.since || !status.generated_at) return "-";
  return duration_text(*status.generated_at - *group.since);
}

std::string rank_text(const Group& group) {
  if (is_down(group) || group.routers.empty() || !group.routers.front().interval_s) return "-";
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.3f s", *group.routers.front().interval_s);
  return text.data() + (group.demotion > 0 ? " +" + std::to_string(group.demotion) : "");
}

// The one that matters most: an active peer before a leaving one, before the last one heard.
bool matters_more(const Peer* left, const Peer* right) {
  const auto order = [](const Peer& peer) {
    if (peer.state == "active") return 0;
    return peer.state == "leaving" ? 1 : 2;
  };
  if (order(*left) != order(*right)) return order(*left) < order(*right);
  return left->last_heard.value_or(milliseconds::max()) <
         right->last_heard.value_or(milliseconds::max());
}

std::string peers_text(const Group& group) {
  std::vector<const Peer*> peers;
  for (const auto& router : group.routers) {
    for (const auto& peer : router.peers) peers.push_back(&peer);
  }
  if (peers.empty()) return "none heard";
  const Peer& first = **std::ranges::min_element(peers, matters_more);
  std::string text = first.address + " " + first.state;
  if (first.state == "silent" && first.last_heard) {
    text += " " + coarse_duration_text(*first.last_heard);
  }
  return text + more(peers.size());
}

std::string addresses_text(const Group& group) {
  std::vector<std::string> addresses;
  for (const auto& router : group.routers) {
    addresses.insert(addresses.end(), router.addresses.begin(), router.addresses.end());
  }
  if (addresses.empty()) return "-";
  const std::string& first = addresses.front();
  return first.substr(0, first.find('/')) + more(addresses.size());
}

// "drain, 18m left (ann: kernel)"
std::string override_text(const Override& override, const StatusDocument& status) {
  std::string text = override.kind + (override.role.empty() ? "" : " " + override.role);
  if (override.until && status.generated_at) {
    text += ", " + duration_text(*override.until - *status.generated_at) + " left";
  }
  const bool both = !override.owner.empty() && !override.reason.empty();
  const std::string why = override.owner + (both ? ": " : "") + override.reason;
  return why.empty() ? text : text + " (" + why + ")";
}

std::string overrides_text(const Group& group, const StatusDocument& status) {
  std::string text;
  for (const auto& override : group.overrides) {
    text += (text.empty() ? "" : "; ") + override_text(override, status);
  }
  return text.empty() ? "-" : text;
}

std::string waiting_text(const Router& router) {
  const std::string& what = router.waiting_for;
  if (what == "interface") return "interface " + router.interface + " missing";
  if (what == "link") return "link " + router.interface + " down";
  if (what == "carrier") return "no carrier on " + router.interface;
  if (what == "address") return "no address on " + router.interface;
  if (what == "capture") return "no capture on " + router.interface;
  return what.empty() ? "" : "waiting for " + what + " on " + router.interface;
}

// "link eth2 down"
std::string failed_text(const Track& track) {
  return track.type + " " + (track.what.empty() ? track.name : track.what) + " down";
}

// Why a group is down: what its routers wait for and what has failed, each thing once.
std::string waiting_text(const Group& group) {
  if (!is_down(group)) return "";
  std::vector<std::string> reasons;
  for (const auto& router : group.routers) reasons.push_back(waiting_text(router));
  for (const auto& track : group.tracks) {
    if (track.state == "down") reasons.push_back(failed_text(track));
  }
  std::string text;
  for (auto reason = reasons.begin(); reason != reasons.end(); ++reason) {
    if (reason->empty() || std::find(reasons.begin(), reason, *reason) != reason) continue;
    text += (text.empty() ? "" : ", ") + *reason;
  }
  return text;
}

// What a group waits for stands behind its overrides: it is there when something is wrong only.
std::string last_column(const Group& group, const StatusDocument& status) {
  const std::string waiting = waiting_text(group);
  return overrides_text(group, status) + (waiting.empty() ? "" : "   " + waiting);
}

Tint status_tint(const Group& group) {
  if (is_down(group)) return Tint::bad;
  return group.role == "active" ? Tint::good : Tint::none;
}

std::string revision_state(const Revision& revision, const std::optional<WallTime>& now) {
  if (!revision.confirm_until) return revision.saved ? "confirmed" : "confirmed, not saved";
  if (!now || *now >= *revision.confirm_until) return "not confirmed";
  return "rolled back in " + duration_text(*revision.confirm_until - *now) + " unless confirmed";
}

std::string node_line(const StatusDocument& status, Colour colour) {
  std::string line = "NODE " + printable(status.node) + "   failoverd " +
                     printable(status.version) + "   up " + duration_text(status.uptime);
  if (status.revision) {
    line += "   revision " + std::to_string(status.revision->number) + " (" +
            revision_state(*status.revision, status.generated_at) + ")";
  }
  if (status.healthy) {
    line += "   " + (*status.healthy ? tinted("healthy", Tint::good, colour)
                                     : tinted("not healthy", Tint::bad, colour));
  }
  return line + "\n";
}

std::string problem_lines(const std::string& name, const std::vector<std::string>& problems,
                          Colour colour) {
  std::string lines;
  for (const auto& problem : problems) {
    const std::string line = "! " + printable(name) + ": " + printable(problem);
    lines += tinted(line, Tint::bad, colour) + "\n";
  }
  return lines;
}

}  // namespace

std::string status_text(const StatusDocument& status, Legend legend, Colour colour) {
  Table table({2, 2, 4, 4, 4, 4});
  if (legend == Legend::shown) {
    std::vector<Cell> heads;
    for (const auto* head :
         {"GROUP", "STATUS", "SINCE", "RANK", "PEERS", "ADDRESSES", "OVERRIDES"}) {
      heads.push_back({head, Tint::faint});
    }
    table.add(std::move(heads));
  }
  for (const auto& group : status.groups) {
    table.add({{printable(group.name)},
               {printable(group.status), status_tint(group)},
               {since_text(group, status)},
               {rank_text(group)},
               {printable(peers_text(group))},
               {printable(addresses_text(group))},
               {printable(last_column(group, status))}});
  }
  std::string text = legend == Legend::shown ? node_line(status, colour) : "";
  text += status.groups.empty() && legend == Legend::shown
              ? "no failover groups: the configuration has no virtual router\n"
              : table.text(colour);
  return text + problems_text(status, colour);
}

std::string problems_text(const StatusDocument& status, Colour colour) {
  std::string lines = problem_lines(status.node, status.problems, colour);
  for (const auto& group : status.groups) {
    lines += problem_lines(group.name, group.problems, colour);
    for (const auto& router : group.routers) {
      lines += problem_lines(router.name, router.problems, colour);
    }
  }
  return lines;
}

std::string operations_text(std::span<const Operation> operations, Legend legend) {
  Table table({2, 2, 2, 2});
  if (legend == Legend::shown) table.add({{"ID"}, {"KIND"}, {"TARGET"}, {"STATE"}, {"DETAIL"}});
  for (const auto& operation : operations) {
    table.add({{std::to_string(operation.id)},
               {printable(operation.kind)},
               {printable(operation.target)},
               {printable(operation.state)},
               {printable(operation.detail)}});
  }
  return table.text(Colour::off);
}

}  // namespace failover::cli
