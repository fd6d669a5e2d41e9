// Groups in the directory: who is told of them, in which order, and when they go.

#include "agent/control/parts.hpp"
#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;

config::RouterSettings in_group(std::string group, config::RouterSettings settings) {
  settings.group = std::move(group);
  return settings;
}

const auto outside = in_group("web", carp_settings("eth0", vhid_10, "192.0.2.1/24"));
const auto inside = in_group("web", carp_settings("eth1", vhid_11, "198.51.100.1/24"));

config::GroupSettings web(std::vector<config::TrackSettings> tracks = {}) {
  return {.name = "web", .tracks = std::move(tracks)};
}
const config::TrackSettings uplink{.name = "uplink", .what = config::LinkTrack{"eth2"}};
const config::TrackSettings site{
    .name = "site", .what = config::TcpTrack{ip("127.0.0.1"), 80}, .demote = 50};

struct Fixture {
  Mailboxes mailboxes;
  group::Overrides in_force;
  control::Directory directory{mailboxes, nullptr, [this](const std::string&) { return in_force; }};

  control::Applied apply(std::vector<config::RouterSettings> routers,
                         std::vector<config::GroupSettings> groups = {web()}) {
    return directory.apply({.routers = std::move(routers), .groups = std::move(groups)});
  }
  Words kernel() { return asked_of_kernel(mailboxes); }
  // The group that the last message is about.
  std::unique_ptr<EngineGroup> added_group() {
    auto messages = taken_from(mailboxes.control_to_kernel);
    return std::move(std::get<AddGroup>(messages.at(0)).group);
  }
};

}  // namespace

TEST_CASE("a group is told of once, before its routers, which name it") {
  Fixture fixture;
  const auto applied = fixture.apply({outside, inside});
  CHECK(applied.groups_added == Words{"web"});
  auto messages = taken_from(fixture.mailboxes.control_to_kernel);
  REQUIRE(messages.size() == 5);
  CHECK(std::get<AddGroup>(messages[0]).group->id == 0);
  CHECK(std::get<AddRouter>(messages[2]).engine->group == 0);
  CHECK(std::get<AddRouter>(messages[4]).engine->group == 0);
  CHECK(fixture.directory.find_group("web") == fixture.directory.find_group(GroupId{0}));
  CHECK(fixture.directory.routers_of(0).size() == 2);
}

TEST_CASE("PRODUCT 4: a router without a group is one by itself, called like the router") {
  Fixture fixture;
  auto alone = in_group("", outside);
  alone.preempt = Preempt::off;
  CHECK(fixture.apply({alone, inside}).groups_added == Words{"eth0.carp.10", "web"});
  CHECK(fixture.directory.find_group("eth0.carp.10")->settings.preempt == Preempt::off);
}

TEST_CASE("what a person has asked for is in force for a group from its beginning") {
  Fixture fixture;
  fixture.in_force = {.hold = group::Hold::backup, .frozen = true};
  (void)fixture.apply({outside});
  CHECK(fixture.kernel().front() == "add-group 0 hold-backup frozen");
}

TEST_CASE("PRODUCT 8.5: a group that differs is changed, with none of its routers") {
  Fixture fixture;
  (void)fixture.apply({outside});
  (void)fixture.kernel();
  CHECK(fixture.apply({outside}, {web()}).groups_changed.empty());
  CHECK(fixture.kernel().empty());
  const auto applied = fixture.apply({outside}, {web({uplink})});
  CHECK(applied.groups_changed == Words{"web"});
  CHECK(applied.unchanged == 1);
  CHECK(fixture.kernel() == Words{"change-group 0"});
}

TEST_CASE("a router that changes its group is changed, and its old group goes after that") {
  Fixture fixture;
  (void)fixture.apply({outside});
  (void)fixture.kernel();
  const auto applied = fixture.apply({in_group("db", outside)}, {{.name = "db"}});
  CHECK(applied.changed == Words{"eth0.carp.10"});
  CHECK(applied.groups_added == Words{"db"});
  CHECK(applied.groups_removed == Words{"web"});
  CHECK(fixture.kernel() == Words{"add-group 1", "change 0 eth0.carp.10", "remove-group 0"});
  CHECK(fixture.directory.find("eth0.carp.10")->group == 1);
}

TEST_CASE("a group goes when its last router has gone, and its id with the engine's word") {
  Fixture fixture;
  (void)fixture.apply({outside, inside});
  (void)fixture.kernel();
  (void)fixture.apply({}, {});
  CHECK(fixture.kernel().empty());
  fixture.directory.gone(0);
  CHECK(fixture.kernel().empty());
  CHECK(fixture.directory.find_group("web") != nullptr);
  fixture.directory.gone(1);
  CHECK(fixture.kernel() == Words{"remove-group 0"});
  CHECK(fixture.directory.find_group("web") == nullptr);
  SECTION("another one of its name has another id until then") {
    (void)fixture.apply({outside});
    CHECK(fixture.directory.find_group("web")->id == 1);
    CHECK(fixture.directory.group_gone(0) == "web");
    CHECK(fixture.directory.find_group("web")->id == 1);
  }
  SECTION("after it the id is free") {
    CHECK(fixture.directory.group_gone(0) == "web");
    CHECK(fixture.directory.group_gone(0).empty());
    (void)fixture.apply({outside});
    CHECK(fixture.directory.find_group("web")->id == 0);
  }
}

TEST_CASE("a group that is wanted again before its routers have gone stays what it was") {
  Fixture fixture;
  (void)fixture.apply({outside, inside});
  (void)fixture.apply({}, {});
  (void)fixture.kernel();
  CHECK(fixture.apply({outside}).groups_added == Words{"web"});
  fixture.directory.gone(1);
  CHECK(fixture.kernel().empty());
  fixture.directory.gone(0);
  CHECK(fixture.kernel() == Words{"add 0 eth0.carp.10"});
}

TEST_CASE("PRODUCT 4: the engine's part of a group has its delays, damping and tracks") {
  Fixture fixture;
  auto group = web({uplink, site});
  group.mode = config::GroupMode::none;
  group.preempt = Preempt::off;
  group.preempt_delay = 5s;
  group.start_delay = 6s;
  group.damping = {.moves = 7, .window = 80s};
  group.tracks[0].rise = 3;
  group.tracks[0].interval = 2s;
  (void)fixture.apply({outside}, {group});
  const auto part = fixture.added_group();
  CHECK(part->settings.preempt == Preempt::off);
  CHECK(part->settings.preempt_delay == 5s);
  CHECK(part->settings.start_delay == 6s);
  CHECK(part->settings.takes_over == group::TakesOver::when_told);
  CHECK(part->settings.damping_moves == 7);
  CHECK(part->settings.damping_window == 80s);
  REQUIRE(part->settings.tracks.size() == 2);
  CHECK(part->settings.tracks[0].well_for == 6s);
  CHECK_FALSE(part->settings.tracks[0].demote);
  CHECK_FALSE(part->settings.tracks[1].well_for);
  CHECK(part->settings.tracks[1].demote == 50);
  CHECK(part->settings.tracks[1].rise == limits::track_rise_default);
  CHECK(part->claiming == Claiming::at_once);
  REQUIRE(part->tracks.size() == 2);
  CHECK(part->tracks[0] == fixture.directory.find_group("web")->tracks.at("uplink").get());
  CHECK(part->status == fixture.directory.find_group("web")->status.get());
}

TEST_CASE("PRODUCT 6: a cold group claims its addresses when its services run") {
  Fixture fixture;
  auto group = web();
  group.mode = config::GroupMode::cold;
  (void)fixture.apply({outside}, {group});
  CHECK(fixture.added_group()->claiming == Claiming::after_services);
}

TEST_CASE("a track that stays keeps its place, whatever is added or taken away beside it") {
  Fixture fixture;
  (void)fixture.apply({outside}, {web({site})});
  const auto* before = fixture.directory.find_group("web")->tracks.at("site").get();
  (void)fixture.apply({outside}, {web({uplink, site})});
  (void)fixture.kernel();
  (void)fixture.apply({outside}, {web({uplink})});
  // The engine may write to it until it has heard that it is no more.
  CHECK(fixture.directory.find_group("web")->tracks.at("site").get() == before);
  auto messages = taken_from(fixture.mailboxes.control_to_kernel);
  REQUIRE(messages.size() == 1);
  CHECK(std::get<ChangeGroup>(messages[0]).group->tracks.size() == 1);
}

}  // namespace failover::tests
