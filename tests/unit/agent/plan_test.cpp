// The plan (PRODUCT 8.5): per group unchanged, updated in place, or it will move.

#include "agent/changes/plan.hpp"

#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using changes::GroupEffect;

const auto active_in_all = [](const std::string&) { return true; };
const auto active_in_none = [](const std::string&) { return false; };

config::RouterSettings router_10() { return carp_settings("eth0", vhid_10, "203.0.113.10/24"); }
config::RouterSettings router_11() { return carp_settings("eth1", vhid_11, "203.0.113.11/24"); }

std::vector<changes::GroupPlan> planned(std::vector<config::RouterSettings> before,
                                        std::vector<config::RouterSettings> after) {
  return changes::plan_of(configuration(std::move(before)), configuration(std::move(after)),
                          active_in_all);
}

}  // namespace

TEST_CASE("plan: what is the same on both sides is unchanged") {
  const auto plan = planned({router_10(), router_11()}, {router_10(), router_11()});
  REQUIRE(plan.size() == 2);
  for (const auto& group : plan) {
    CHECK(group.effect == GroupEffect::unchanged);
    CHECK(group.why.empty());
    CHECK(group.outage == "none");
  }
}

TEST_CASE("plan: another rank is in place, and is told as what may move the group") {
  auto changed = router_10();
  carp_of(changed).advskew = carp::AdvSkew::of<9>();
  const auto plan = planned({router_10(), router_11()}, {changed, router_11()});
  CHECK(plan[0].effect == GroupEffect::updated);
  CHECK(plan[0].why.at(0).find("rank") != std::string::npos);
  CHECK(plan[1].effect == GroupEffect::unchanged);
}

TEST_CASE("plan: more addresses are in place") {
  auto changed = router_10();
  changed.addresses.push_back({.prefix = prefix("203.0.113.99/24")});
  CHECK(planned({router_10()}, {changed})[0].effect == GroupEffect::updated);
}

TEST_CASE("plan: another MAC mode moves, and only who is active has an outage to fear") {
  auto changed = router_10();
  changed.mac = config::MacMode::virtual_mac;
  const auto plan = planned({router_10()}, {changed});
  CHECK(plan[0].effect == GroupEffect::moves);
  CHECK(plan[0].outage != "none");
  const auto as_backup =
      changes::plan_of(configuration({router_10()}), configuration({changed}), active_in_none);
  CHECK(as_backup[0].effect == GroupEffect::moves);
  CHECK(as_backup[0].outage == "none");
}

TEST_CASE("plan: a router that leaves a group hands over, one that joins it does not") {
  auto ten = router_10();
  auto eleven = router_11();
  ten.group = eleven.group = "web";
  const auto leaves = planned({ten, eleven}, {ten});
  REQUIRE(leaves.size() == 1);
  CHECK(leaves[0].effect == GroupEffect::moves);
  CHECK(planned({ten}, {ten, eleven})[0].effect == GroupEffect::updated);
}

TEST_CASE("plan: groups that come and go") {
  const auto plan = planned({router_10()}, {router_11()});
  REQUIRE(plan.size() == 2);
  CHECK(plan[0].group == "eth0.carp.10");
  CHECK(plan[0].effect == GroupEffect::removed);
  CHECK(plan[0].outage != "none");
  CHECK(plan[1].group == "eth1.carp.11");
  CHECK(plan[1].effect == GroupEffect::added);
}

}  // namespace failover::tests
