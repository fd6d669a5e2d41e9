// The schema says of itself what its readers do: every range, word and default that is described is
// tried with the reader.

#include "agent/config/schema_description.hpp"

#include <functional>

#include "agent/config/key_path.hpp"
#include "tests/unit/config/group_texts.hpp"

using namespace failover;
using namespace failover::config;
using namespace failover::config::test;

namespace {

using Path = std::vector<std::string_view>;

const Description& at(const Path& path) {
  const auto* const found = describe(configuration_schema(), path);
  REQUIRE(found != nullptr);
  return *found;
}

// A table of the schema, and a text in which it can take a line more and lacks nothing else.
struct TriedTable {
  Path path;
  std::function<std::string(const std::string& key, const std::string& line)> with;
};

std::string in_address_table(const std::string& line) {
  return in_address(line.empty() ? "" : ", " + line);
}

// Tracks of the type that has the key.
std::string in_track_with(const std::string& key, const std::string& line) {
  if (key == "table") return in_track("route", "destination = \"default\"\n" + line);
  if (key == "count") return in_track("process", "process = \"sshd\"\n" + line);
  if (key == "newer_than") return in_track("file", "path = \"/run/ready\"\n" + line);
  if (key == "status") return in_track("http", "url = \"http://127.0.0.1/\"\n" + line);
  // The timeout is no longer than the interval.
  const std::string interval = key == "timeout" ? "interval = \"3600s\"\n" : "";
  const std::string timeout = key == "interval" ? "timeout = \"10ms\"\n" : "";
  return in_track("command", "command = [\"/bin/true\"]\n" + interval + timeout + line);
}

std::string in_router_with(const std::string& key, const std::string& line) {
  if (key != "max_hops") return in_router(line);
  return in_router("peers = [\"10.0.0.2\"]\n" + line);
}

std::string in_hmac(const std::string& key, const std::string& line) {
  const std::string id = key == "id" ? line : "id = 1";
  return in_vrrp("[interface.eth0.vrrp.20.hmac]\n" + (key == "id" ? "" : line) +
                 "\nkeys = [{ key = \"0123456789abcdef0123456789abcdef\", " + id + " }]\n");
}

const std::vector<TriedTable>& places() {
  static const std::vector<TriedTable> all{
      {{"agent"}, [](auto&, auto& line) { return "[agent]\n" + line; }},
      {{"interface", "eth0", "carp", "10"}, in_router_with},
      {{"interface", "eth0", "carp", "10", "addresses", "0"},
       [](auto&, auto& line) { return in_address_table(line); }},
      {{"interface", "eth0", "vrrp", "20"},
       [](auto& key, auto& line) {
         return in_vrrp((key == "max_hops" ? "peers = [\"10.0.0.2\"]\n" : "") + line);
       }},
      {{"interface", "eth0", "vrrp", "20", "hmac"}, in_hmac},
      {{"interface", "eth0", "vrrp", "20", "hmac", "keys", "0"}, in_hmac},
      {{"group", "web"}, [](auto&, auto& line) { return in_group(line); }},
      {{"group", "web", "damping"},
       [](auto&, auto& line) { return in_group("[group.web.damping]\n" + line); }},
      {{"group", "web", "hooks"},
       [](auto&, auto& line) { return in_group("[group.web.hooks]\n" + line); }},
      {{"group", "web", "track", "site"}, in_track_with},
  };
  return all;
}

// Every key of every place.
void for_each_key(const std::function<void(const TriedTable&, const Description&)>& visit) {
  for (const TriedTable& place : places())
    for (const Description& key : at(place.path).members) {
      INFO("table " << place.path.front() << ", key " << key.name);
      visit(place, key);
    }
}

std::string errors_with(const TriedTable& place, const Description& key, const std::string& value) {
  return errors_of(place.with(key.name, key.name + " = " + value));
}

bool is_refused_for_range(const std::string& errors) {
  return errors.find("out of range") != std::string::npos;
}

void count_descriptions(const Description& description, std::size_t& count) {
  for (const Description& member : description.members) {
    INFO(member.name);
    CHECK_FALSE(member.says.empty());
    CHECK_FALSE(member.kinds.empty());
    ++count;
    count_descriptions(member, count);
  }
  if (description.entry != nullptr) count_descriptions(*description.entry, count);
  if (description.element != nullptr) count_descriptions(*description.element, count);
}

}  // namespace

TEST_CASE("every key of the schema has a kind and a line for people") {
  std::size_t count = 0;
  count_descriptions(configuration_schema(), count);
  CHECK(count > 100);
}

TEST_CASE("integers are accepted from the least to the most that is described, and no further") {
  std::size_t tried = 0;
  for_each_key([&](const TriedTable& place, const Description& key) {
    if (!key.is(Kind::integer)) return;
    ++tried;
    CHECK(is_refused_for_range(errors_with(place, key, std::to_string(*key.least - 1))));
    CHECK(is_refused_for_range(errors_with(place, key, std::to_string(*key.most + 1))));
    for (const auto bound : {*key.least, *key.most})
      CHECK(errors_with(place, key, std::to_string(bound)).empty());
  });
  CHECK(tried > 10);
}

TEST_CASE("every word that is described is accepted, and another one is not") {
  std::size_t tried = 0;
  for_each_key([&](const TriedTable& place, const Description& key) {
    if (key.words.empty() || key.name == "type") return;
    ++tried;
    for (const std::string& word : key.words) {
      // Hot is for groups of routers with a virtual MAC.
      if (word == "hot") continue;
      CHECK(errors_with(place, key, in_quotes(word)).empty());
    }
    CHECK_FALSE(errors_with(place, key, "\"no-such-word\"").empty());
  });
  CHECK(tried > 5);
}

TEST_CASE("a key with its described default says what it would say without the key") {
  std::size_t tried = 0;
  for_each_key([&](const TriedTable& place, const Description& key) {
    if (key.default_json.empty()) return;
    ++tried;
    const auto with = place.with(key.name, key.name + " = " + key.default_json);
    CHECK(read(with) == read(place.with(key.name, "")));
  });
  CHECK(tried > 25);
}

TEST_CASE("a path is followed through names that are free, and no name that cannot be is found") {
  const auto& root = configuration_schema();
  CHECK(at({"interface", "eth0.100", "carp", "255", "advskew"}).most == 254);
  CHECK(at({"group", "web", "track", "site", "url"}).types == std::vector<std::string>{"http"});
  CHECK(at({"interface", "eth0", "carp", "10", "password"}).is_secret);
  for (const Path& path : std::vector<Path>{{"agnt"},
                                            {"interface", "a/b"},
                                            {"interface", "eth0", "carp", "256"},
                                            {"interface", "eth0", "carp", "010"},
                                            {"group", "-web"},
                                            {"agent", "node", "more"}})
    CHECK(describe(root, path) == nullptr);
}

TEST_CASE("the names that messages list are the known ones") {
  const auto names = [](const std::vector<std::string>& keys) {
    return listed(std::vector<std::string_view>(keys.begin(), keys.end()));
  };
  CHECK(errors_of("[zzzzzzzz]\n")
            .ends_with("accepted: " + names(known_keys(configuration_schema()))));
  CHECK(errors_of("[agent]\nzzzzzzzz = 1\n")
            .ends_with("accepted: " + names(known_keys(at({"agent"})))));
}

TEST_CASE("the JSON Schema hides secrets and allows no other keys") {
  const auto text = json_schema_text();
  for (const std::string_view part :
       {"draft/2020-12", "\"writeOnly\": true", "\"additionalProperties\": false",
        "\"patternProperties\"", "\"maximum\": 254"})
    CHECK(text.find(part) != std::string::npos);
}
