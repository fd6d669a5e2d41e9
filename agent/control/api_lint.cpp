// /v1/lint: what is wrong with a valid configuration, the one in force or one that is sent, alone
// or beside the other node's. It changes nothing; it is a POST only for what it is sent.

#include <algorithm>
#include <span>

#include "agent/config/file_paths.hpp"
#include "agent/config/toml_document.hpp"
#include "agent/config/tree_secrets.hpp"
#include "agent/config/values.hpp"
#include "agent/control/answers.hpp"
#include "agent/control/api.hpp"
#include "agent/control/api_answers.hpp"
#include "agent/control/lint_document.hpp"

namespace failover::control {
namespace {

constexpr std::string_view own_key = "toml";
constexpr std::string_view peer_key = "peer";

using Judged = Result<config::Configuration, config::ConfigErrors>;

// A text as if it were the agent's file, whose directory relative names start at. A secret that
// was read from the agent, "(set)", is the one that is in force.
Judged judged(std::string_view text, std::string_view name, const changes::Changes& changes) {
  auto tree = config::parse_toml(text, 0);
  if (!tree)
    return failure(config::ConfigErrors{{.file = std::string(name),
                                         .line = tree.error().place.line,
                                         .column = tree.error().place.column,
                                         .key = {},
                                         .message = tree.error().message}});
  config::make_paths_absolute(*tree, {changes.file().string()});
  if (config::Table kept = *tree; config::keep_secrets(kept, changes.tree()))
    tree = std::move(kept);
  return config::judge({.tree = std::move(*tree), .files = {std::string(name)}});
}

// Nothing when there is no such key.
std::optional<Judged> judged_member(const config::Table& body, std::string_view key,
                                    const changes::Changes& changes) {
  const auto* const text = config::find_value<Secret>(body, key);
  if (text == nullptr) return std::nullopt;
  return judged(config::characters(*text), key, changes);
}

std::optional<std::string> wrong_with(const config::Table& body) {
  for (const config::Member& member : body) {
    if (member.name != own_key && member.name != peer_key)
      return config::in_quotes(member.name) + " is not understood; accepted: toml, peer";
    if (!std::holds_alternative<Secret>(member.node.value))
      return member.name + ": accepted: a configuration as TOML, in a string";
  }
  return std::nullopt;
}

void add_errors(config::ConfigErrors& errors, const std::optional<Judged>& judged) {
  if (judged && !*judged)
    errors.insert(errors.end(), judged->error().begin(), judged->error().end());
}

http::Response invalid(const http::Request& request, config::ConfigErrors errors) {
  std::string first = errors.front().text();
  return refusal(request, {.kind = changes::Refused::Kind::invalid,
                           .code = "configuration-invalid",
                           .title = "The configuration is not valid",
                           .detail = std::move(first),
                           .hint = "see failover.toml(5)",
                           .errors = std::move(errors)});
}

// By whom a router has heard last.
std::vector<rehearsal::HeardRank> heard_ranks(const Directory& directory) {
  std::vector<rehearsal::HeardRank> heard;
  for (const RouterEntry* router : directory.routers()) {
    const RouterStatus status = router->status->read();
    const auto peers = std::span(status.peers).first(status.peer_count);
    const auto last = std::ranges::max_element(peers, {}, &PeerStatus::heard);
    if (last != peers.end())
      heard.push_back({.router = router->settings.name(), .rank = last->rank});
  }
  return heard;
}

}  // namespace

http::Response Api::lint(const http::Request& request) const {
  config::Table body;
  if (!reads(request)) {
    auto members = members_in(request);
    if (!members) return bad_body(request, members.error());
    if (const auto wrong = wrong_with(*members)) return bad_body(request, *wrong);
    body = std::move(*members);
  }
  const auto ours = judged_member(body, own_key, changes_);
  const auto peer = judged_member(body, peer_key, changes_);
  config::ConfigErrors errors;
  add_errors(errors, ours);
  add_errors(errors, peer);
  if (!errors.empty()) return invalid(request, std::move(errors));
  return json_answer(lint_document(lint::lint({.ours = ours ? **ours : changes_.configuration(),
                                               .peer = peer ? &**peer : nullptr,
                                               .heard = heard_ranks(view_.directory)})));
}

}  // namespace failover::control
