// What holds for every plan, tried on random interfaces. A failure prints its seed.

#include <algorithm>
#include <random>

#include "netlink/reconcile.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/fake_interface.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

constexpr int eth0 = 2;

// A small world, so that addresses, subnets and lengths meet often.
class Scene {
 public:
  explicit Scene(unsigned seed) : random_(seed), interface_(eth0) {
    for (int i = pick(10); i > 0; --i) put_one();
    for (int i = pick(8); i > 0; --i) {
      const AddressRequest r = request();
      wanted.push_back({r.prefix, r.label, r.scope, {}, r.noprefixroute});
    }
    for (int i = pick(4); i > 0; --i) known.insert(request().prefix.address());
  }

  std::vector<WantedAddress> wanted;
  std::set<IpAddress> known;
  FakeInterface& interface() { return interface_; }
  [[nodiscard]] Reconciled reconcile() const {
    return netlink::reconcile(eth0, wanted, interface_.addresses(), known);
  }
  [[nodiscard]] bool is_ours(const Address& address) const {
    return address.mark == our_mark || known.contains(address.prefix.address());
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  AddressRequest request() {
    const bool ipv6 = pick(3) == 0;
    const std::string host = std::to_string(1 + pick(5));
    const std::string address = ipv6 ? "2001:db8::" + host : "10.0.0." + host;
    const int lengths[2][3] = {{24, 25, 32}, {64, 120, 128}};
    return {.interface = eth0,
            .prefix = prefix(address + "/" + std::to_string(lengths[ipv6 ? 1 : 0][pick(3)])),
            .label = pick(4) == 0 ? "eth0:vip" : "",
            .scope = pick(6) == 0 ? Scope::link : Scope::global,
            .preferred_lifetime = {},
            .noprefixroute = pick(6) == 0};
  }
  void put_one() {
    const AddressRequest r = request();
    const bool clash = std::ranges::any_of(interface_.addresses(), [&](const Address& a) {
      return a.prefix == r.prefix || (a.prefix.address() == r.prefix.address() &&
                                      a.prefix.address().family() == Family::ipv6);
    });
    if (clash) return;
    const std::optional<std::uint8_t> marks[] = {our_mark, std::nullopt, std::uint8_t{3}};
    interface_.put(r, marks[pick(3)]);
  }

  std::mt19937 random_;
  FakeInterface interface_;
};

std::vector<Prefix> foreign_of(Scene& scene) {
  std::vector<Prefix> foreign;
  for (const Address& address : scene.interface().addresses())
    if (!scene.is_ours(address)) foreign.push_back(address.prefix);
  std::ranges::sort(foreign);
  return foreign;
}

void execute(Scene& scene, const Plan& plan) {
  for (const Step& step : plan) {
    INFO(step);
    REQUIRE(scene.interface().execute(step) == 0);
  }
  scene.interface().end_of_plan();
}

template <class Property>
void hold_for_random_scenes(Property property) {
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    INFO("seed " << seed);
    Scene scene(seed);
    property(scene);
  }
}

}  // namespace

TEST_CASE("every step of a plan is accepted, and after it nothing is left to do") {
  hold_for_random_scenes([](Scene& scene) {
    execute(scene, scene.reconcile().plan);
    CHECK(scene.reconcile().plan.empty());
  });
}

TEST_CASE("after a plan everything wanted is there, and nothing of ours that is not wanted") {
  hold_for_random_scenes([](Scene& scene) {
    execute(scene, scene.reconcile().plan);
    for (const WantedAddress& wanted : scene.wanted)
      CHECK(scene.interface().has(wanted.prefix.address()));
    for (const Address& address : scene.interface().addresses()) {
      if (!scene.is_ours(address)) continue;
      CHECK(std::ranges::any_of(scene.wanted, [&](const WantedAddress& wanted) {
        return wanted.prefix.address() == address.prefix.address();
      }));
    }
  });
}

TEST_CASE("no plan costs a foreign address, directly or by its primary") {
  hold_for_random_scenes([](Scene& scene) {
    const auto before = foreign_of(scene);
    execute(scene, scene.reconcile().plan);
    CHECK(foreign_of(scene) == before);
  });
}

TEST_CASE("an address that stays wanted answers after every step, but for its own replacement") {
  hold_for_random_scenes([](Scene& scene) {
    const Plan plan = scene.reconcile().plan;
    std::set<IpAddress> there;
    for (const WantedAddress& wanted : scene.wanted)
      if (scene.interface().has(wanted.prefix.address())) there.insert(wanted.prefix.address());
    for (std::size_t i = 0; i < plan.size(); ++i) {
      INFO("step " << i << ": " << plan[i]);
      REQUIRE(scene.interface().execute(plan[i]) == 0);
      for (const IpAddress& address : there) {
        if (scene.interface().has(address)) continue;
        INFO("missing: " << address);
        REQUIRE(i + 1 < plan.size());
        const auto* next = std::get_if<AddAddress>(&plan[i + 1]);
        REQUIRE(next != nullptr);
        CHECK(next->address.prefix.address() == address);
      }
    }
  });
}

TEST_CASE("10,000 addresses wanted among 10,000 found are compared") {
  std::vector<WantedAddress> wanted;
  std::vector<Address> found;
  for (int i = 0; i < 10'000; ++i) {
    const std::string low = std::to_string(i / 250) + "." + std::to_string(1 + i % 250);
    wanted.push_back({prefix("10.1." + low + "/16"), "", Scope::global, {}, false});
    found.push_back({.interface = eth0,
                     .prefix = prefix((i < 5'000 ? "10.1." : "10.2.") + low + "/16"),
                     .mark = our_mark,
                     .label = "eth0"});
    found.back().secondary = i != 0 && i != 5'000;
  }
  // The 5,000 of 10.2.0.0/16 go, their primary last; the missing 5,000 of 10.1.0.0/16 come.
  const Plan plan = reconcile(eth0, wanted, found, {}).plan;
  REQUIRE(plan.size() == 10'000);
  CHECK(plan[4'999] == Step{RemoveAddress{eth0, prefix("10.2.20.1/16")}});
  CHECK(std::holds_alternative<AddAddress>(plan[5'000]));
}

}  // namespace failover::tests
