// /v1/lint (PRODUCT 4 and 5): what is valid and wrong all the same, in force or sent.

#include <nlohmann/json.hpp>

#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Json = nlohmann::json;

const std::string in_force = R"([interface.eth0.carp.10]
addresses = ["203.0.113.10/24"]
password = "very secret"
dead_ratio = 1
)";

struct Scene : ControlScene {
  Scene() {
    files.write("failover.toml", in_force);
    const auto file = files / "failover.toml";
    auto document = config::read_document(file);
    changes.begin({.tree = std::move(document->tree)}, *config::read_configuration(file));
  }
  // The numbers of the rules that a document has findings of.
  std::vector<unsigned> rules(const http::Response& response) {
    INFO(response.body);
    REQUIRE(response.status == 200);
    const Json document = Json::parse(response.body);
    CHECK(document["schema"] == "failover.lint.v1");
    std::vector<unsigned> numbers;
    for (const Json& finding : document["findings"]) numbers.push_back(finding["rule"]);
    return numbers;
  }
  std::vector<unsigned> rules_sent(const Json& body) {
    return rules(post("/v1/lint", body.dump()));
  }
  Json refused(const std::string& body, unsigned status) {
    const http::Response response = post("/v1/lint", body);
    INFO(response.body);
    CHECK(response.status == status);
    CHECK(response.body.find("secret") == std::string::npos);
    return Json::parse(response.body);
  }
};

}  // namespace

TEST_CASE("GET /v1/lint is about what is in force, and changes nothing") {
  Scene scene;
  CHECK(scene.rules(scene.get("/v1/lint")) == std::vector<unsigned>{103, 209});
  CHECK(scene.rules_sent(Json::object()) == std::vector<unsigned>{103, 209});
  CHECK(scene.applied.empty());
  CHECK_FALSE(scene.changes.draft());
}

TEST_CASE("POST /v1/lint compares what is in force with the other node's") {
  Scene scene;
  const http::Response same = scene.post("/v1/lint", Json{{"peer", in_force}}.dump());
  CHECK(scene.rules(same) == std::vector<unsigned>{501, 103, 209});
  CHECK(same.body.find("secret") == std::string::npos);
}

TEST_CASE("POST /v1/lint looks at what is sent in place of what is in force") {
  Scene scene;
  const std::string calm =
      "[interface.eth0.carp.10]\naddresses = [\"203.0.113.10/24\"]\n"
      "password = \"very secret\"\nadvskew = 5\n";
  CHECK(scene.rules_sent({{"toml", calm}}) == std::vector<unsigned>{209});
  CHECK(scene.rules_sent({{"toml", calm}, {"peer", calm}}) == std::vector<unsigned>{501, 209});
  SECTION("a secret as it was read is the one in force") {
    std::string read = calm;
    read.replace(read.find("very secret"), 11, "(set)");
    CHECK(scene.rules_sent({{"toml", read}, {"peer", calm}}) == std::vector<unsigned>{501, 209});
  }
}

TEST_CASE("what is sent to /v1/lint and is not valid is refused with all that is wrong with it") {
  Scene scene;
  const Json wrong{{"toml", "[interface.eth0.carp.10]\npassword = \"secret\"\n"}, {"peer", "a ="}};
  const Json problem = scene.refused(wrong.dump(), 422);
  CHECK(problem["code"] == "configuration-invalid");
  REQUIRE(problem["errors"].size() == 2);
  CHECK(problem["errors"][0]["text"].get<std::string>().starts_with("toml:1:1: interface.eth0"));
  CHECK(problem["errors"][1]["text"].get<std::string>().starts_with("peer:1:"));
}

TEST_CASE("a body of /v1/lint that is something else is refused, and says what is accepted") {
  Scene scene;
  for (const auto* body : {"[]", "{", R"({"file": "a"})", R"({"peer": 7})", R"({"toml": null})"}) {
    CAPTURE(body);
    CHECK(scene.refused(body, 400)["code"] == "bad-body");
  }
  CHECK(scene.send("PUT", "/v1/lint", "{}").headers.at("Allow") == "GET, POST");
  CHECK(scene.get("/v1/lint/103").status == 404);
}

}  // namespace failover::tests
