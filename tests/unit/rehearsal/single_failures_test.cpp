// Single failures of two nodes: where the addresses are then.

#include "agent/rehearsal/single_failures.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "agent/config/reader.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using rehearsal::Failure;
using rehearsal::Side;
using rehearsal::Story;
using rehearsal::Where;

config::Configuration read(const std::string& toml) {
  auto configuration = config::read_configuration_text(toml, "t.toml");
  REQUIRE(configuration.has_value());
  return *configuration;
}

// Outside and inside in one group; `more` is in the group's table.
std::string path(std::string_view skew, std::string_view priority, std::string_view more = {}) {
  return "[group.web]\n" + std::string(more) +
         "\n[interface.eth0.carp.10]\naddresses = [\"203.0.113.10/24\"]\npassword = \"secret\"\n"
         "group = \"web\"\nadvskew = " +
         std::string(skew) +
         "\n[interface.eth1.vrrp.20]\naddresses = [\"10.0.0.1/24\"]\ngroup = \"web\"\npriority = " +
         std::string(priority) + "\n";
}

// The same, in no group.
std::string loose(std::string_view skew, std::string_view priority) {
  return "[interface.eth0.carp.10]\naddresses = [\"203.0.113.10/24\"]\npassword = \"secret\"\n"
         "advskew = " +
         std::string(skew) +
         "\n[interface.eth1.vrrp.20]\naddresses = [\"10.0.0.1/24\"]\npriority = " +
         std::string(priority) + "\n";
}

std::string alone(std::string_view more, std::string_view group = {}) {
  return "[interface.eth0.carp.10]\naddresses = [\"203.0.113.10/24\"]\npassword = \"secret\"\n" +
         std::string(more) + "\n" + std::string(group);
}

std::string track(std::string_view keys) {
  return "[group.web.track.site]\n" + std::string(keys) + "\n";
}

Story only_story(const std::string& ours, const std::string& theirs) {
  auto stories = rehearsal::single_failures(read(ours), read(theirs));
  REQUIRE(stories.size() == 1);
  return stories.front();
}

Where after(const Story& story, Failure::Kind kind, std::optional<Side> side,
            std::string_view name = {}) {
  const auto found = std::ranges::find_if(story.outcomes, [&](const rehearsal::Outcome& outcome) {
    return outcome.failure.kind == kind && outcome.failure.side == side &&
           outcome.failure.name == name;
  });
  REQUIRE(found != story.outcomes.end());
  return found->where;
}

constexpr auto node = Failure::Kind::node;
constexpr auto link = Failure::Kind::link;
constexpr auto tracked = Failure::Kind::track;

}  // namespace

TEST_CASE("a whole path moves when the active node or either of its links fails") {
  const Story story = only_story(path("0", "200"), path("100", "100"));
  CHECK(story.before == Where::here);
  CHECK(story.obstacle.empty());
  CHECK(after(story, node, Side::here) == Where::there);
  CHECK(after(story, link, Side::here, "eth0") == Where::there);
  CHECK(after(story, link, Side::here, "eth1") == Where::there);
}

TEST_CASE("nothing moves when the backup fails") {
  const Story story = only_story(path("0", "200"), path("100", "100"));
  CHECK(after(story, node, Side::there) == Where::here);
  CHECK(after(story, link, Side::there, "eth0") == Where::here);
  CHECK(after(story, link, Side::there, "eth1") == Where::here);
}

TEST_CASE("the other node may be the better one") {
  const Story story = only_story(path("100", "100"), path("0", "200"));
  CHECK(story.before == Where::there);
  CHECK(after(story, node, Side::there) == Where::here);
  CHECK(after(story, link, Side::there, "eth1") == Where::here);
}

TEST_CASE("routers without a common group part ways when a link fails") {
  const auto stories =
      rehearsal::single_failures(read(loose("0", "200")), read(loose("100", "100")));
  REQUIRE(stories.size() == 2);
  CHECK(stories[0].group == "eth0.carp.10");
  CHECK(after(stories[0], link, Side::here, "eth0") == Where::there);
  CHECK(stories[1].group == "eth1.vrrp.20");
  CHECK(stories[1].outcomes.size() == 4);
}

TEST_CASE("a group whose routers the other node has in no group comes apart") {
  const Story story = only_story(path("0", "200"), loose("100", "100"));
  CHECK(after(story, link, Side::here, "eth0") == Where::there);
  // The other node goes on outside, where it is better, and keeps sending ours back.
  const Story theirs = only_story(path("100", "100"), loose("0", "200"));
  CHECK(after(theirs, link, Side::there, "eth1") == Where::restless);
}

TEST_CASE("a group that the other node has only half of cannot move") {
  const std::string half =
      "[group.web]\n[interface.eth0.carp.10]\naddresses = [\"203.0.113.10/24\"]\n"
      "password = \"secret\"\ngroup = \"web\"\nadvskew = 100\n";
  const Story story = only_story(path("0", "200"), half);
  CHECK(story.before == Where::here);
  CHECK(story.obstacle == "it has no eth1.vrrp.20");
  CHECK(after(story, node, Side::here) == Where::nowhere);
}

TEST_CASE("two nodes with other passwords are both active") {
  const std::string other =
      "[interface.eth0.carp.10]\naddresses = [\"203.0.113.10/24\"]\npassword = \"other\"\n";
  const Story story = only_story(alone(""), other);
  CHECK(story.before == Where::both);
  CHECK(story.obstacle == "they do not accept each other's adverts of eth0.carp.10: digest");
  CHECK(story.outcomes.empty());
}

TEST_CASE("unicast and multicast do not hear each other") {
  const Story story = only_story(alone("peers = [\"203.0.113.3\"]"), alone("advskew = 100"));
  CHECK(story.before == Where::both);
  CHECK(story.obstacle == "they do not accept each other's adverts of eth0.carp.10: peer");
}

TEST_CASE("a node whose mode is none takes over from nobody") {
  const Story story = only_story(path("0", "200"), path("100", "100", "mode = \"none\""));
  CHECK(story.before == Where::here);
  CHECK(story.obstacle == "its mode is none");
  CHECK(after(story, node, Side::here) == Where::nowhere);
}

TEST_CASE("nobody is active where both have the mode none") {
  const Story story =
      only_story(path("0", "200", "mode = \"none\""), path("100", "100", "mode = \"none\""));
  CHECK(story.before == Where::nowhere);
  CHECK(story.outcomes.empty());
}

TEST_CASE("a track that fails moves the group") {
  const auto file = track("type = \"file\"\npath = \"/run/ready\"");
  const Story story = only_story(path("0", "200", file), path("100", "100", file));
  CHECK(after(story, tracked, Side::here, "site") == Where::there);
  CHECK(after(story, tracked, Side::there, "site") == Where::here);
}

TEST_CASE("a demotion moves the group when it makes the other node the better one") {
  const auto costs = [](std::string_view demote) {
    return track("type = \"file\"\npath = \"/run/ready\"\ndemote = " + std::string(demote));
  };
  const Story enough = only_story(path("0", "200", costs("120")), path("100", "100"));
  CHECK(after(enough, tracked, Side::here, "site") == Where::there);
  const Story little = only_story(path("0", "200", costs("20")), path("100", "100"));
  CHECK(after(little, tracked, Side::here, "site") == Where::here);
}

TEST_CASE("a demotion moves nothing when the other node does not preempt") {
  const auto costs = track("type = \"file\"\npath = \"/run/ready\"\ndemote = 120");
  const Story story = only_story(path("0", "200", costs), path("100", "100", "preempt = false"));
  CHECK(after(story, tracked, Side::here, "site") == Where::here);
}

TEST_CASE("what both nodes look at takes the address from both when it fails itself") {
  const auto gateway = track("type = \"icmp\"\naddress = \"203.0.113.1\"");
  const Story story = only_story(path("0", "200", gateway), path("100", "100", gateway));
  CHECK(after(story, tracked, std::nullopt, "site") == Where::nowhere);
  const auto costs = track("type = \"icmp\"\naddress = \"203.0.113.1\"\ndemote = 50");
  const Story demoted = only_story(path("0", "200", costs), path("100", "100", costs));
  CHECK(after(demoted, tracked, std::nullopt, "site") == Where::here);
}

TEST_CASE("a link track fails with its link") {
  const std::string uplink = "[group.web.track.uplink]\ntype = \"link\"\ninterface = \"eth2\"\n";
  const Story story = only_story(path("0", "200", uplink), path("100", "100"));
  CHECK(after(story, tracked, Side::here, "uplink") == Where::there);
}

TEST_CASE("ranks that cross over between the elements never come to rest") {
  CHECK(only_story(path("0", "100"), path("100", "200")).before == Where::restless);
  CHECK(only_story(path("0", "200"), path("100", "200")).before == Where::here);
}

TEST_CASE("the other node's interfaces may have other names") {
  const std::string theirs =
      "[interface.ens3.carp.10]\naddresses = [\"203.0.113.10/24\"]\npassword = \"secret\"\n"
      "advskew = 100\n";
  const Story story = only_story(alone(""), theirs);
  CHECK(story.before == Where::here);
  CHECK(after(story, node, Side::here) == Where::there);
  CHECK(after(story, link, Side::there, "ens3") == Where::here);
}

TEST_CASE("the assumed peer is like this node and a little worse") {
  const auto ours = read(path("0", "200"));
  const auto stories = rehearsal::single_failures(ours, rehearsal::assumed_peer(ours));
  REQUIRE(stories.size() == 1);
  CHECK(stories[0].before == Where::here);
  CHECK(after(stories[0], node, Side::here) == Where::there);
}

TEST_CASE("an IPv6 group with two families moves as well") {
  const auto both = [](std::string_view priority) {
    return "[interface.eth0.vrrp.20]\naddresses = [\"10.0.0.1/24\", \"fe80::10/64\", "
           "\"fd00::1/64\"]\npriority = " +
           std::string(priority) + "\n";
  };
  const Story story = only_story(both("200"), both("100"));
  CHECK(story.before == Where::here);
  CHECK(after(story, node, Side::here) == Where::there);
}

}  // namespace failover::tests
