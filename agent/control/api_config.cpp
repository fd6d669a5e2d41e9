// /v1/config, /v1/candidate, /v1/revisions, /v1/pending: the configuration as a tree that is read
// and changed, at once or by a draft.

#include <array>

#include "agent/config/duration_text.hpp"
#include "agent/config/file_paths.hpp"
#include "agent/config/json_document.hpp"
#include "agent/config/nearest.hpp"
#include "agent/config/schema_description.hpp"
#include "agent/config/toml_document.hpp"
#include "agent/config/toml_text.hpp"
#include "agent/config/tree_defaults.hpp"
#include "agent/config/tree_secrets.hpp"
#include "agent/config/values.hpp"
#include "agent/control/answers.hpp"
#include "agent/control/api.hpp"
#include "agent/control/api_answers.hpp"
#include "agent/control/change_documents.hpp"

namespace failover::control {
namespace {

using changes::Refused;

// "did you mean "advskew"?", or that the default is in force.
std::string way_out(const config::TreePath& path) {
  const config::Description* place = &config::configuration_schema();
  for (const std::string& name : path) {
    const std::array<std::string_view, 1> step{name};
    const config::Description* const next = describe(*place, step);
    if (next == nullptr) {
      const auto known = known_keys(*place);
      const std::vector<std::string_view> names(known.begin(), known.end());
      const auto near = config::nearest(name, names);
      return near ? "did you mean " + config::in_quotes(*near) + "?"
                  : "GET /v1/config shows what is";
    }
    place = next;
  }
  return place->default_json.empty() ? "GET /v1/config shows what is"
                                     : "the default is in force: " + place->default_json;
}

http::Response no_such_value(const http::Request& request, const config::TreePath& path) {
  return refusal(request, {.kind = Refused::Kind::missing,
                           .code = "no-such-value",
                           .title = "There is no such value",
                           .detail = config::path_text(path) + " is not set",
                           .hint = way_out(path)});
}

// A file that a person has written, other than a body that a program has.
http::Response bad_file(const http::Request& request, const std::string& text) {
  return refusal(request, {.kind = Refused::Kind::invalid,
                           .code = "configuration-invalid",
                           .title = "The file is not TOML",
                           .detail = text,
                           .hint = "see failover.toml(5)",
                           .errors = {{.file = "file", .key = {}, .message = text}}});
}

std::string query_of(const http::Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

// A text that can be kept and read again; in a query it may be any bytes.
bool is_reason(const std::string& text) {
  return text.size() <= limits::operation_reason_bytes &&
         config::parse_json(config::compact_json_text(config::text_value(text)), 0);
}

http::Response bad_reason(const http::Request& request) {
  return http::problem_response({.status = 400,
                                 .code = "bad-reason",
                                 .title = "The reason is not understood",
                                 .detail = "accepted: a text of at most " +
                                           std::to_string(limits::operation_reason_bytes) +
                                           " bytes, in UTF-8",
                                 .path = request.path,
                                 .hint = "shorten it"});
}

changes::By by(const http::Request& request, changes::Source source, const std::string& reason) {
  return {.source = source, .owner = user_name(request.client.uid), .reason = reason};
}

std::string tag_of(std::uint64_t revision) { return '"' + std::to_string(revision) + '"'; }

// What the request makes of the tree; a text that says what is wrong with it.
using Edited = Result<config::Table, Refused>;

Refused misplaced(std::string detail) {
  return {.kind = Refused::Kind::conflict,
          .code = "no-table",
          .title = "The value cannot be put there",
          .detail = std::move(detail),
          .hint = "GET /v1/config shows what there is"};
}

Edited with(config::Table tree, const config::TreePath& path, config::Node node) {
  if (const auto put = config::put(tree, path, std::move(node)); !put)
    return failure(misplaced(put.error()));
  return tree;
}

Edited merged(config::Table tree, const config::TreePath& path, const config::Node& patch) {
  config::Node target = config::table_value({});
  if (path.empty()) {
    target = config::table_value(std::move(tree));
  } else if (const config::Node* const there = config::at(tree, path)) {
    target = *there;
  }
  config::merge_patch(target, patch);
  if (!path.empty()) return with(std::move(tree), path, std::move(target));
  auto* const table = std::get_if<config::Table>(&target.value);
  if (table == nullptr) return failure(misplaced("the whole configuration is a table"));
  return std::move(*table);
}

Edited with_members(config::Table tree, config::TreePath path, const config::Node& members) {
  const auto* const table = std::get_if<config::Table>(&members.value);
  if (table == nullptr)
    return failure(misplaced("a POST takes an object, with the names of what is new"));
  for (const config::Member& member : *table) {
    path.push_back(member.name);
    if (config::at(tree, path) != nullptr)
      return failure(Refused{.kind = Refused::Kind::conflict,
                             .code = "exists",
                             .title = "It is there already",
                             .detail = config::path_text(path) + " is set",
                             .hint = "PUT replaces it, PATCH changes it"});
    auto more = with(std::move(tree), path, member.node);
    if (!more) return more;
    tree = std::move(*more);
    path.pop_back();
  }
  return tree;
}

// ?format=toml: as a file, other than JSON. Without the secrets either way.
http::Response whole_tree(const http::Request& request, const config::Table& tree) {
  config::Table shown = config::concealed(tree);
  if (query_of(request, "format") != "toml")
    return json_answer(config::json_text(config::table_value(std::move(shown))));
  auto answer = json_answer(config::toml_text(shown));
  answer.content_type = "application/toml";
  return answer;
}

std::string_view name(config::Kind kind) {
  switch (kind) {
    case config::Kind::boolean: return "boolean";
    case config::Kind::integer: return "integer";
    case config::Kind::string: return "string";
    case config::Kind::duration: return "duration";
    case config::Kind::array: return "array";
    case config::Kind::table: return "table";
  }
  return "table";
}

// ?view=node (PRODUCT 7): what may stand at a place, and what does. Also of what is not set.
http::Response node_view(const http::Request& request, const config::TreePath& path,
                         const config::Table& tree) {
  const std::vector<std::string_view> names(path.begin(), path.end());
  const config::Description* const place = describe(config::configuration_schema(), names);
  if (place == nullptr) return no_such_value(request, path);
  const config::Node whole = config::table_value(tree);
  const config::Node* const found = path.empty() ? &whole : config::at(tree, path);
  const auto* const members =
      found == nullptr ? nullptr : std::get_if<config::Table>(&found->value);
  config::Array types;
  for (const config::Kind kind : place->kinds) types.push_back(config::text_value(name(kind)));
  const auto usual = place->default_json.empty()
                         ? std::nullopt
                         : std::optional(config::parse_json(place->default_json, 0));
  const bool required = place->presence == config::Presence::required;
  config::Table table;
  add(table, "accepted", config::text_value(place->accepted));
  add(table, "children",
      config::number_value(members == nullptr ? 0 : static_cast<std::int64_t>(members->size())));
  add(table, "default", usual && *usual ? **usual : config::null_value());
  add(table, "default_allowed", config::truth_value(!required));
  add(table, "delete_allowed", config::truth_value(found != nullptr && !required && !path.empty()));
  add(table, "is_default", config::truth_value(found == nullptr));
  add(table, "says", config::text_value(place->says));
  add(table, "type", {.place = {}, .value = std::move(types)});
  const config::Node shown = found == nullptr ? config::null_value()
                             : path.empty()   ? config::table_value(config::concealed(tree))
                                              : config::concealed_at(path, *found);
  add(table, "value", shown);
  return json_answer(config::json_text(config::table_value(std::move(table))));
}

Result<changes::Safety, std::string> safety_in(const config::Table& body) {
  changes::Safety safety;
  const auto text = config::text_at(body, "confirm");
  if (!text.empty()) {
    const auto confirm = config::parse_duration(text);
    if (!confirm || *confirm < limits::confirm_shortest || *confirm > limits::confirm_longest)
      return failure(std::string("confirm: accepted: a duration like \"120s\", 5s to 24h"));
    safety.confirm = *confirm;
  }
  const auto gate = config::text_at(body, "gate");
  if (!gate.empty() && gate != "healthy")
    return failure(std::string("gate: accepted: \"healthy\""));
  if (gate.empty()) return safety;
  if (!safety.confirm)
    return failure(std::string("gate: it looks until the change is confirmed; give confirm, too"));
  safety.gate = changes::Gate::healthy;
  return safety;
}

}  // namespace

// path: from "config" on.
void Api::configuration(const http::Request& request, Rest path, const http::Reply& reply) {
  const std::string& tree = path[0];
  if (tree == "revisions") return reply(revision(request, path.subspan(1)));
  if (tree == "candidate") return candidate(request, path.subspan(1), reply);
  if (tree == "pending") return reply(json_answer(pending_document(changes_)));
  const config::TreePath value_path(path.begin() + 1, path.end());
  if (reads(request)) return reply(value(request, value_path));
  edit(request, value_path, reply);
}

changes::Done Api::answering(const http::Request& request, const http::Reply& reply) {
  http::Request asked = request;
  asked.body.clear();
  return [this, asked = std::move(asked), reply](const changes::Changed& change) {
    reply(changed(asked, change));
  };
}

http::Response Api::changed(const http::Request& request, const changes::Changed& change) const {
  if (!change) return refusal(request, change.error());
  auto answer = json_answer(
      change_document(*change, changes_.is_saved()),
      request.method == "POST" && change->revision && request.path.starts_with("/v1/config") ? 201
                                                                                             : 200);
  answer.headers["ETag"] = tag_of(changes_.revision());
  return answer;
}

http::Response Api::value(const http::Request& request, const config::TreePath& path) const {
  const std::string view = query_of(request, "view");
  if (view == "node") return node_view(request, path, changes_.tree());
  const config::Table tree =
      view == "defaults" ? config::with_defaults(changes_.tree()) : changes_.tree();
  const config::Node* const found = config::at(tree, path);
  if (found == nullptr && !path.empty()) return no_such_value(request, path);
  auto answer = path.empty() ? whole_tree(request, tree)
                             : json_answer(config::json_text(config::concealed_at(path, *found)));
  answer.headers["ETag"] = tag_of(changes_.revision());
  return answer;
}

void Api::edit(const http::Request& request, const config::TreePath& path,
               const http::Reply& reply) {
  auto tree = edited(request, path);
  if (!tree) return reply(std::move(tree.error()));
  if (query_of(request, "dry_run") == "true")
    return reply(changed(request, changes_.plan(std::move(*tree))));
  changes_.apply(std::move(*tree), by(request, changes::Source::set, query_of(request, "reason")),
                 {}, answering(request, reply));
}

// The whole tree, as the request wants it.
Result<config::Table, http::Response> Api::edited(const http::Request& request,
                                                  const config::TreePath& path) const {
  const std::string& method = request.method;
  if (!request.if_match.empty() && request.if_match != "*" &&
      request.if_match != tag_of(changes_.revision()))
    return failure(refusal(request, {.kind = Refused::Kind::stale,
                                     .code = "stale",
                                     .title = "The configuration has changed meanwhile",
                                     .detail = "revision " + std::to_string(changes_.revision()) +
                                               " is in force, not " + request.if_match,
                                     .hint = "read it again"}));
  if (!is_reason(query_of(request, "reason"))) return failure(bad_reason(request));
  config::Table tree = changes_.tree();
  if (method == "DELETE") {
    if (!config::erase(tree, path)) return failure(no_such_value(request, path));
  } else {
    const auto body = json_in(request);
    if (!body) return failure(bad_body(request, body.error()));
    auto edited = method == "PUT"     ? with(std::move(tree), path, *body)
                  : method == "PATCH" ? merged(std::move(tree), path, *body)
                                      : with_members(std::move(tree), path, *body);
    if (!edited) return failure(refusal(request, edited.error()));
    tree = std::move(*edited);
  }
  return tree;
}

void Api::candidate(const http::Request& request, Rest path, const http::Reply& reply) {
  const config::Table& shown = changes_.draft() ? *changes_.draft() : changes_.tree();
  if (path.empty()) {
    if (!reads(request)) return reply(draft(request));
    return reply(whole_tree(request, shown));
  }
  const std::string& verb = path[0];
  if (verb == "plan") return reply(changed(request, changes_.plan(shown)));
  if (verb != "diff") return decide(request, verb, reply);
  reply(json_answer(draft_document(changes::Changes::changed_values(changes_.tree(), shown), {})));
}

// A draft may be wrong on its way; what is wrong with it is told each time.
http::Response Api::draft(const http::Request& request) {
  if (request.method == "DELETE") {
    changes_.set_draft(std::nullopt);
    return json_answer(pending_document(changes_));
  }
  Edited drafted = config::Table{};
  if (request.method == "PUT" && query_of(request, "from") == "file") {
    drafted = changes_.file_tree();
  } else if (request.content_type.starts_with("application/toml")) {
    auto parsed = config::parse_toml(request.body, 0);
    if (!parsed) return bad_file(request, syntax_text(parsed.error()));
    config::make_paths_absolute(*parsed, {changes_.file().string()});
    drafted = std::move(*parsed);
  } else {
    const auto body = json_in(request);
    if (!body) return bad_body(request, body.error());
    drafted = request.method == "PUT"
                  ? with({}, {}, *body)
                  : merged(changes_.draft() ? *changes_.draft() : changes_.tree(), {}, *body);
  }
  if (!drafted) return refusal(request, drafted.error());
  // What cannot be kept is told by the plan.
  if (config::Table kept = *drafted; config::keep_secrets(kept, changes_.tree()))
    drafted = std::move(kept);
  const auto values = changes::Changes::changed_values(changes_.tree(), *drafted);
  const auto plan = changes_.plan(*drafted);
  changes_.set_draft(std::move(*drafted));
  return json_answer(draft_document(values, plan ? config::ConfigErrors() : plan.error().errors));
}

void Api::decide(const http::Request& request, const std::string& verb, const http::Reply& reply) {
  const auto body = members_in(request);
  if (!body) return reply(bad_body(request, body.error()));
  const std::string reason(config::text_at(*body, "reason"));
  if (!is_reason(reason)) return reply(bad_reason(request));
  if (verb == "confirm") return reply(changed(request, changes_.confirm()));
  if (verb == "rollback") {
    const auto* const to = config::find_value<std::int64_t>(*body, "revision");
    if (to != nullptr && *to < 1) return reply(bad_body(request, "revision: accepted: 1 and more"));
    return changes_.roll_back(
        to == nullptr ? std::nullopt : std::optional(static_cast<std::uint64_t>(*to)),
        by(request, changes::Source::rollback, reason), answering(request, reply));
  }
  const auto safety = safety_in(*body);
  if (!safety) return reply(bad_body(request, safety.error()));
  if (!changes_.draft())
    return reply(refusal(request, {.kind = Refused::Kind::conflict,
                                   .code = "no-candidate",
                                   .title = "There is no draft to apply",
                                   .detail = "nothing has been put to /v1/candidate",
                                   .hint = "PUT or PATCH /v1/candidate first"}));
  changes_.apply(*changes_.draft(), by(request, changes::Source::apply, reason), *safety,
                 [this, done = answering(request, reply)](const changes::Changed& change) {
                   if (change) changes_.set_draft(std::nullopt);
                   done(change);
                 });
}

http::Response Api::revision(const http::Request& request, Rest path) const {
  if (path.empty()) return json_answer(revisions_document(changes_));
  const auto number = number_in<std::uint64_t>(path[0]);
  const auto tree = number ? changes_.revisions().tree_of(*number) : std::nullopt;
  if (!tree)
    return refusal(request, {.kind = Refused::Kind::missing,
                             .code = "no-such-revision",
                             .title = "There is no such revision",
                             .detail = "revision " + path[0] + " is not kept",
                             .hint = "GET /v1/revisions lists them"});
  return json_answer(revision_document(changes_, *changes_.revisions().find(*number), *tree));
}

// {"file": "/somewhere/else.toml"}; without it the file that a start reads.
void Api::save(const http::Request& request, const http::Reply& reply) {
  const auto body = members_in(request);
  if (!body) return reply(bad_body(request, body.error()));
  const std::string file(config::text_at(*body, "file"));
  const auto saved =
      changes_.save(file.empty() ? std::nullopt : std::optional(std::filesystem::path(file)));
  reply(saved ? json_answer(saved_document(*saved)) : refusal(request, saved.error()));
}

}  // namespace failover::control
