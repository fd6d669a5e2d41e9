#include "agent/checks/checks.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "protocol/limits.hpp"
#include "tests/unit/checks/asking.hpp"
#include "tests/unit/checks/forking_execute.hpp"
#include "tests/unit/config/temporary_directory.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::checks;
using config::test::TemporaryDirectory;
using test::run_until;

namespace {

using group::track_number;

struct Reported {
  std::string group;
  group::TrackNumber track = 0;
  group::Health health{};
  friend bool operator==(const Reported&, const Reported&) = default;
};

struct Agent {
  boost::asio::io_context context;
  test::ForkingExecute execute{context};
  std::vector<Reported> reports;
  Checks checks{context, execute,
                [this](std::string_view group, group::TrackNumber track, group::Health health) {
                  reports.push_back({std::string(group), track, health});
                }};
  [[nodiscard]] bool until_reported(const Reported& wanted) {
    return run_until(context, [&] { return std::ranges::find(reports, wanted) != reports.end(); });
  }
};

config::TrackSettings track(std::string name, config::Tracked what) {
  return {.name = std::move(name), .what = std::move(what), .interval = 50ms, .timeout = 50ms};
}
config::TrackSettings file_track(std::string name, const std::filesystem::path& path) {
  auto settings = track(std::move(name), config::FileTrack{.path = path});
  settings.interval = settings.timeout = 1s;
  return settings;
}
config::GroupSettings group_of(std::string name, std::vector<config::TrackSettings> tracks) {
  return {.name = std::move(name), .tracks = std::move(tracks)};
}

}  // namespace

TEST_CASE("findings are reported with the group and the track's number") {
  const TemporaryDirectory directory;
  const auto there = directory.write("there", "");
  Agent agent;
  agent.checks.apply({group_of("db", {file_track("a", there)}),
                      group_of("web", {track("link", config::LinkTrack{.interface = "eth0"}),
                                       file_track("ready", directory / "missing")})});
  CHECK(agent.until_reported({"db", track_number("a"), group::Health::good}));
  CHECK(agent.until_reported({"web", track_number("ready"), group::Health::bad}));
  for (const Reported& report : agent.reports)
    CHECK((report == Reported{"db", track_number("a"), group::Health::good} ||
           report == Reported{"web", track_number("ready"), group::Health::bad}));
}

TEST_CASE("the last try is there to be shown, after it and not before") {
  const TemporaryDirectory directory;
  Agent agent;
  agent.checks.apply({group_of("web", {file_track("ready", directory / "missing")})});
  CHECK_FALSE(agent.checks.last("web", "ready").has_value());
  REQUIRE(agent.until_reported({"web", track_number("ready"), group::Health::bad}));
  const auto last = agent.checks.last("web", "ready");
  REQUIRE(last.has_value());
  CHECK(last->finding == test::bad("no such file or directory"));
  CHECK(last->tries == agent.reports.size());
  CHECK(last->timeouts == 0);
  CHECK(last->took > 0s);
  CHECK(std::chrono::system_clock::now() - last->at < 60s);
  CHECK_FALSE(agent.checks.last("web", "other").has_value());
  CHECK_FALSE(agent.checks.last("db", "ready").has_value());
}

TEST_CASE("timeouts are counted") {
  Agent agent;
  const config::CommandTrack sleeps{.command = {"/bin/sleep", "1000"}};
  agent.checks.apply({group_of("web", {track("slow", sleeps)})});
  REQUIRE(run_until(agent.context, [&] { return agent.reports.size() >= 2; }));
  CHECK(agent.checks.last("web", "slow")->timeouts == agent.reports.size());
}

TEST_CASE("a check that has not changed goes on, wherever its track stands now") {
  const TemporaryDirectory directory;
  auto ready = file_track("ready", directory.write("ready", ""));
  Agent agent;
  agent.checks.apply({group_of("web", {ready})});
  REQUIRE(agent.until_reported({"web", track_number("ready"), group::Health::good}));
  // Others count differently, and come before it.
  ready.fall = 7;
  ready.demote = 10;
  agent.checks.apply({group_of("web", {file_track("first", directory / "missing"), ready})});
  REQUIRE(agent.checks.last("web", "ready").has_value());
  const auto tries = agent.checks.last("web", "ready")->tries;
  agent.reports.clear();
  CHECK(agent.until_reported({"web", track_number("ready"), group::Health::good}));
  CHECK(agent.checks.last("web", "ready")->tries > tries);
}

TEST_CASE("a check that asks something else begins anew, and one that is gone is silent") {
  const TemporaryDirectory directory;
  Agent agent;
  agent.checks.apply({group_of("web", {file_track("ready", directory.write("ready", "")),
                                       file_track("spare", directory / "missing")})});
  REQUIRE(agent.until_reported({"web", track_number("ready"), group::Health::good}));
  REQUIRE(agent.until_reported({"web", track_number("spare"), group::Health::bad}));
  agent.checks.apply({group_of("web", {file_track("ready", directory / "missing")})});
  agent.reports.clear();
  CHECK_FALSE(agent.checks.last("web", "ready").has_value());
  CHECK_FALSE(agent.checks.last("web", "spare").has_value());
  REQUIRE(agent.until_reported({"web", track_number("ready"), group::Health::bad}));
  CHECK(agent.reports == std::vector<Reported>{{"web", track_number("ready"), group::Health::bad}});
}

TEST_CASE("what could not be found out is counted, and not reported") {
  class NoRunner final : public Execute {
   public:
    explicit NoRunner(boost::asio::io_context& context) : context_(context) {}
    Ticket run(Command, Ended ended) override {
      boost::asio::post(context_, [ended] { ended({}); });
      return 1;
    }
    void cancel(Ticket) override {}

   private:
    boost::asio::io_context& context_;
  };
  boost::asio::io_context context;
  NoRunner runner(context);
  int reports = 0;
  Checks checks(context, runner, [&](auto, auto, auto) { ++reports; });
  checks.apply({group_of("web", {track("c", config::CommandTrack{.command = {"/bin/true"}})})});
  REQUIRE(run_until(context, [&] {
    const auto last = checks.last("web", "c");
    return last && last->not_judged >= 2;
  }));
  CHECK(reports == 0);
  CHECK(checks.last("web", "c")->finding.detail == "not judged: the runner is not there");
}

TEST_CASE("checks do not begin all in one moment") {
  Agent agent;
  std::vector<config::TrackSettings> tracks;
  for (int i = 0; i < 20; ++i) {
    auto settings = track("t" + std::to_string(i), config::CommandTrack{.command = {"/bin/true"}});
    settings.interval = settings.timeout = 100s;
    tracks.push_back(std::move(settings));
  }
  const auto begun = std::chrono::steady_clock::now();
  agent.checks.apply({group_of("web", tracks)});
  CHECK(agent.execute.commands.empty());
  REQUIRE(run_until(agent.context, [&] { return agent.execute.commands.size() == 20; }));
  CHECK(std::chrono::steady_clock::now() - begun >= 19 * limits::check_start_spacing);
}

}  // namespace failover::tests
