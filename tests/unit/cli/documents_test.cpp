#include "cli/documents.hpp"

#include "tests/unit/catch.hpp"

namespace failover::tests {

using namespace failover::cli;

TEST_CASE("what is no status document is refused in words") {
  const std::string json = GENERATE(std::string(""), std::string("{"), std::string("[]"),
                                    std::string("null"), std::string(R"({"node":"x"})"));
  CAPTURE(json);
  const auto status = parse_status(json);
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().text == "the answer is not a status document");
}

TEST_CASE("a status document of another schema is named") {
  const auto status = parse_status(R"({"schema":"failover.status.v9"})");
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().text.find("failover.status.v9") != std::string::npos);
}

TEST_CASE("fields that are absent, null or of another type read as empty") {
  const auto status = parse_status(
      R"({"schema":"failover.status.v1","node":3,"groups":[null,{"name":"g","routers":7},
          {"routers":[{"rank":null,"peers":[{}],"addresses":[5]}]}],"problems":null})");
  REQUIRE(status.has_value());
  CHECK(status->node.empty());
  CHECK(status->groups.size() == 3);
  CHECK(status->groups[2].routers[0].addresses[0] == "5");
}

TEST_CASE("an operation document has a number and a state") {
  const auto operation = parse_operation(
      R"({"id":7,"kind":"switchover","target":"web","state":"failed","code":"taken-back",
          "exit":5,"detail":"nobody claimed","undo":null})");
  REQUIRE(operation.has_value());
  CHECK(operation->id == 7);
  CHECK(operation->exit == 5);
  CHECK(operation->undo.empty());
  CHECK_FALSE(parse_operation("{}").has_value());
  CHECK_FALSE(parse_operation("not json").has_value());
}

TEST_CASE("operations come as a list, bare or named") {
  CHECK(parse_operations("[]")->empty());
  CHECK(parse_operations(R"([{"id":1,"state":"done"}])")->size() == 1);
  CHECK(parse_operations(R"({"operations":[{"id":1,"state":"done"}]})")->size() == 1);
  CHECK_FALSE(parse_operations("{}").has_value());
  CHECK_FALSE(parse_operations("[1]").has_value());
}

TEST_CASE("a document is indented with its fields in their order") {
  CHECK(pretty(R"({"b":1,"a":[]})") == "{\n  \"b\": 1,\n  \"a\": []\n}\n");
  CHECK(pretty("plain") == "plain");
}

TEST_CASE("a wish says what is set, escaped, and nothing when nothing is") {
  CHECK(wish_body({.reason = "say \"hi\""}) == R"({"reason":"say \"hi\""})");
  CHECK(wish_body({.role = "backup", .lasting = std::chrono::minutes(2), .force = true}) ==
        R"({"role":"backup","for_s":120,"force":true})");
  CHECK(wish_body({}).empty());
}

}  // namespace failover::tests
