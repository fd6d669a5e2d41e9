// Any configuration comes through the API as it was, by PUT, by PATCH, and as a file in a draft,
// and what is read of it and written back changes nothing (PRODUCT 4 and 7).

#include <nlohmann/json.hpp>

#include "agent/config/json_text.hpp"
#include "agent/config/toml_text.hpp"
#include "agent/config/tree_difference.hpp"
#include "agent/config/tree_secrets.hpp"
#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/config/random_tree.hpp"
#include "tests/unit/config/trees.hpp"

namespace failover::tests {
namespace {

using Json = nlohmann::json;
using config::Table;
using config::test::node_of;
using config::test::RandomTree;

constexpr unsigned seeds = 20;  // each change waits for the disk
const std::string whole_path = "/v1/config";

struct TreeScene : ControlScene {
  TreeScene() {
    const Table empty;
    changes.begin({.tree = empty}, *config::judge(config::document_of(empty, "x")));
  }
  http::Response answered(const std::string& method, const std::string& path,
                          const std::string& body) {
    auto response = send(method, path, body);
    INFO(method << " " << path << " " << body << "\n" << response.body);
    REQUIRE(response.status == 200);
    return response;
  }
  void draft_file(const Table& tree) {
    const http::Request request{.method = "PUT",
                                .path = "/v1/candidate",
                                .query = {},
                                .body = config::toml_text(tree),
                                .content_type = "application/toml",
                                .client = {.uid = 0, .gid = 0, .pid = 4711},
                                .access = http::Access::everything};
    Json said;
    api.handle(request, [&](const http::Response& response) { said = Json::parse(response.body); });
    REQUIRE(said["errors"].empty());
  }
  // The tree in force, what the agent was given of it, and what is shown.
  void has(const Table& tree) {
    REQUIRE(same(node_of(changes.tree()), node_of(tree)));
    REQUIRE(applied.back() == *config::judge(config::document_of(tree, "x")));
    REQUIRE(get(whole_path).body == config::json_text(node_of(config::concealed(tree))));
  }
};

std::string json_of(const Table& tree) { return config::json_text(node_of(tree)); }

// RFC 7396: what makes the one of the other.
Json patch_between(const Json& before, const Json& after) {
  Json patch = Json::object();
  for (const auto& [name, value] : before.items())
    if (!after.contains(name)) patch[name] = nullptr;
  for (const auto& [name, value] : after.items()) {
    if (!before.contains(name) || !before[name].is_object() || !value.is_object())
      patch[name] = value;
    else if (before[name] != value)
      patch[name] = patch_between(before[name], value);
  }
  return patch;
}

}  // namespace

TEST_CASE("any tree comes through PUT, PATCH and a draft in TOML as it was") {
  for (unsigned seed = 0; seed < seeds; ++seed) {
    INFO("seed " << seed);
    const Table first = RandomTree(seed).make();
    const Table second = RandomTree(seed + seeds).make();
    TreeScene scene;
    scene.answered("PUT", whole_path, json_of(first));
    scene.has(first);
    const Json patch = patch_between(Json::parse(json_of(first)), Json::parse(json_of(second)));
    scene.answered("PATCH", whole_path, patch.dump());
    scene.has(second);
    scene.draft_file(first);
    scene.answered("POST", "/v1/candidate/apply", "");
    scene.has(first);
  }
}

TEST_CASE("any tree that was read and is written back, with its secrets concealed, stays") {
  for (unsigned seed = 0; seed < seeds; ++seed) {
    INFO("seed " << seed);
    const Table tree = RandomTree(seed).make();
    TreeScene scene;
    scene.answered("PUT", whole_path, json_of(tree));
    const Json change =
        Json::parse(scene.answered("PUT", whole_path, scene.get(whole_path).body).body);
    REQUIRE(change["changes"].empty());
    scene.has(tree);
  }
}

TEST_CASE("each value of any tree is read at its own path, and put there again it is the same") {
  for (unsigned seed = 0; seed < seeds; ++seed) {
    INFO("seed " << seed);
    const Table tree = RandomTree(seed).make();
    TreeScene scene;
    scene.answered("PUT", whole_path, json_of(tree));
    for (const config::TreeChange& value : config::difference({}, tree)) {
      std::string path = whole_path;
      for (const std::string& name : value.names) path += '/' + name;
      const http::Response read = scene.answered("GET", path, "");
      CHECK(read.body == config::json_text(config::concealed_at(value.names, *value.after)));
      scene.answered("PUT", path, read.body);
    }
    scene.has(tree);
    REQUIRE(scene.changes.revision() <= 2);
  }
}

}  // namespace failover::tests
