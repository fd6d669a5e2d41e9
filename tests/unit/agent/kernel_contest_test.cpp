// Somebody who removes what the kernel thread holds as fast as it is put back.

#include "tests/unit/agent/fake_kernel.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;
using Found = std::set<std::string>;

void remove_again_and_again(KernelScene& scene, int times) {
  for (int i = 0; i < times; ++i) {
    scene.kernel.remove(2, "192.0.2.1/32");
    scene.turn();
  }
}

}  // namespace

TEST_CASE("PRODUCT 8.3: who removes an address in a loop is answered after pauses, and named") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  remove_again_and_again(scene, 40);
  CHECK(scene.done().size() == 10);
  const auto log = scene.log();
  REQUIRE(log.size() == 2);
  CHECK(log[1].find("eth0.carp.10: its addresses are removed again and again, last by owner "
                    "(1234)") == 0);
  CHECK(scene.to_engine().back() == "contested 0 slowed");
  CHECK(scene.thread.wants_retry());
  scene.clock.advance(100ms);
  scene.turn(KernelThread::Wake::overdue);
  CHECK(scene.done() == Journal{"add 192.0.2.1/32 on 2"});
  CHECK_FALSE(scene.thread.wants_retry());
  scene.clock.advance(10s);
  scene.turn(KernelThread::Wake::overdue);
  CHECK(scene.to_engine() == Words{"contested 0 none"});
}

TEST_CASE("a contest for one router's addresses holds no other router's back") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.add_router(1, {"192.0.2.2/24"});
  scene.turn();
  scene.claim(1);
  scene.turn();
  remove_again_and_again(scene, 20);
  (void)scene.done();
  scene.kernel.remove(2, "192.0.2.2/32");
  scene.turn();
  CHECK(scene.done() == Journal{"add 192.0.2.2/32 on 2"});
}

TEST_CASE("a router that hands over because of a contest has none when it claims again") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  remove_again_and_again(scene, 20);
  (void)scene.to_engine();
  scene.release(0);
  scene.turn();
  CHECK(scene.to_engine() == Words{"contested 0 none"});
  scene.claim(0);
  scene.turn();
  scene.kernel.remove(2, "192.0.2.1/32");
  (void)scene.done();
  scene.turn();
  CHECK(scene.done() == Journal{"add 192.0.2.1/32 on 2"});
}

TEST_CASE("a release is not held back by healing that is") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.add_router(1, {"192.0.2.2/24"});
  scene.turn();
  scene.claim(1);
  scene.turn();
  remove_again_and_again(scene, 25);
  scene.release(1);
  scene.turn();
  CHECK(scene.kernel.addresses(2) == Found{"192.0.2.11/24"});
}

TEST_CASE("a claim is not held back by healing that is") {
  KernelScene scene;
  scene.begin_claimed({"192.0.2.1/24"});
  scene.add_router(1, {"192.0.2.2/24"});
  scene.turn();
  remove_again_and_again(scene, 25);
  (void)scene.to_engine();
  scene.claim(1);
  scene.turn();
  CHECK(scene.to_engine() == Words{"claimed 1"});
}

}  // namespace failover::tests
