// Groups and routers together: who is in which group, written in whatever file.

#include "tests/unit/config/group_texts.hpp"
#include "tests/unit/config/temporary_directory.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

std::vector<std::string> names_of(const Configuration& configuration) {
  std::vector<std::string> names;
  for (const GroupSettings& group : configuration.groups) names.push_back(group.name);
  return names;
}

TEST_CASE("A router without a group is alone in one that is called like it, with its keys") {
  const auto configuration = read(
      in_router("description = \"alone\"\npreempt = false\npreempt_delay = \"5s\"\n"
                "start_delay = \"6s\"\nmode = \"none\"\ndamping.moves = 3\n"
                "follow = [\"a.service\"]\nroutes = [\"default via 10.0.0.9\"]\n"
                "rules = [\"from 10.0.0.1 lookup 7 priority 500\"]\nhooks.active = [[\"/bin/a\"]]\n"
                "track.uplink = { type = \"link\", interface = \"eth2\" }\n"));
  REQUIRE(configuration.groups.size() == 1);
  CHECK(configuration.groups.front() ==
        GroupSettings{
            .name = "eth0.carp.10",
            .description = "alone",
            .mode = GroupMode::none,
            .preempt = Preempt::off,
            .preempt_delay = 5s,
            .start_delay = 6s,
            .damping = {.moves = 3},
            .follow = {"a.service"},
            .tracks =
                {{.name = "uplink", .what = LinkTrack{.interface = "eth2"}, .rise = 1, .fall = 1}},
            .hooks = {.active = {{"/bin/a"}}},
            .routes = {"default via 10.0.0.9"},
            .rules = {"from 10.0.0.1 lookup 7 priority 500"}});
  CHECK(configuration.routers.front().group == "eth0.carp.10");
  CHECK(configuration.routers.front().preempt == Preempt::off);
}

TEST_CASE("The keys of a group mean the same in a router that is alone") {
  const std::string keys =
      "description = \"x\"\nmode = \"cold\"\nstart_delay = \"1s\"\n"
      "track.t = { type = \"tcp\", address = \"127.0.0.1:1\", demote = 9 }\n"
      "hooks = { fault = [[\"/bin/a\"]], user = \"u\" }\n";
  auto alone = only_group(in_vrrp(keys));
  CHECK(alone.name == "eth0.vrrp.20");
  alone.name = "web";
  CHECK(alone == read_group(keys));
}

TEST_CASE("Routers of both protocols are in one group, and have its preempt") {
  const auto configuration =
      read(in_router("group = \"web\"\n[interface.eth1.vrrp.20]\naddresses = [\"10.1.0.1/24\"]\n"
                     "group = \"web\"\n[group.web]\npreempt = false\n"));
  CHECK(names_of(configuration) == std::vector<std::string>{"web"});
  REQUIRE(configuration.routers.size() == 2);
  for (const RouterSettings& router : configuration.routers) {
    CHECK(router.group == "web");
    CHECK(router.preempt == Preempt::off);
  }
}

TEST_CASE("Groups come in the order of their names, written or not") {
  CHECK(names_of(
            read(in_router("[interface.eth9.vrrp.1]\naddresses = [\"10.1.0.1\"]\ngroup = \"web\"\n"
                           "[interface.eth1.vrrp.1]\naddresses = [\"10.1.0.2\"]\ngroup = \"db\"\n"
                           "[group.web]\n[group.db]\n"))) ==
        std::vector<std::string>{"db", "eth0.carp.10", "web"});
}

TEST_CASE("A group may be called like a router that is in it") {
  const auto configuration = read(
      in_router("group = \"eth0.carp.10\"\n[interface.eth1.vrrp.1]\naddresses = [\"10.1.0.1\"]\n"
                "group = \"eth0.carp.10\"\n[group.\"eth0.carp.10\"]\n"));
  CHECK(names_of(configuration) == std::vector<std::string>{"eth0.carp.10"});
  CHECK(configuration.routers[1].group == "eth0.carp.10");
}

TEST_CASE("The owner of the addresses may be in a group that preempts") {
  const auto configuration = read(in_vrrp("priority = 255\ngroup = \"web\"\n[group.web]\n"));
  CHECK(configuration.routers.front().preempt == Preempt::on);
}

TEST_CASE("A group in several files is one, and its tracks come together") {
  const TemporaryDirectory directory;
  const auto file = directory.write(
      "failover.toml", in_group("[group.web.track.b]\ntype = \"unit\"\nunit = \"b\"\n"));
  directory.write("conf.d/a.toml",
                  "[group.web]\ndescription = \"public\"\n[group.web.track.a]\ntype = \"unit\"\n"
                  "unit = \"a\"\n[group.web.track.b]\ndemote = 7\n");
  const auto configuration = read_configuration(file);
  INFO(errors_text(configuration));
  REQUIRE(configuration.has_value());
  REQUIRE(configuration->groups.size() == 1);
  const GroupSettings& group = configuration->groups.front();
  CHECK(group.description == "public");
  REQUIRE(group.tracks.size() == 2);
  CHECK(group.tracks[0] == TrackSettings{.name = "a", .what = UnitTrack{.unit = "a"}});
  CHECK(group.tracks[1] == TrackSettings{.name = "b", .what = UnitTrack{.unit = "b"}, .demote = 7});
}

TEST_CASE("A router may stand in another file than its group") {
  const TemporaryDirectory directory;
  const auto file = directory.write("failover.toml", "[group.web]\n");
  const auto part = directory.write("conf.d/a.toml", in_router("group = \"web\"\n"));
  CHECK(errors_text(read_configuration(file)).empty());
  directory.write("conf.d/a.toml", in_router("group = \"wob\"\n"));
  CHECK(errors_text(read_configuration(file)) ==
        part.string() +
            ":4:9: interface.eth0.carp.10.group: \"wob\" is no group; did you mean \"web\"?");
}

}  // namespace
}  // namespace failover::tests
