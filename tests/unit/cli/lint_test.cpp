// lint: what is asked, how it is shown, and how it ends.

#include "cli/lint.hpp"

#include <fstream>

#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

using failover::cli::failoverd_beside;
using failover::cli::test::RunDirectory;
using failover::cli::test::TestAgent;

namespace {

std::string findings(const std::string& severity) {
  return R"({"schema":"failover.lint.v1","findings":[{"hint":"dead_ratio = 3","message":"is one",)"
         R"("name":"one-missed-advert","place":"a.b","rule":103,"severity":")" +
         severity + R"("}]})";
}

std::string write(const RunDirectory& directory, const char* name, const std::string& text) {
  std::ofstream(directory / name) << text;
  return directory / name;
}

void write_program(const std::filesystem::path& path) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << "#!/bin/sh\n";
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

}  // namespace

TEST_CASE("PRODUCT 5: lint shows what is found as a table, and exits with 3 for a warning") {
  TestAgent agent;
  agent.answer("GET /v1/lint", 200, findings("warning"));
  const auto outcome = agent.run({"lint"});
  CHECK(outcome.exit == 3);
  CHECK(outcome.out ==
        "SEVERITY  RULE  PLACE  FINDING  BETTER\n"
        "warning   103   a.b    is one   dead_ratio = 3\n");
  CHECK(agent.run({"lint", "--no-legend"}).out == "warning  103  a.b  is one  dead_ratio = 3\n");
}

TEST_CASE("PRODUCT 5: lint exits with 0 when there are notes only, or nothing") {
  TestAgent agent;
  agent.answer("GET /v1/lint", 200, findings("note"));
  agent.answer("GET /v1/lint", 200, R"({"schema":"failover.lint.v1","findings":[]})");
  CHECK(agent.run({"lint"}).exit == 0);
  const auto outcome = agent.run({"lint"});
  CHECK(outcome.exit == 0);
  CHECK(outcome.out == "nothing found\n");
}

TEST_CASE("lint --json prints the agent's document, and exits likewise") {
  TestAgent agent;
  agent.answer("GET /v1/lint", 200, findings("warning"));
  const auto outcome = agent.run({"lint", "--json"});
  CHECK(outcome.exit == 3);
  CHECK(outcome.out.starts_with("{\n  \"schema\": \"failover.lint.v1\""));
}

TEST_CASE("lint sends the files that are named, and no others") {
  TestAgent agent;
  agent.answer("POST /v1/lint", 200, findings("note"));
  const std::string ours = write(agent.directory, "a.toml", "a = 1\n");
  const std::string theirs = write(agent.directory, "b.toml", "b = 2\n");
  CHECK(agent.run({"lint", ours}).exit == 0);
  CHECK(agent.told().back().body == R"({"toml":"a = 1\n"})");
  CHECK(agent.run({"lint", "--peer", theirs}).exit == 0);
  CHECK(agent.told().back().body == R"({"peer":"b = 2\n"})");
  CHECK(agent.run({"lint", ours, "--peer", theirs}).exit == 0);
  CHECK(agent.told().back().body == R"({"toml":"a = 1\n","peer":"b = 2\n"})");
  CHECK(agent.run({"lint", agent.directory / "none.toml"}).exit == 4);
}

TEST_CASE("lint tells what is wrong with a file by the name that it has here, and exits with 8") {
  TestAgent agent;
  agent.answer("POST /v1/lint", 422,
               R"({"title":"Not valid","errors":[{"text":"toml:1:2: x"},{"text":"peer:3:4: y"}]})");
  const std::string ours = write(agent.directory, "a.toml", "");
  const std::string theirs = write(agent.directory, "b.toml", "");
  const auto outcome = agent.run({"lint", ours, "--peer", theirs});
  CHECK(outcome.exit == 8);
  CHECK(outcome.err == "failoverctl: " + ours + ":1:2: x\nfailoverctl: " + theirs + ":3:4: y\n");
}

TEST_CASE("lint without an agent exits with 6, and its options are no other verb's") {
  const RunDirectory directory;
  CHECK(failover::cli::test::run_in(directory.path, {"lint"}).exit == 6);
  CHECK(failover::cli::test::run_in(directory.path, {"status", "--off-box"}).exit == 2);
  CHECK(failover::cli::test::run_in(directory.path, {"plan", "--peer", "a"}).exit == 2);
}

TEST_CASE("failoverd is looked for where it is installed, and where it is built") {
  const RunDirectory directory;
  const auto root = directory.path;
  CHECK_FALSE(failoverd_beside(root / "bin/failoverctl"));
  for (const auto* const place : {"agent/failoverd", "sbin/failoverd", "bin/failoverd"}) {
    write_program(root / place);
    CHECK(failoverd_beside(root / "bin/failoverctl") == root / place);
  }
}
