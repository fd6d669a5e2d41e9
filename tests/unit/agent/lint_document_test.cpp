// What lint has found, as programs and as people read it.

#include "agent/control/lint_document.hpp"

#include <nlohmann/json.hpp>

#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

const std::vector<lint::Finding> findings{
    {.rule = 103, .place = "a.b", .message = "it \"moves\"", .hint = "more"},
    {.rule = 209, .severity = lint::Severity::note, .place = "c", .message = "ok", .hint = "less"}};

}  // namespace

TEST_CASE("PRODUCT 5: a finding is a line with file, place, severity, rule, message and way out") {
  CHECK(control::lint_text(findings, "lb1.toml") ==
        "lb1.toml: a.b: warning 103: it \"moves\" (better: more)\n"
        "lb1.toml: c: note 209: ok (better: less)\n");
  CHECK(control::lint_text({}, "lb1.toml").empty());
}

TEST_CASE("a name that is none to be printed does not move the reader's cursor") {
  auto found = findings;
  found.resize(1);
  found.front() = {.rule = 103, .place = "a\x1b\n", .message = "", .hint = ""};
  CHECK(control::lint_text(found, "f") == "f: a??: warning 103:  (better: )\n");
}

TEST_CASE("the document of lint has each finding with the name of its rule") {
  const auto document = nlohmann::json::parse(control::lint_document(findings));
  CHECK(document["schema"] == "failover.lint.v1");
  REQUIRE(document["findings"].size() == 2);
  CHECK(document["findings"][0] == nlohmann::json{{"rule", 103},
                                                  {"name", "one-missed-advert"},
                                                  {"severity", "warning"},
                                                  {"place", "a.b"},
                                                  {"message", "it \"moves\""},
                                                  {"hint", "more"}});
  CHECK(document["findings"][1]["severity"] == "note");
}

}  // namespace failover::tests
