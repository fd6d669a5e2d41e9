// Secrets in a tree: shown to nobody, and kept by who writes back what was shown.

#include "agent/config/tree_secrets.hpp"

#include "agent/config/schema_description.hpp"
#include "agent/config/tree_difference.hpp"
#include "agent/config/tree_edit.hpp"
#include "tests/unit/config/trees.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

const std::string first_key(32, 'K');
const std::string second_key(32, 'L');

// Every kind of secret that there is.
Table with_secrets() {
  return toml_tree(
      "[interface.eth0.carp.10]\naddresses = [\"10.0.0.1/24\"]\npassword = \"hunter-carp\"\n"
      "[interface.\"eth0.1\".vrrp.20]\nversion = 2\naddresses = [\"10.0.1.1/24\"]\n"
      "password = \"hunter-v\"\n"
      "[interface.eth0.vrrp.21]\naddresses = [\"10.0.2.1/24\"]\n"
      "hmac.keys = [{ id = 1, key = \"" +
      first_key + "\" }, { id = 2, key = \"" + second_key + "\" }]\n");
}

std::string text_of(const Table& tree) { return json_text(node_of(tree)); }

void change(Table& tree, const TreePath& path, Node node) {
  REQUIRE(put(tree, path, std::move(node)).has_value());
}

TEST_CASE("No secret is in a concealed tree, and everything else is") {
  const auto judged = judge(document_of(with_secrets(), "x"));
  INFO(errors_text(judged));
  REQUIRE(judged.has_value());
  const auto text = text_of(concealed(with_secrets()));
  for (const std::string& secret : {std::string("hunter"), first_key, second_key})
    CHECK(text.find(secret) == std::string::npos);
  const auto shown = json_tree(text);
  const auto changes = difference(with_secrets(), shown);
  std::string paths;
  for (const TreeChange& each : changes) paths += each.path + " ";
  CHECK(paths ==
        "interface.eth0.carp.10.password interface.eth0.vrrp.21.hmac.keys "
        "interface.\"eth0.1\".vrrp.20.password ");
  CHECK(text.find("\"id\": 2") != std::string::npos);
}

// A tree with a secret at every place that the schema has one at.
Table planted(const Description& place, int& count);
Node planted_value(const Description& place, int& count) {
  if (place.is_secret) return ++count, node_of("planted");
  if (place.element != nullptr) {
    Array array;
    array.push_back(planted_value(*place.element, count));
    return {.place = {}, .value = std::move(array)};
  }
  return node_of(planted(place, count));
}
Table planted(const Description& place, int& count) {
  Table table;
  for (const Description& member : place.members)
    change(table, {member.name}, planted_value(member, count));
  if (place.entry != nullptr) change(table, {"1"}, planted_value(*place.entry, count));
  return table;
}

TEST_CASE("Whatever the schema has as a secret is concealed") {
  int count = 0;
  const auto tree = planted(configuration_schema(), count);
  CHECK(count >= 3);
  CHECK(text_of(tree).find("planted") != std::string::npos);
  CHECK(text_of(concealed(tree)).find("planted") == std::string::npos);
}

TEST_CASE("What stands in a secret's place is concealed even when it is of another type") {
  const auto tree = toml_tree("interface.eth0.carp.1.password = [\"hunter2\"]");
  CHECK(text_of(concealed(tree)).find("hunter2") == std::string::npos);
}

TEST_CASE("A single value is concealed by the path where it stands") {
  CHECK(compact_json_text(concealed_at({"interface", "eth0", "carp", "10", "password"},
                                       node_of("hunter2"))) == "\"(set)\"");
  CHECK(compact_json_text(concealed_at({"interface", "eth0", "vrrp", "10", "hmac", "keys"},
                                       json_node(R"([{"id":1,"key":"hunter2"}])"))) ==
        R"x([{"id":1,"key":"(set)"}])x");
  CHECK(compact_json_text(concealed_at({"agent", "node"}, node_of("lb1"))) == "\"lb1\"");
}

TEST_CASE("A concealed tree that is written back means what it meant before") {
  const auto before = with_secrets();
  auto wanted = json_tree(text_of(concealed(before)));
  REQUIRE(keep_secrets(wanted, before).has_value());
  CHECK(same(node_of(wanted), node_of(before)));
}

TEST_CASE("A secret that is written anew stays what it is") {
  const auto before = with_secrets();
  auto wanted = concealed(before);
  change(wanted, {"interface", "eth0", "carp", "10", "password"}, node_of("another"));
  REQUIRE(keep_secrets(wanted, before).has_value());
  const auto changes = difference(before, wanted);
  REQUIRE(changes.size() == 1);
  CHECK(compact_json_text(*changes.front().after) == "\"another\"");
}

TEST_CASE("Keys of hmac are kept by their id, wherever they stand in the array") {
  const auto before = with_secrets();
  auto wanted = concealed(before);
  const TreePath keys{"interface", "eth0", "vrrp", "21", "hmac", "keys"};
  change(wanted, keys, json_node(R"x([{"id": 2, "key": "(set)"}, {"id": 1, "key": "(set)"}])x"));
  REQUIRE(keep_secrets(wanted, before).has_value());
  CHECK(compact_json_text(*at(wanted, keys)) ==
        R"([{"id":2,"key":")" + second_key + R"("},{"id":1,"key":")" + first_key + R"("}])");
}

TEST_CASE("A secret that stands for one that was not there is an error with the way out") {
  const auto before = with_secrets();
  auto wanted = concealed(before);
  change(wanted, {"interface", "eth1", "carp", "1", "password"}, node_of("(set)"));
  auto kept = keep_secrets(wanted, before);
  REQUIRE_FALSE(kept);
  CHECK(kept.error() ==
        "interface.eth1.carp.1.password: \"(set)\" stands for a secret that is set already, and "
        "none is; write the password itself, or name a file with password_file");

  wanted = concealed(before);
  change(wanted, {"interface", "eth0", "vrrp", "21", "hmac", "keys"},
         json_node(R"x([{"id": 3, "key": "(set)"}])x"));
  kept = keep_secrets(wanted, before);
  REQUIRE_FALSE(kept);
  CHECK(kept.error() ==
        "interface.eth0.vrrp.21.hmac.keys[0].key: \"(set)\" stands for a secret that is set "
        "already, and none is; write the key itself, or name a file with key_file");
}

TEST_CASE("Where no secret stands, the text that conceals them is a text like others") {
  auto wanted = toml_tree("group.web.description = \"(set)\"");
  CHECK(keep_secrets(wanted, {}).has_value());
  CHECK(compact_json_text(node_of(concealed(wanted))) ==
        R"x({"group":{"web":{"description":"(set)"}}})x");
}

}  // namespace
}  // namespace failover::tests
