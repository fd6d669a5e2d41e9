// A change of the configuration is tried before it is taken (agent/kernel/trial.cpp).

#include <algorithm>

#include "tests/unit/agent/fake_kernel.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a change that the kernel refuses leaves a router that holds its addresses as it was") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  (void)scene.to_engine();
  scene.begin_change();
  SECTION("because it says so") {
    scene.kernel.refused[ip("192.0.2.3")] = EACCES;
    scene.change_router(0, {"192.0.2.1/24", "192.0.2.2/24", "192.0.2.3/24"});
  }
  SECTION("or because somebody else has the address there") {
    scene.kernel.add(2, "192.0.2.3/24");
    scene.turn();
    (void)scene.to_engine();
    scene.change_router(0, {"192.0.2.1/24", "192.0.2.2/24", "192.0.2.3/24"});
  }
  scene.end_change(7);
  scene.turn();
  CHECK(scene.to_engine().empty());
  const auto answer = scene.trial();
  REQUIRE(answer.has_value());
  CHECK(answer->number == 7);
  REQUIRE(answer->refused.size() == 1);
  CHECK(answer->refused[0].find("192.0.2.3") != std::string::npos);
  scene.turn();
  const auto found = scene.kernel.addresses(2);
  CHECK(std::ranges::count(found, "192.0.2.1/32") == 1);
  CHECK(std::ranges::count(found, "192.0.2.2/32") == 0);
}

TEST_CASE("a change that the kernel takes is answered as taken") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  (void)scene.to_engine();
  scene.begin_change();
  scene.change_router(0, {"192.0.2.1/24", "192.0.2.2/24"});
  scene.end_change(8);
  scene.turn();
  CHECK(scene.to_engine() == Words{"capture 0", "router-changed", "claimed 0"});
  const auto answer = scene.trial();
  REQUIRE(answer.has_value());
  CHECK(answer->refused.empty());
  CHECK(std::ranges::count(scene.kernel.addresses(2), "192.0.2.2/32") == 1);
}

}  // namespace failover::tests
