// Overrides: what is in force, for how long, and what survives.

#include "agent/control/overrides.hpp"

#include <sys/stat.h>

#include <fstream>

#include "tests/unit/agent/values.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/config/temporary_directory.hpp"

namespace failover::tests {
namespace {

using control::Override;
using control::OverrideKind;
using control::Overrides;

Override drain(std::string group, Duration lasts = 600s) {
  return {.kind = OverrideKind::drain,
          .group = std::move(group),
          .owner = "root",
          .reason = "kernel \"update\"",
          .since = noon,
          .until = noon + lasts};
}
Override hold(std::string group, group::Hold role) {
  Override override = drain(std::move(group));
  override.kind = OverrideKind::hold;
  override.hold = role;
  return override;
}
Override freeze() {
  Override override = drain("");
  override.kind = OverrideKind::freeze;
  return override;
}

struct Fixture {
  config::test::TemporaryDirectory directory;
  std::filesystem::path state = directory / "state";
  std::vector<std::string> warnings;

  Overrides open(RealTime now = noon) {
    return {state, [this](const std::string& text) { warnings.push_back(text); }, now};
  }
  std::string content() const {
    std::ifstream file(state / "overrides.json");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(std::string_view text) const {
    std::filesystem::create_directories(state);
    std::ofstream(state / "overrides.json") << text;
  }
};

}  // namespace

TEST_CASE("PRODUCT 5: what is in force for a group is all of its overrides together") {
  Fixture fixture;
  auto overrides = fixture.open();
  overrides.begin({drain("web"), hold("db", group::Hold::active)});
  CHECK(overrides.in_force("web") == group::Overrides{.drained = true});
  CHECK(overrides.in_force("db") == group::Overrides{.hold = group::Hold::active});
  CHECK(overrides.in_force("mail") == group::Overrides{});
  overrides.begin({freeze()});
  CHECK(overrides.in_force("web") == group::Overrides{.drained = true, .frozen = true});
  CHECK(overrides.in_force("mail") == group::Overrides{.frozen = true});
  CHECK(overrides.of("web") == std::vector{drain("web"), freeze()});
  overrides.end(OverrideKind::drain, {"web"});
  CHECK(overrides.in_force("web") == group::Overrides{.frozen = true});
}

TEST_CASE("one of a kind replaces the other, and comes back when the hand-over is taken back") {
  Fixture fixture;
  auto overrides = fixture.open();
  overrides.begin({hold("web", group::Hold::active)});
  overrides.settle(OverrideKind::hold, "web");
  overrides.begin({hold("web", group::Hold::backup)});
  CHECK(overrides.in_force("web").hold == group::Hold::backup);
  SECTION("taken back") {
    overrides.take_back(OverrideKind::hold, "web");
    CHECK(overrides.all() == std::vector{hold("web", group::Hold::active)});
  }
  SECTION("settled, it is too late for that") {
    overrides.settle(OverrideKind::hold, "web");
    overrides.take_back(OverrideKind::hold, "web");
    CHECK(overrides.all() == std::vector{hold("web", group::Hold::backup)});
  }
}

TEST_CASE("an override that replaced nothing is gone when it is taken back") {
  Fixture fixture;
  auto overrides = fixture.open();
  overrides.begin({drain("web")});
  overrides.take_back(OverrideKind::drain, "web");
  CHECK(overrides.all().empty());
  CHECK(fixture.open().all().empty());
}

TEST_CASE("PRODUCT 5: every override ends by itself") {
  Fixture fixture;
  auto overrides = fixture.open();
  CHECK_FALSE(overrides.next_end());
  overrides.begin({drain("web", 60s), drain("db", 30s)});
  CHECK(overrides.next_end() == noon + 30s);
  CHECK(overrides.ended_by(noon + 29s).empty());
  CHECK(overrides.ended_by(noon + 30s) == std::vector{drain("db", 30s)});
  CHECK(overrides.ended_by(noon + 30s).empty());
  CHECK(overrides.in_force("web").drained);
}

TEST_CASE("PRODUCT 3: overrides survive a restart, but for those that have ended by then") {
  Fixture fixture;
  {
    auto overrides = fixture.open();
    overrides.begin({drain("web", 60s), hold("db", group::Hold::backup), freeze()});
  }
  const auto after = fixture.open(noon + 60s);
  CHECK(after.all() == std::vector{hold("db", group::Hold::backup), freeze()});
  CHECK(fixture.warnings.empty());
  struct stat found {};
  REQUIRE(stat((fixture.state / "overrides.json").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  REQUIRE(stat(fixture.state.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0700);
}

TEST_CASE("a file that is not understood is set aside with a warning, and stops nothing") {
  for (const char* text : {"", "{", "[]", R"({"version":2,"overrides":[]})", R"({"version":1})",
                           R"({"version":1,"overrides":[{"kind":"drain"}]})",
                           R"({"version":1,"overrides":[{"kind":"dance","group":"a","role":"none",)"
                           R"("owner":"o","reason":"","since_ns":0,"until_ns":1}]})",
                           R"({"version":1,"overrides":[{"kind":"hold","group":"a","role":"none",)"
                           R"("owner":"o","reason":"","since_ns":0,"until_ns":1}]})"}) {
    INFO(text);
    Fixture fixture;
    fixture.write(text);
    auto overrides = fixture.open();
    CHECK(overrides.all().empty());
    REQUIRE(fixture.warnings.size() == 1);
    CHECK(std::filesystem::exists(fixture.state / "overrides.json.faulty"));
    overrides.begin({drain("web")});
    CHECK(fixture.open().all().size() == 1);
    CHECK(fixture.warnings.size() == 1);
  }
}

TEST_CASE("where nothing can be kept overrides live in memory, and a warning says so") {
  Fixture fixture;
  std::ofstream(fixture.state.string()) << "no directory";
  auto overrides = fixture.open();
  REQUIRE(fixture.warnings.size() == 1);
  CHECK(fixture.warnings[0].find("will not survive") != std::string::npos);
  overrides.begin({drain("web")});
  CHECK(overrides.in_force("web").drained);
  CHECK(fixture.warnings.size() == 1);
}

TEST_CASE("a disk that refuses is told of, and what was asked for is in force all the same") {
  Fixture fixture;
  auto overrides = fixture.open();
  std::filesystem::create_directory(fixture.state / "overrides.json.new");
  overrides.begin({drain("web")});
  REQUIRE(fixture.warnings.size() == 1);
  CHECK(fixture.warnings[0].find("overrides.json.new") != std::string::npos);
  CHECK(overrides.in_force("web").drained);
}

TEST_CASE("PRODUCT 5: every override has the command that undoes it") {
  CHECK(control::undo_of(drain("web")) == "failoverctl undrain web");
  CHECK(control::undo_of(hold("web", group::Hold::active)) == "failoverctl release web");
  CHECK(control::undo_of(freeze()) == "failoverctl thaw");
}

}  // namespace failover::tests
