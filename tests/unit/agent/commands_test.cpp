// Commands: what a person asks for, what the engine is told of it, and what becomes of it.

#include "agent/control/commands.hpp"

#include <nlohmann/json.hpp>

#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;
using router::Outcome;

constexpr auto* web = "/v1/exec/group/web/";
constexpr auto* agent = "/v1/exec/agent/";

struct Fixture : ControlScene {
  Fixture() {
    auto first = carp_settings("eth0", vhid_10, "192.0.2.1/24");
    auto second = carp_settings("eth0", vhid_11, "192.0.2.2/24");
    first.group = "web";
    second.group = "db";
    directory.apply({.routers = {first, second}, .groups = {{.name = "web"}, {.name = "db"}}});
    (void)asked_of_kernel(mailboxes);
  }
  GroupId id(std::string_view group) const { return directory.find_group(group)->id; }
  std::string of(std::string_view group, std::string_view what, std::string_view rest) const {
    return std::string(what) + " " + std::to_string(id(group)) + " " + std::string(rest);
  }
  Json asked(const std::string& path, const std::string& body) {
    const auto response = post(path, body);
    CHECK(response.status == 202);
    return Json::parse(response.body);
  }
  group::Overrides in_force(const std::string& group) const { return overrides.in_force(group); }
};

}  // namespace

TEST_CASE("PRODUCT 5: a drain is in force at once, has an owner, a reason and an end") {
  Fixture fixture;
  const Json operation =
      fixture.asked(std::string(web) + "drain", R"({"for_s": 1800, "reason": "kernel"})");
  CHECK(operation.at("kind") == "drain");
  CHECK(operation.at("target") == "web");
  CHECK(operation.at("undo") == "failoverctl undrain web");
  CHECK(fixture.engine() == Words{fixture.of("web", "override", "1 drained")});
  REQUIRE(fixture.overrides.all().size() == 1);
  const control::Override& drain = fixture.overrides.all()[0];
  CHECK(drain.group == "web");
  CHECK(drain.owner == "root");
  CHECK(drain.reason == "kernel");
  CHECK(drain.until - drain.since == 1800s);
  fixture.finish(1, fixture.id("web"), Outcome::done);
  CHECK(fixture.in_force("web").drained);
}

TEST_CASE("PRODUCT 5: a drain that nobody takes over from is dropped again, and says so") {
  Fixture fixture;
  (void)fixture.asked(std::string(web) + "drain", R"({"for_s": 60})");
  fixture.finish(1, fixture.id("web"), Outcome::taken_back);
  CHECK_FALSE(fixture.in_force("web").drained);
  CHECK(fixture.operations.find(1)->outcome == Outcome::taken_back);
  REQUIRE(fixture.log.size() == 3);
  CHECK(fixture.log[1].find("override=drain group=web state=dropped") == 0);
  CHECK(fixture.log[2].find("operation=1 kind=drain group=web") == 0);
  CHECK(fixture.log[2].find("result=failed") != std::string::npos);
}

TEST_CASE("PRODUCT 5: a hold that is taken back leaves the one before it") {
  Fixture fixture;
  (void)fixture.asked(std::string(web) + "hold", R"({"role": "active", "for_s": 60})");
  fixture.finish(1, fixture.id("web"), Outcome::done);
  (void)fixture.asked(std::string(web) + "hold", R"({"role": "backup", "for_s": 60})");
  CHECK(fixture.engine() == Words{fixture.of("web", "override", "1 hold-active"),
                                  fixture.of("web", "override", "2 hold-backup")});
  fixture.finish(2, fixture.id("web"), Outcome::taken_back);
  CHECK(fixture.in_force("web").hold == group::Hold::active);
}

TEST_CASE("PRODUCT 5: with force the addresses go though nobody claims them") {
  Fixture fixture;
  (void)fixture.asked(std::string(web) + "switchover", R"({"force": true})");
  (void)fixture.asked("/v1/exec/group/db/drain", R"({"for_s": 60, "force": true})");
  CHECK(fixture.engine() == Words{fixture.of("web", "switchover", "1 let-go"),
                                  fixture.of("db", "override", "2 drained let-go")});
}

TEST_CASE("PRODUCT 5: undrain ends the drain, release the hold and what a switchover has left") {
  Fixture fixture;
  (void)fixture.asked(std::string(web) + "drain", R"({"for_s": 60})");
  fixture.finish(1, fixture.id("web"), Outcome::done);
  (void)fixture.asked(std::string(web) + "hold", R"({"role": "backup", "for_s": 60})");
  fixture.finish(2, fixture.id("web"), Outcome::done);
  (void)fixture.engine();
  (void)fixture.asked(std::string(web) + "undrain", "{}");
  CHECK(fixture.engine() == Words{fixture.of("web", "override", "3 hold-backup")});
  fixture.finish(3, fixture.id("web"), Outcome::done);
  (void)fixture.asked(std::string(web) + "release", "");
  CHECK(fixture.engine() == Words{fixture.of("web", "release", "4")});
  CHECK(fixture.overrides.all().empty());
}

TEST_CASE("PRODUCT 5: freeze and thaw are one operation over all groups") {
  Fixture fixture;
  const Json frozen = fixture.asked(std::string(agent) + "freeze", R"({"for_s": 60})");
  CHECK(frozen.at("target") == "agent");
  CHECK(frozen.at("undo") == "failoverctl thaw");
  CHECK(fixture.engine() ==
        Words{fixture.of("db", "override", "1 frozen"), fixture.of("web", "override", "1 frozen")});
  fixture.finish(1, fixture.id("web"), Outcome::not_active);
  CHECK_FALSE(fixture.operations.find(1)->ended);
  fixture.finish(1, fixture.id("db"), Outcome::done);
  CHECK(fixture.operations.find(1)->outcome == Outcome::done);
  // For groups that come later, too.
  CHECK(fixture.in_force("mail").frozen);
  (void)fixture.asked(std::string(agent) + "thaw", "");
  CHECK_FALSE(fixture.in_force("web").frozen);
}

TEST_CASE("PRODUCT 5: a drain of all groups is one for each, and drops those that are taken back") {
  Fixture fixture;
  (void)fixture.asked(std::string(agent) + "drain", R"({"for_s": 60})");
  fixture.finish(1, fixture.id("db"), Outcome::taken_back);
  fixture.finish(1, fixture.id("web"), Outcome::done);
  CHECK(fixture.operations.find(1)->outcome == Outcome::taken_back);
  CHECK(fixture.in_force("web").drained);
  CHECK_FALSE(fixture.in_force("db").drained);
  (void)fixture.asked(std::string(agent) + "undrain", "");
  CHECK(fixture.overrides.all().empty());
}

TEST_CASE("PRODUCT 7: an operation on all groups waits for none that runs on one of them") {
  Fixture fixture;
  (void)fixture.asked(std::string(web) + "switchover", "");
  const auto refused = fixture.post(std::string(agent) + "freeze", R"({"for_s": 60})");
  CHECK(refused.status == 409);
  CHECK(Json::parse(refused.body).at("detail") == "operation 1 on web has not ended");
  CHECK(fixture.overrides.all().empty());
}

TEST_CASE("PRODUCT 5: an override that has run out ends by itself, and the engine hears of it") {
  Fixture fixture;
  (void)fixture.asked(std::string(web) + "drain", R"({"for_s": 60})");
  fixture.finish(1, fixture.id("web"), Outcome::done);
  (void)fixture.engine();
  fixture.commands.end_overrides(real_now() + 59s);
  CHECK(fixture.engine().empty());
  fixture.commands.end_overrides(real_now() + 61s);
  CHECK(fixture.engine() == Words{fixture.of("web", "override", "0")});
  CHECK(fixture.log.back().find("override=drain group=web state=run-out") == 0);
}

TEST_CASE("an override ends when its time is over without anybody asking") {
  Fixture fixture;
  (void)fixture.asked(std::string(web) + "drain", R"({"for_s": 1})");
  fixture.finish(1, fixture.id("web"), Outcome::done);
  fixture.context.run();
  CHECK(fixture.overrides.all().empty());
}

TEST_CASE("an operation on a group that goes away ends") {
  Fixture fixture;
  (void)fixture.asked(std::string(web) + "switchover", "");
  fixture.commands.group_gone(fixture.id("web"));
  CHECK(fixture.operations.find(1)->outcome == Outcome::interrupted);
}

TEST_CASE("PRODUCT 4: a body is checked strictly, and the refusal says what is accepted") {
  const std::string seconds = "a whole number of seconds, 1..2592000";
  Fixture fixture;
  const auto refused = [&](const std::string& path, const std::string& body) {
    const auto response = fixture.post(path, body);
    CHECK(response.status == 400);
    return Json::parse(response.body).at("detail").get<std::string>();
  };
  const std::string group = web;
  CHECK(refused(group + "drain", "") ==
        "for_s is missing: every drain ends by itself, after " + seconds);
  CHECK(refused(group + "hold", R"({"role": "active"})") ==
        "for_s is missing: every hold ends by itself, after " + seconds);
  CHECK(refused(group + "hold", R"({"for_s": 5})") == "role is missing: \"active\" or \"backup\"");
  CHECK(refused(group + "hold", R"({"for_s": 5, "role": "master"})") ==
        "role: must be \"active\" or \"backup\"");
  for (const char* wrong : {"0", "-1", "2592001", "1.5", "\"30m\"", "null", "true",
                            "18446744073709551615", "-9223372036854775808", "1e3"}) {
    INFO(wrong);
    CHECK(refused(group + "drain", std::string("{\"for_s\": ") + wrong + "}") ==
          "for_s: must be " + seconds);
  }
  CHECK(refused(group + "switchover", R"({"force": 1})") == "force: must be true or false");
  CHECK(refused(group + "undrain", R"({"force": true})") ==
        "\"force\" is no key of undrain; accepted: reason");
  CHECK(refused(std::string(agent) + "freeze", R"({"force": true, "for_s": 5})") ==
        "\"force\" is no key of freeze; accepted: reason, for_s");
  CHECK(refused(group + "switchover", "[]") ==
        "accepted: nothing, or a JSON object with reason, force");
  CHECK(refused(group + "announce", "{\"reason\": \"" + std::string(1025, 'x') + "\"}") ==
        "reason: must be a text of at most 1024 bytes");
  CHECK(fixture.engine().empty());
  CHECK(fixture.operations.all().empty());
  CHECK(fixture.overrides.all().empty());
}

}  // namespace failover::tests
