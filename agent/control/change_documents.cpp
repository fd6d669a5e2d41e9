#include "agent/control/change_documents.hpp"

#include "agent/config/json_text.hpp"
#include "agent/config/tree_secrets.hpp"
#include "agent/config/values.hpp"
#include "agent/control/words.hpp"

namespace failover::control {
namespace {

using config::add;
using config::Array;
using config::Node;
using config::null_value;
using config::number_value;
using config::Table;
using config::table_value;
using config::text_value;
using config::truth_value;

Node array_value(Array array) { return {.place = {}, .value = std::move(array)}; }
Node revision_value(std::uint64_t number) {
  return number_value(static_cast<std::int64_t>(number));
}

Node values_of(const std::vector<changes::ChangedValue>& values) {
  Array list;
  for (const changes::ChangedValue& value : values) {
    Table table;
    if (value.after) add(table, "after", *value.after);
    if (value.before) add(table, "before", *value.before);
    add(table, "path", text_value(value.path));
    list.push_back(table_value(std::move(table)));
  }
  return array_value(std::move(list));
}

Node groups_of(const std::vector<changes::GroupPlan>& groups) {
  Array list;
  for (const changes::GroupPlan& group : groups) {
    Array why;
    for (const std::string& reason : group.why) why.push_back(text_value(reason));
    Table table;
    add(table, "effect", text_value(name(group.effect)));
    add(table, "group", text_value(group.group));
    add(table, "outage", text_value(group.outage));
    add(table, "why", array_value(std::move(why)));
    list.push_back(table_value(std::move(table)));
  }
  return array_value(std::move(list));
}

Node time_value(std::int64_t nanoseconds) {
  return text_value(timestamp(RealTime(std::chrono::nanoseconds(nanoseconds))));
}

Table revision_table(const changes::Changes& changes, const changes::Revision& revision) {
  const bool in_force = revision.number == changes.revision();
  Table table;
  add(table, "at", text_value(timestamp(revision.at)));
  add(table, "confirmed", truth_value(!in_force || !changes.unconfirmed()));
  add(table, "in_force", truth_value(in_force));
  add(table, "owner", text_value(revision.owner));
  add(table, "reason", text_value(revision.reason));
  add(table, "revision", revision_value(revision.number));
  add(table, "source", text_value(name(revision.source)));
  return table;
}

std::string document(Table table) { return config::json_text(table_value(std::move(table))); }

}  // namespace

std::string change_document(const changes::Change& change, bool saved) {
  Table table;
  add(table, "changes", values_of(change.values));
  add(table, "confirm_until",
      change.confirm_until ? text_value(timestamp(*change.confirm_until)) : null_value());
  add(table, "groups", groups_of(change.groups));
  add(table, "previous", revision_value(change.previous));
  add(table, "revision", change.revision ? revision_value(*change.revision) : null_value());
  add(table, "saved", truth_value(saved));
  add(table, "schema", text_value("failover.change.v1"));
  return document(std::move(table));
}

std::string draft_document(const std::vector<changes::ChangedValue>& values,
                           const config::ConfigErrors& errors) {
  Array list;
  for (const config::ConfigError& error : errors) {
    Table table;
    add(table, "key", text_value(error.key));
    add(table, "message", text_value(error.message));
    add(table, "text", text_value(error.text()));
    list.push_back(table_value(std::move(table)));
  }
  Table table;
  add(table, "changes", values_of(values));
  add(table, "errors", array_value(std::move(list)));
  return document(std::move(table));
}

std::string revisions_document(const changes::Changes& changes) {
  Array list;
  const auto& all = changes.revisions().all();
  for (auto entry = all.rbegin(); entry != all.rend(); ++entry) {
    Table table = revision_table(changes, entry->second);
    add(table, "changes", number_value(entry->second.changes));
    list.push_back(table_value(std::move(table)));
  }
  Table table;
  add(table, "revisions", array_value(std::move(list)));
  return document(std::move(table));
}

std::string revision_document(const changes::Changes& changes, const changes::Revision& revision,
                              const Table& tree) {
  // Nothing when that one is not kept any more.
  const auto before = changes.revisions().tree_of(revision.number - 1);
  Table table = revision_table(changes, revision);
  add(table, "changes",
      values_of(before ? changes::Changes::changed_values(*before, tree)
                       : std::vector<changes::ChangedValue>()));
  add(table, "config", table_value(config::concealed(tree)));
  return document(std::move(table));
}

std::string pending_document(const changes::Changes& changes) {
  Node confirm = null_value();
  if (const auto& unconfirmed = changes.unconfirmed()) {
    Table table;
    add(table, "back_to", revision_value(unconfirmed->back_to));
    add(table, "revision", revision_value(changes.revision()));
    add(table, "until", time_value(unconfirmed->until));
    confirm = table_value(std::move(table));
  }
  const auto& draft = changes.draft();
  Table table;
  add(table, "candidate", truth_value(draft.has_value()));
  add(table, "changes",
      values_of(draft ? changes::Changes::changed_values(changes.tree(), *draft)
                      : std::vector<changes::ChangedValue>()));
  add(table, "confirm", std::move(confirm));
  add(table, "saved", truth_value(changes.is_saved()));
  return document(std::move(table));
}

std::string saved_document(const changes::Changes::Saved& saved) {
  Table table;
  add(table, "backup", saved.backup ? text_value(saved.backup->string()) : null_value());
  add(table, "file", text_value(saved.file.string()));
  return document(std::move(table));
}

}  // namespace failover::control
