// What the engine makes of the other threads' messages.

#include "protocol/ipv4.hpp"
#include "tests/carp_settings.hpp"
#include "tests/unit/agent/fake_engine.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Words = std::vector<std::string>;
const MacAddress new_mac{{0x02, 0, 0, 0, 0, 0x33}};

void told_by_control(EngineScene& scene, ControlToEngine message) {
  scene.mailboxes.control_to_engine.post(std::move(message));
  scene.turn();
}
template <class Message>
void told_by_kernel(EngineScene& scene, Message message) {
  scene.mailboxes.kernel_to_engine.post(std::move(message));
  scene.turn();
}

}  // namespace

TEST_CASE("a router says what it waits for until its interface can send and receive") {
  EngineScene scene;
  scene.mailboxes.kernel_to_engine.post(
      InterfaceAdded{.slot = 0, .status = &scene.published_interface});
  scene.add_router();
  scene.turn();
  CHECK(scene.status().waiting_for == WaitingFor::interface);
  scene.change_interface(WaitingFor::link);
  scene.turn();
  CHECK(scene.status().waiting_for == WaitingFor::link);
  scene.change_interface(WaitingFor::nothing, 2, std::nullopt);
  scene.turn();
  CHECK(scene.status().waiting_for == WaitingFor::address);
  scene.change_interface(WaitingFor::nothing);
  scene.turn();
  CHECK(scene.status().waiting_for == WaitingFor::capture);
  CHECK(scene.status().role == router::Role::initialize);
  scene.open_capture();
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
  CHECK(scene.interface().index == 2);
  CHECK(scene.interface().sources.ipv4 == ip("192.0.2.11"));
}

TEST_CASE("a configured source serves where the interface has no address") {
  EngineScene scene;
  scene.mailboxes.kernel_to_engine.post(
      InterfaceAdded{.slot = 0, .status = &scene.published_interface});
  scene.open_capture();
  scene.change_interface(WaitingFor::nothing, 2, std::nullopt);
  scene.sources.ipv4 = ip("192.0.2.50");
  scene.add_router();
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
  scene.run_for(3s);
  REQUIRE(scene.sender.sent.size() == 1);
  CHECK(datagram_of(scene.sender.sent[0]).source == ip("192.0.2.50"));
}

TEST_CASE("an interface that goes down takes the role, the addresses and the capture") {
  EngineScene scene;
  scene.start_active();
  SECTION("administratively") {
    scene.change_interface(WaitingFor::link);
    scene.turn();
    CHECK(scene.to_kernel() == Words{"close 0", "release 0"});
    CHECK(scene.to_control() == Words{"role 0 initialize element-down waiting link"});
  }
  SECTION("altogether") {
    scene.change_interface(WaitingFor::interface, 0, std::nullopt, {});
    scene.turn();
    CHECK(scene.to_kernel() == Words{"close 0", "release 0"});
  }
  SECTION("but losing the carrier leaves the capture") {
    scene.change_interface(WaitingFor::carrier);
    scene.turn();
    CHECK(scene.to_kernel() == Words{"release 0"});
  }
  CHECK_FALSE(scene.status().held);
}

TEST_CASE("an active announces again when its interface has another MAC address, and sends it") {
  EngineScene scene;
  scene.start_active();
  scene.change_interface(WaitingFor::nothing, 2, ip("192.0.2.11"), new_mac);
  scene.turn();
  CHECK(scene.to_kernel() == Words{"announce 0"});
  scene.run_for(1s);
  REQUIRE(scene.sender.sent.size() == 1);
  CHECK(parse_ethernet(scene.sender.sent[0].content())->source == new_mac);
}

TEST_CASE("PRODUCT 8.1: an active announces once its claim is answered, not before") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router();
  scene.turn();
  scene.run_for(3s);
  CHECK(scene.to_kernel() == Words{"claim 0"});
  CHECK_FALSE(scene.status().held);
  told_by_kernel(scene, RouterClaimed{0});
  CHECK(scene.to_kernel() == Words{"announce 0"});
  CHECK(scene.status().held);
}

TEST_CASE("a refused claim is a farewell, a release and the role of a backup") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router();
  scene.turn();
  scene.run_for(3s);
  (void)scene.to_kernel();
  told_by_kernel(scene, RouterRefused{0});
  CHECK(scene.to_kernel() == Words{"release 0"});
  CHECK(rank_of(scene.sender.sent.back()).is_farewell());
  CHECK(scene.status().reason == Reason::kernel_refused);
  CHECK(scene.status().role == router::Role::backup);
}

TEST_CASE("PRODUCT 8.9: a barred router stays backup until it is unbarred") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router();
  scene.turn();
  told_by_kernel(scene, RouterBarred{0});
  CHECK(scene.status().reason == Reason::foreign_address);
  scene.run_for(60s);
  CHECK(scene.status().role == router::Role::backup);
  told_by_kernel(scene, RouterUnbarred{0});
  scene.run_for(3s);
  CHECK(scene.status().role == router::Role::active);
}

TEST_CASE("PRODUCT 8.1: a switchover that nobody claims is taken back and ends so") {
  EngineScene scene;
  scene.start_active();
  told_by_control(scene, SwitchOverGroup{.id = 0, .operation = 9});
  CHECK(rank_of(scene.sender.sent.back()).is_farewell());
  CHECK(scene.to_control().empty());
  scene.run_for(4s);
  CHECK(scene.status().role == router::Role::active);
  CHECK(scene.status().reason == Reason::no_successor);
  CHECK(scene.to_control() == Words{"role 0 active no-successor", "operation 9 taken-back"});
}

TEST_CASE("PRODUCT 5: after a switchover the node is yielded until it is released") {
  EngineScene scene;
  scene.start_active();
  told_by_control(scene, SwitchOverGroup{.id = 0, .operation = 9});
  scene.hear(frame_of({.rank = {.advbase = 1, .advskew = 100}}));
  scene.turn();
  CHECK(scene.status().yielded);
  scene.run_for(250ms);
  CHECK(scene.to_control() == Words{"role 0 backup operator", "operation 9 done"});
  scene.hear(frame_of({.rank = {.advbase = 1, .advskew = 100}}));
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
  told_by_control(scene, ReleaseGroup{.id = 0, .operation = 10});
  CHECK(scene.to_control() == Words{"operation 10 done"});
  CHECK_FALSE(scene.status().yielded);
  scene.hear(frame_of({.rank = {.advbase = 1, .advskew = 100}}));
  scene.turn();
  CHECK(scene.status().role == router::Role::active);
}

TEST_CASE("operations on what cannot do them end at once, also when there is no such router") {
  EngineScene scene;
  scene.start_interface();
  scene.add_router();
  scene.turn();
  (void)scene.to_control();
  told_by_control(scene, SwitchOverGroup{.id = 0, .operation = 1});
  told_by_control(scene, AnnounceGroup{.id = 0, .operation = 2});
  told_by_control(scene, SwitchOverGroup{.id = 500, .operation = 3});
  CHECK(scene.to_control() ==
        Words{"operation 1 not-active", "operation 2 not-active", "operation 3 not-active"});
}

TEST_CASE("an active announces again when it is asked to") {
  EngineScene scene;
  scene.start_active();
  told_by_control(scene, AnnounceGroup{.id = 0, .operation = 2});
  CHECK(scene.to_kernel() == Words{"announce 0"});
  CHECK(scene.to_control() == Words{"operation 2 done"});
}

TEST_CASE("PRODUCT 8.1: a removed router hands over first, then is forgotten, and is no more") {
  EngineScene scene;
  scene.start_active();
  told_by_control(scene, RemoveRouter{0});
  CHECK(rank_of(scene.sender.sent.back()).is_farewell());
  CHECK(scene.to_kernel().empty());
  scene.hear(frame_of({}));
  scene.turn();
  scene.run_for(250ms);
  CHECK(scene.to_kernel() == Words{"release 0", "forget 0"});
  CHECK_FALSE(scene.engine.next_deadline());
  // Its id and its VHID are free again, and its frames nobody's.
  scene.hear(frame_of({}));
  scene.turn();
  CHECK(scene.interface().unknown_id == 1);
  scene.add_router();
  scene.turn();
  CHECK(scene.status().role == router::Role::backup);
}

TEST_CASE("a router that is to go before it has come goes when it comes") {
  EngineScene scene;
  scene.start_interface();
  told_by_control(scene, RemoveRouter{0});
  scene.add_router();
  scene.turn();
  CHECK(scene.to_kernel() == Words{"release 0", "forget 0"});
  CHECK_FALSE(scene.engine.next_deadline());
}

TEST_CASE("a router that is to go now waits for nobody, and still says farewell") {
  EngineScene scene;
  scene.start_active();
  told_by_control(scene, RemoveRouterNow{0});
  CHECK(rank_of(scene.sender.sent.back()).is_farewell());
  CHECK(scene.to_kernel() == Words{"release 0", "forget 0"});
}

TEST_CASE("PRODUCT 8.5: new settings and addresses are in force without a change of role") {
  EngineScene scene;
  scene.start_active();
  carp_of(scene.settings).advskew = carp::AdvSkew::of<50>();
  scene.password = "new";
  scene.addresses = {ip("192.0.2.1"), ip("192.0.2.3")};
  scene.mailboxes.kernel_to_engine.post(RouterChanged{scene.setup(0, vhid_10)});
  scene.turn();
  CHECK(scene.status().role == router::Role::active);
  REQUIRE(scene.sender.sent.size() == 1);
  CHECK(rank_of(scene.sender.sent[0]).advskew == 50);
  scene.hear(frame_of({.rank = {.advbase = 1, .advskew = 60}}));
  scene.hear(frame_of({.rank = {.advbase = 1, .advskew = 60},
                       .password = "new",
                       .addresses = {ip("192.0.2.1"), ip("192.0.2.3")}}));
  scene.turn();
  CHECK(scene.rejected(Rejection::digest) == 1);
  CHECK(scene.status().adverts_received == 1);
}

TEST_CASE("PRODUCT 8.6: a second active is reported with its address") {
  EngineScene scene;
  scene.start_active();
  scene.run_for(5s);
  (void)scene.to_control();
  scene.hear(frame_of({.rank = {.advbase = 1, .advskew = 100}}));
  scene.turn();
  CHECK(scene.to_control() == Words{"two-active 0 192.0.2.12"});
  CHECK(scene.status().two_active == 1);
  CHECK(scene.status().two_active_peer.mac == peer_mac);
}

TEST_CASE("messages about a router that has gone meanwhile are dropped") {
  EngineScene scene;
  scene.start_interface();
  scene.turn();
  told_by_kernel(scene, RouterClaimed{3});
  told_by_kernel(scene, RouterRefused{3});
  told_by_kernel(scene, RouterBarred{3});
  told_by_kernel(scene, RouterUnbarred{3});
  told_by_kernel(scene, RouterChanged{scene.setup(3, vhid_10)});
  told_by_control(scene, RemoveRouter{3});
  told_by_control(scene, RemoveRouterNow{3});
  CHECK(scene.to_kernel().empty());
  CHECK(scene.to_control().empty());
}

}  // namespace failover::tests
