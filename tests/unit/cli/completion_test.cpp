// completion: what a line may go on with, of the tables and of an agent.

#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

using failover::cli::test::run_in;
using failover::cli::test::RunDirectory;
using failover::cli::test::TestAgent;

namespace {

using Words = std::vector<std::string>;

// The words of the lines that are offered; nothing is ever said on standard error.
Words offered(const failover::cli::test::Outcome& outcome) {
  CHECK(outcome.exit == 0);
  CHECK(outcome.err.empty());
  Words words;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);)
    words.push_back(line.substr(0, line.find('\t')));
  return words;
}

Words asking(Words words) {
  words.insert(words.begin(), {"completion", "words", "--"});
  return words;
}

Words without_agent(const Words& words) {
  const RunDirectory empty;
  return offered(
      run_in(empty.path, asking(words), std::nullopt, failover::cli::Abbreviations::refused));
}

struct Agent : TestAgent {
  Agent() {
    answer("GET /v1/status/group", 200, R"({"groups":[{"name":"web"},{"name":"db"}]})");
    answer("GET /v1/status/ip", 200, R"({"ips":[{"address":"10.0.0.1"},{"address":"fd00::1"}]})");
    answer("GET /v1/revisions", 200, R"({"revisions":[{"revision":14},{"revision":13}]})");
    answer("GET /v1/schema", 200, R"({"type":"object","properties":{
"agent":{"type":"object","properties":{"log_level":{"type":"string","enum":["info","debug"]}}},
"interface":{"type":"object","patternProperties":{"^.*$":{"type":"object","properties":{
  "carp":{"type":"object","patternProperties":{"^.*$":{"type":"object","properties":{
    "advskew":{"type":"integer"},"preempt":{"type":"boolean"}}}}}}}}}}})");
    answer("GET /v1/config", 200, R"({"interface":{}})");
    answer("GET /v1/config/interface", 200, R"({"eth0":{},"eth1.5":{}})");
    answer("GET /v1/config/interface/eth0/carp/10", 200, R"({"advskew":1})");
    answer("GET /v1/openapi.json", 200, R"({"paths":{"/v1/status":{},"/v1/explain/{name}":{}}})");
  }
  Words after(const Words& words) { return offered(run(asking(words))); }
};

}  // namespace

TEST_CASE("verbs and options are completed without an agent") {
  CHECK(without_agent({"sw"}) == Words{"switchover"});
  CHECK(without_agent({"--json", "und"}) == Words{"undrain"});
  CHECK(without_agent({"--socket", "/nowhere", "und"}) == Words{"undrain"});
  CHECK(without_agent({"switchover", "--fo"}) == Words{"--force"});
  CHECK(without_agent({"drain", "--fo"}) == Words{"--for", "--force"});
  CHECK(without_agent({"drain", "--for", ""}).empty());
  CHECK(without_agent({"apply", "--gate", ""}) == Words{"healthy"});
  CHECK(without_agent({"help", "rev"}) == Words{"revisions"});
  CHECK(without_agent({"config", "s"}) == Words{"show", "save"});
  CHECK(without_agent({"completion", ""}) == Words{"bash", "zsh", "fish"});
  CHECK(without_agent({"api", "PA"}) == Words{"PATCH"});
  CHECK(without_agent({"nonsense", "sw"}) == Words{"switchover"});
  CHECK(without_agent({}).size() > 20);
}

TEST_CASE("files are left to the shell") {
  CHECK(without_agent({"plan", "x"}) == Words{"<files>"});
  CHECK(without_agent({"apply", "--confirm", "60s", ""}) == Words{"<files>"});
}

TEST_CASE("without an agent there are no names, no errors, and no waiting") {
  CHECK(without_agent({"switchover", ""}).empty());
  CHECK(without_agent({"set", "interface."}).empty());
}

TEST_CASE("names are those that the agent has, each in its place") {
  Agent agent;
  CHECK(agent.after({"switchover", ""}) == Words{"web", "db"});
  CHECK(agent.after({"sw", "w"}) == Words{"web"});
  CHECK(agent.after({"switchover", "web", ""}).empty());
  CHECK(agent.after({"status", "web", "d"}) == Words{"db"});
  CHECK(agent.after({"explain", ""}) == Words{"web", "db", "10.0.0.1", "fd00::1"});
  CHECK(agent.after({"hold", "web", ""}) == Words{"active", "backup"});
  CHECK(agent.after({"drain", "--for", "30m", ""}) == Words{"web", "db", "--all"});
  CHECK(agent.after({"rollback", ""}) == Words{"14", "13"});
  CHECK(agent.after({"show", "r"}) == Words{"revision", "router"});
  CHECK(agent.after({"show", "ip", "f"}) == Words{"fd00::1"});
  CHECK(agent.after({"api", "GET", "/"}) == Words{"/v1/status"});
}

TEST_CASE("paths of the configuration are what may stand there and what does") {
  Agent agent;
  CHECK(agent.after({"set", "i"}) == Words{"interface."});
  // A name with a dot in it would have to be quoted twice.
  CHECK(agent.after({"set", "interface."}) == Words{"interface.eth0."});
  CHECK(agent.after({"get", "interface.eth0."}) == Words{"interface.eth0.carp."});
  CHECK(agent.after({"unset", "interface.eth0.carp.10.a"}) ==
        Words{"interface.eth0.carp.10.advskew"});
  CHECK(agent.after({"set", "agent.log_level", ""}) == Words{"info", "debug"});
  CHECK(agent.after({"set", "interface.eth0.carp.10.preempt", ""}) == Words{"true", "false"});
  CHECK(agent.after({"set", "nothing.there."}).empty());
  CHECK(agent.after({"set", "interface.\"eth"}).empty());
}

TEST_CASE("an agent that does not answer is not waited for long") {
  TestAgent silent;
  const auto began = std::chrono::steady_clock::now();
  CHECK(offered(silent.run(asking({"switchover", ""}))).empty());
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
}

TEST_CASE("completion has a script for each of three shells, and no other") {
  TestAgent agent;
  for (const auto* const shell : {"bash", "zsh", "fish"}) {
    const auto script = agent.run({"completion", shell});
    CHECK(script.exit == 0);
    CHECK(script.out.find("completion words --") != std::string::npos);
  }
  CHECK(agent.run({"completion", "tcsh"}).exit == 2);
  CHECK(agent.run({"completion", "bash", "zsh"}).exit == 2);
}
