// failoverd's command line.

#include "agent/options.hpp"

#include <vector>

#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Action = Options::Action;

Result<Options, std::string> parsed(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "failoverd");
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}
Options right(std::vector<const char*> arguments) {
  const auto options = parsed(std::move(arguments));
  INFO((options ? std::string() : options.error()));
  REQUIRE(options);
  return *options;
}

}  // namespace

TEST_CASE("PRODUCT 3: without options the agent runs with the documented paths") {
  const Options options = right({});
  CHECK(options.action == Action::run);
  CHECK(options.config == "/etc/failover/failover.toml");
  CHECK(options.run_directory == "/run/failover");
  CHECK(options.state_directory == "/var/lib/failover");
  CHECK_FALSE(options.record);
}

TEST_CASE("PRODUCT 3: each path can be given") {
  const Options options =
      right({"--config", "/a.toml", "--run-dir=/r", "--state-dir", "/s", "--record", "/rec"});
  CHECK(options.action == Action::run);
  CHECK(options.config == "/a.toml");
  CHECK(options.run_directory == "/r");
  CHECK(options.state_directory == "/s");
  CHECK(options.record == "/rec");
  CHECK(right({"-c", "b.toml"}).config == "b.toml");
}

TEST_CASE("PRODUCT 3: --check takes a file, or that of --config, or the default") {
  CHECK(right({"--check"}).action == Action::check);
  CHECK(right({"--check"}).config == "/etc/failover/failover.toml");
  CHECK(right({"--check", "x.toml"}).action == Action::check);
  CHECK(right({"--check", "x.toml"}).config == "x.toml");
  CHECK(right({"--check=x.toml"}).config == "x.toml");
  CHECK(right({"--check", "--config", "y.toml"}).config == "y.toml");
  CHECK(right({"--config", "y.toml", "--check"}).config == "y.toml");
  CHECK(right({"--config", "y.toml", "--check", "x.toml"}).config == "x.toml");
}

TEST_CASE("PRODUCT 5: --lint takes a file as --check does, and the other node's") {
  CHECK(right({"--lint"}).action == Action::lint);
  CHECK(right({"--lint"}).config == "/etc/failover/failover.toml");
  CHECK(right({"--lint", "x.toml"}).config == "x.toml");
  CHECK(right({"--lint=x.toml"}).config == "x.toml");
  CHECK_FALSE(right({"--lint", "x.toml"}).peer);
  const Options options = right({"--lint", "x.toml", "--peer", "y.toml", "--json"});
  CHECK(options.config == "x.toml");
  CHECK(options.peer == "y.toml");
  CHECK(options.json);
}

TEST_CASE("the other actions are asked for by their names") {
  CHECK(right({"--cleanup"}).action == Action::cleanup);
  CHECK(right({"--help"}).action == Action::help);
  CHECK(right({"-h"}).action == Action::help);
  CHECK(right({"--version"}).action == Action::version);
  CHECK(right({"-V"}).action == Action::version);
  CHECK(right({"--replay", "/rec"}).action == Action::replay);
  CHECK(right({"--replay", "/rec"}).replay == "/rec");
}

TEST_CASE("help comes before whatever else is asked for") {
  CHECK(right({"--cleanup", "--help"}).action == Action::help);
}

TEST_CASE("what is no option, or lacks its value, is an error that names it") {
  const auto error = [](std::vector<const char*> arguments) {
    const auto options = parsed(std::move(arguments));
    CHECK_FALSE(options);
    return options ? std::string() : options.error();
  };
  CHECK(error({"--nonsense"}).find("nonsense") != std::string::npos);
  CHECK(error({"--config"}).find("config") != std::string::npos);
  CHECK(error({"--record"}).find("record") != std::string::npos);
  CHECK(error({"--replay"}).find("replay") != std::string::npos);
  CHECK(error({"x.toml"}) == "unexpected argument: x.toml");
  CHECK(error({"--cleanup", "eth0"}) == "unexpected argument: eth0");
  CHECK_FALSE(error({"--check", "a.toml", "b.toml"}).empty());
  CHECK_FALSE(error({"--lint", "a.toml", "b.toml"}).empty());
  CHECK(error({"--check", "--peer", "a.toml"}) == "--peer belongs to --lint");
  CHECK(error({"--json"}) == "--json belongs to --lint");
  CHECK_FALSE(error({"--config", "a", "--config", "b"}).empty());
  CHECK_FALSE(error({"--config="}).empty());
}

TEST_CASE("what one program of ours hands to the next arrives, and nothing else is taken") {
  const Inherited given{.lock = 3,
                        .control = 4,
                        .status = 5,
                        .has_group = true,
                        .agent = 17,
                        .runner_socket = 6,
                        .runner = 18};
  CHECK(given.text() == "3,4,5,1,17,6,18");
  const auto taken = Inherited::from(given.text());
  REQUIRE(taken);
  CHECK(taken->text() == given.text());
  Inherited more = given;
  more.memberships_in = 7;
  more.memberships_out = 8;
  CHECK(more.text() == "3,4,5,1,17,6,18,7,8");
  CHECK(Inherited::from(more.text())->memberships_out == 8);
  for (const char* text : {"", "3", "3,4,5,1,17", "3,4,5,1,17,-1,18", "3,4,5,1,17,6,18,1",
                           "3,4,5,1,17,6,18,7,8,9", "a"})
    CHECK_FALSE(Inherited::from(text));
}

TEST_CASE("only a program of ours starts the runner") {
  CHECK_FALSE(parsed({"--runner"}));
  CHECK(right({"--runner", "--inherited", "3,4,5,1,17,6,18"}).action == Action::runner);
}

TEST_CASE("the usage names every option") {
  const std::string text = usage();
  for (const char* option :
       {"--config", "--run-dir", "--state-dir", "--check", "--lint", "--peer", "--json",
        "--cleanup", "--record", "--replay", "--help", "--version"}) {
    INFO(option);
    CHECK(text.find(option) != std::string::npos);
  }
  CHECK(text.find("--file") == std::string::npos);
}

}  // namespace failover::tests
