#include "cli/explain.hpp"

#include <algorithm>
#include <array>
#include <ostream>

#include "cli/record_table.hpp"
#include "cli/status_reading.hpp"
#include "protocol/limits.hpp"

namespace failover::cli {
namespace {

constexpr std::array transition_columns{
    Column{"AT", "at"},
    Column{"FROM", "from"},
    Column{"TO", "to"},
    Column{"REASON", "reason"},
    Column{"PLANNED", "planned", Shown::yes_or_no},
    Column{"LEADER", "leader"},
    Column{"DETAIL", "detail"},
};
constexpr std::array peer_columns{
    Column{"ROUTER", "router"},
    Column{"ADDRESS", "address"},
    Column{"STATE", "state"},
    Column{"SAID", "said"},
    Column{"HEARD", "last_heard_ms", Shown::lasting},
};

struct ReadRecord {
  std::string json;
  Record document;
};

// The document at the path, or the exit status after the failure has been told.
Result<ReadRecord, ExitStatus> read_record(const Command& command, const std::string& target) {
  auto answer = command.agent.read(target, limits::cli_patience);
  if (!answer) return failure(report_unreachable(command, answer.error()));
  if (exit_status_of(answer->status) != ExitStatus::done) {
    return failure(report_refusal(command, *answer));
  }
  auto document = parse_record(answer->body);
  if (!document) return failure(report_unreadable(command, document.error()));
  return ReadRecord{std::move(answer->body), std::move(*document)};
}

// "Evidence:" and a line for each sentence; nothing when there is none.
std::string sentences(std::string_view head, const std::vector<Record>& list) {
  std::string text;
  for (const auto& sentence : list) text += "  " + printable(sentence.text) + "\n";
  return text.empty() ? "" : std::string(head) + "\n" + text;
}

// "Rank: 1.391 s = advbase 1 s, advskew 100"
std::string rank_line(const Record& rank) {
  const std::string total = text_at(rank, "text");
  if (total.empty()) return "";
  std::string parts;
  for (const auto& part : list_in(rank, "parts")) {
    parts += (parts.empty() ? " = " : ", ") + text_at(part, "name") + " " + text_at(part, "value");
  }
  return "Rank: " + printable(total + parts) + "\n";
}

std::string explanation_text(const Record& document, WallTime now, Colour colour) {
  const Column since{"", "since", Shown::age};
  std::string text =
      printable(text_at(document, "group") + ": " + text_at(document, "status") + " for ") +
      cell_text(document, since, now) + printable(" (" + text_at(document, "reason") + ")") + "\n" +
      printable(text_at(document, "why")) + "\n" +
      sentences("Evidence:", list_in(document, "evidence")) + rank_line(field(document, "rank"));
  const auto& peers = list_in(document, "peers");
  text += peers.empty()
              ? "Peers: none heard\n"
              : "Peers:\n" + record_table(peers, peer_columns, Legend::shown, now, colour);
  return text + sentences("What would change it:", list_in(document, "would_change"));
}

// The peer whose adverts say that it is active; of several the one that was heard last.
const Peer* active_peer(const Router& router) {
  const Peer* found = nullptr;
  for (const auto& peer : router.peers) {
    if (peer.state != "active") continue;
    const bool later = found == nullptr || peer.last_heard < found->last_heard;
    if (later) found = &peer;
  }
  return found;
}

std::string place_text(const IpAddress& address, const Place& place, const Peer* peer) {
  const std::string own = "group " + place.group->name + " is " + place.group->status + " here";
  if (place.group->role == "active") {
    const std::string too = peer == nullptr ? "" : "; " + peer->address + " says it is active too";
    return address.text() + ": this node, " + own + too;
  }
  if (peer != nullptr) return address.text() + ": " + peer->address + ", by its adverts; " + own;
  return address.text() + ": no node that is known here; " + own + ", and no active peer is heard";
}

}  // namespace

ExitStatus explain(const Command& command) {
  const auto read =
      read_record(command, "/v1/explain/" + percent_encoded(command.arguments.operands.front()));
  if (!read) return read.error();
  command.out << (command.arguments.format == Format::json
                      ? pretty(read->json)
                      : explanation_text(read->document, time_of(read->document), command.colour));
  return ExitStatus::done;
}

ExitStatus show_history(const Command& command) {
  const auto read =
      read_record(command, "/v1/history/" + percent_encoded(command.arguments.operands.front()));
  if (!read) return read.error();
  command.out << (command.arguments.format == Format::json
                      ? pretty(read->json)
                      : record_table(list_in(read->document, "transitions"), transition_columns,
                                     command.arguments.legend, time_of(read->document),
                                     command.colour));
  return ExitStatus::done;
}

ExitStatus tell_where(const Command& command) {
  const std::string& written = command.arguments.operands.front();
  const auto address = IpAddress::parse(written);
  if (!address) {
    return complain(
        command, ExitStatus::usage,
        "'" + printable(written) + "' is no address: " + std::string(address.error().text));
  }
  const auto status = read_status(command);
  if (!status) return status.error();
  const Place place = find_address(status->document, *address);
  if (place.group == nullptr) return report_unknown_address(command, *address);
  const Peer* peer = active_peer(*place.router);
  if (command.arguments.format == Format::json) {
    command.out << where_document({.address = address->text(),
                                   .group = place.group->name,
                                   .router = place.router->name,
                                   .role = place.group->role,
                                   .peer = peer == nullptr ? "" : peer->address});
  } else {
    command.out << printable(place_text(*address, place, peer)) << '\n';
  }
  return ExitStatus::done;
}

}  // namespace failover::cli
