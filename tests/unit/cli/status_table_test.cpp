#include "cli/status_table.hpp"

#include "tests/unit/catch.hpp"
#include "tests/unit/cli/test_agent.hpp"

namespace failover::tests {

using namespace failover::cli;
using failover::cli::test::example_status;

namespace {

// A document with one group, which has one router; both may be given further fields.
std::string one_group(const std::string& group, const std::string& router) {
  return R"({"schema":"failover.status.v1","node":"n","version":"v","uptime_s":0,
"generated_at":"2026-11-20T09:00:00Z","groups":[{"name":"g","since":"2026-11-20T08:59:48Z")" +
         group + R"(,"routers":[{"name":"eth0.carp.1","interface":"eth0")" + router + "}]}]}";
}

std::string row(const std::string& group, const std::string& router) {
  const auto status = parse_status(one_group(group, router));
  REQUIRE(status.has_value());
  return status_text(*status, Legend::left_out, Colour::off);
}

}  // namespace

TEST_CASE("the status screen looks as documented") {
  const auto status = parse_status(example_status());
  REQUIRE(status.has_value());
  CHECK(status_text(*status, Legend::shown, Colour::off) ==
        "NODE lb1   failoverd 0.1.0   up 3d 2h   revision 14 (confirmed)   healthy\n"
        "GROUP  STATUS           SINCE    RANK           PEERS                 ADDRESSES          "
        "OVERRIDES\n"
        "web    Up (active)      3d 2h    1.000 s        10.0.0.2 silent 3d    203.0.113.10 +1    "
        "-\n"
        "db     Ready (standby)  41m      1.391 s +50    10.0.0.2 active       10.0.0.90          "
        "drain, 18m left (ann: kernel)\n"
        "mail   Down             2m       -              none heard            10.0.0.25          "
        "-   link eth1 down\n");
}

TEST_CASE("without the legend there are rows only") {
  const auto status = parse_status(example_status());
  const auto text = status_text(*status, Legend::left_out, Colour::off);
  CHECK(text.starts_with("web   Up (active)"));
}

TEST_CASE("columns are as wide as their contents") {
  const auto text = row(R"_(,"status":"Up (active)")_", R"_(,"addresses":["2001:db8::1/64"])_");
  CHECK(text == "g  Up (active)  12s    -    none heard    2001:db8::1    -\n");
}

TEST_CASE("a node without a revision and without a verdict shows neither") {
  const auto status = parse_status(one_group("", ""));
  CHECK(status_text(*status, Legend::shown, Colour::off)
            .starts_with("NODE n   failoverd v   up 0s\n"));
}

TEST_CASE("a node that is not healthy says so") {
  auto status = parse_status(one_group("", ""));
  status->healthy = false;
  CHECK(status_text(*status, Legend::shown, Colour::off).find("   not healthy\n") !=
        std::string::npos);
}

TEST_CASE("a group that is down says what it waits for") {
  const auto [waiting, words] =
      GENERATE(table<std::string, std::string>({{"interface", "interface eth0 missing"},
                                                {"link", "link eth0 down"},
                                                {"carrier", "no carrier on eth0"},
                                                {"address", "no address on eth0"},
                                                {"capture", "no capture on eth0"},
                                                {"godot", "waiting for godot on eth0"}}));
  const auto text = row(R"(,"status":"Down")", R"(,"waiting_for":")" + waiting + "\"");
  CHECK(text.ends_with("-   " + words + "\n"));
}

TEST_CASE("a group that is up waits for nothing in its row") {
  const auto text = row(R"_(,"status":"Up (active)")_", R"_(,"waiting_for":"link")_");
  CHECK(text.find("link") == std::string::npos);
}

TEST_CASE("a group that is down says what has failed, each thing once") {
  const std::string tracks = R"("tracks":[{"name":"up","type":"link","state":"up","what":"eth3"},
    {"name":"uplink","type":"link","state":"down","what":"eth2"},
    {"name":"port","type":"link","state":"down","what":"eth0"},
    {"name":"mine","type":"command","state":"down"}])";
  const auto text = row(R"(,"status":"Down",)" + tracks, R"(,"waiting_for":"link")");
  CHECK(text.ends_with("-   link eth0 down, link eth2 down, command mine down\n"));
  CHECK(row(R"_(,"status":"Ready (standby)",)_" + tracks, "").find("eth2") == std::string::npos);
}

TEST_CASE("held and frozen groups show their overrides, with the role that is held") {
  const auto text = row(R"(,"status":"Held","overrides":[
    {"kind":"hold","role":"backup","until":"2026-11-20T09:30:00Z","owner":"ann"},
    {"kind":"freeze","until":"2026-11-20T10:05:00Z"}])",
                        "");
  CHECK(text.starts_with("g  Held  "));
  CHECK(text.ends_with("hold backup, 30m left (ann); freeze, 1h 5m left\n"));
}

TEST_CASE("of several peers the one that matters most is shown and the others counted") {
  const auto text = row("", R"(,"peers":[{"address":"a","state":"silent","last_heard_ms":5000},
    {"address":"b","state":"leaving","last_heard_ms":9},
    {"address":"c","state":"active","last_heard_ms":90}])");
  CHECK(text.find("c active +2") != std::string::npos);
}

TEST_CASE("a leaving peer and a silent one are told apart") {
  CHECK(row("", R"(,"peers":[{"address":"b","state":"leaving","last_heard_ms":9}])")
            .find("b leaving ") != std::string::npos);
  CHECK(row("", R"(,"peers":[{"address":"b","state":"silent","last_heard_ms":61000}])")
            .find("b silent 1m") != std::string::npos);
}

TEST_CASE("a yielded group shows it with its reason") {
  CHECK(row(R"(,"overrides":[{"kind":"yielded","since":"2026-11-20T08:59:48Z"}])", "")
            .ends_with("yielded\n"));
  CHECK(row(R"(,"overrides":[{"kind":"yielded","reason":"kernel"}])", "")
            .ends_with("yielded (kernel)\n"));
}

TEST_CASE("problems follow the table, each with whose it is") {
  auto status = parse_status(
      one_group("", R"(,"problems":["10.0.0.2 is active too","its password differs"])"));
  REQUIRE(status.has_value());
  status->problems = {"no group failover"};
  CHECK(status_text(*status, Legend::shown, Colour::off)
            .ends_with("\n! n: no group failover\n! eth0.carp.1: 10.0.0.2 is active too\n"
                       "! eth0.carp.1: its password differs\n"));
}

TEST_CASE("an agent without groups says so") {
  const auto status = parse_status(R"({"schema":"failover.status.v1","node":"n","groups":[]})");
  CHECK(status_text(*status, Legend::shown, Colour::off).find("no failover groups") !=
        std::string::npos);
}

TEST_CASE("colours are there only when they are on") {
  const auto status = parse_status(example_status());
  CHECK(status_text(*status, Legend::shown, Colour::on).find("\033[31mDown\033[0m") !=
        std::string::npos);
  CHECK(status_text(*status, Legend::shown, Colour::off).find('\033') == std::string::npos);
}

TEST_CASE("a name or a reason cannot steer the terminal") {
  const auto text = row(R"(,"overrides":[{"kind":"yielded","reason":"\u001b[2J\u009b2J\r"}])", "");
  CHECK(text.ends_with("yielded (?[2J?2J?)\n"));
}

}  // namespace failover::tests
