#include "cli/record.hpp"

#include "tests/unit/catch.hpp"

namespace failover::tests {

using namespace failover::cli;

namespace {

Record record(std::string_view json) {
  const auto read = parse_record(json);
  REQUIRE(read.has_value());
  return *read;
}

}  // namespace

TEST_CASE("a scalar is its text, and null none") {
  const auto read = record(R"({"a":"x","b":3,"c":true,"d":null,"e":1.5})");
  CHECK(text_at(read, "a") == "x");
  CHECK(text_at(read, "b") == "3");
  CHECK(text_at(read, "c") == "true");
  CHECK(text_at(read, "d").empty());
  CHECK(text_at(read, "e") == "1.5");
  CHECK(text_at(read, "f").empty());
}

TEST_CASE("a path goes through objects, and through all elements of a list") {
  const auto read = record(R"({"rank":{"text":"1 s"},"list":[{"k":"a"},{"k":"b"},{}],"l":[1,2]})");
  CHECK(text_at(read, "rank.text") == "1 s");
  CHECK(text_at(read, "list.k") == "a, b");
  CHECK(text_at(read, "l") == "1, 2");
  CHECK(text_at(read, "rank").empty());
  CHECK(text_at(read, "rank.text.more").empty());
}

TEST_CASE("the objects of a document are a bare list's, a field's, or itself") {
  CHECK(records_in(record(R"([{"a":1},{"a":2}])"), "things").size() == 2);
  CHECK(records_in(record(R"({"things":[{"a":1}]})"), "things").size() == 1);
  CHECK(records_in(record(R"({"things":[]})"), "things").empty());
  CHECK(records_in(record("[]"), "things").empty());
  const auto one = records_in(record(R"({"a":1})"), "things");
  REQUIRE(one.size() == 1);
  CHECK(text_at(one.front(), "a") == "1");
}

TEST_CASE("what is no JSON, or nested too deeply, is no record") {
  CHECK_FALSE(parse_record("{").has_value());
  CHECK_FALSE(parse_record(std::string(100, '[') + std::string(100, ']')).has_value());
}

}  // namespace failover::tests
