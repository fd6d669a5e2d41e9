#include "netlink/reconcile.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::netlink;

namespace {

constexpr int eth0 = 2;

Address foreign(std::string_view text) {
  return {.interface = eth0, .prefix = prefix(text), .mark = {}, .label = "eth0"};
}
Address ours(std::string_view text) {
  Address address = foreign(text);
  address.mark = our_mark;
  return address;
}
Address behind(Address address) {
  address.secondary = true;
  return address;
}

WantedAddress want(std::string_view text) {
  return {.prefix = prefix(text), .label = {}, .preferred_lifetime = {}};
}

AddressRequest request(std::string_view text) {
  return {.interface = eth0, .prefix = prefix(text), .label = {}, .preferred_lifetime = {}};
}
Step adding(std::string_view text) { return AddAddress{request(text)}; }
Step replacing(std::string_view text) { return ReplaceAddress{request(text)}; }
Step removing(std::string_view text) { return RemoveAddress{eth0, prefix(text)}; }
const Step keeping = KeepSecondaries{eth0};

Plan plan(const std::vector<WantedAddress>& wanted, const std::vector<Address>& found,
          const std::set<IpAddress>& known = {}) {
  return reconcile(eth0, wanted, found, known).plan;
}

}  // namespace

TEST_CASE("what is wanted and missing is added in the order wanted") {
  CHECK(plan({want("10.0.0.9/24"), want("2001:db8::1/64"), want("10.0.0.1/24")}, {}) ==
        Plan{adding("10.0.0.9/24"), adding("2001:db8::1/64"), adding("10.0.0.1/24")});
}

TEST_CASE("what is wanted and there as it should be needs nothing") {
  CHECK(plan({want("10.0.0.1/24"), want("2001:db8::1/64")},
             {ours("10.0.0.1/24"), ours("2001:db8::1/64")})
            .empty());
}

TEST_CASE("ours and not wanted is removed, also when only its mark says that it is ours") {
  CHECK(plan({}, {ours("10.0.0.1/24"), ours("2001:db8::1/64")}) ==
        Plan{removing("10.0.0.1/24"), removing("2001:db8::1/64")});
}

TEST_CASE("a known address is ours though its mark is gone") {
  CHECK(plan({}, {foreign("10.0.0.1/24")}, {ip("10.0.0.1")}) == Plan{removing("10.0.0.1/24")});
}

TEST_CASE("PRODUCT 8.9: a foreign address that is not wanted is left alone") {
  CHECK(plan({}, {foreign("10.0.0.1/24"), foreign("2001:db8::1/64")}).empty());
}

TEST_CASE("PRODUCT 8.9: a foreign address that is wanted is reported and never touched") {
  const auto result =
      reconcile(eth0, {want("10.0.0.1/24"), want("10.9.0.1/24")}, {foreign("10.0.0.1/24")}, {});
  CHECK(result.foreign == std::vector{ip("10.0.0.1")});
  CHECK(result.plan == Plan{adding("10.9.0.1/24")});
}

TEST_CASE("PRODUCT 8.9: a foreign address with another prefix length is in the way as well") {
  const auto result = reconcile(eth0, {want("10.0.0.1/24")}, {foreign("10.0.0.1/16")}, {});
  CHECK(result.foreign == std::vector{ip("10.0.0.1")});
  CHECK(result.plan.empty());
}

TEST_CASE("ours beside a foreign entry of the same address is left as it is") {
  const auto result =
      reconcile(eth0, {want("10.0.0.1/24")}, {foreign("10.0.0.1/24"), ours("10.0.0.1/32")}, {});
  CHECK(result.foreign == std::vector{ip("10.0.0.1")});
  CHECK(result.plan.empty());
}

TEST_CASE("an address that another protocol marked is foreign") {
  Address kernels = foreign("10.0.0.1/24");
  kernels.mark = 3;
  CHECK(plan({}, {kernels}).empty());
  CHECK(reconcile(eth0, {want("10.0.0.1/24")}, {kernels}, {}).foreign.size() == 1);
}

TEST_CASE("PRODUCT 4: inside a prefix that the interface has anyway it is installed alone") {
  CHECK(plan({want("10.0.0.9/24"), want("2001:db8::9/64")},
             {foreign("10.0.0.1/16"), foreign("2001:db8::1/64")}) ==
        Plan{adding("10.0.0.9/32"), adding("2001:db8::9/128")});
}

TEST_CASE("PRODUCT 4: the written prefix length is used where the interface has no address in it") {
  CHECK(plan({want("10.0.0.9/24"), want("2001:db8::9/64")},
             {foreign("10.0.1.1/24"), foreign("fe80::1/64"), foreign("10.0.0.1/32")}) ==
        Plan{adding("10.0.0.9/24"), adding("2001:db8::9/64")});
}

TEST_CASE("PRODUCT 4: our own addresses do not make a prefix one that the interface has anyway") {
  CHECK(plan({want("10.0.0.1/24"), want("10.0.0.2/24"), want("10.0.0.3/24")},
             {ours("10.0.0.1/24"), foreign("10.0.0.2/24")},
             {ip("10.0.0.2")}) == Plan{replacing("10.0.0.2/24"), adding("10.0.0.3/24")});
}

TEST_CASE("PRODUCT 4: on a macvlan, inside a prefix of its parent it is installed alone") {
  const std::vector parent{foreign("10.0.0.1/16"), foreign("2001:db8::1/64")};
  const std::vector wanted{want("10.0.0.9/24"), want("2001:db8::9/64"), want("10.9.0.9/24")};
  CHECK(reconcile(eth0, wanted, {}, {}, parent).plan ==
        Plan{adding("10.0.0.9/32"), adding("2001:db8::9/128"), adding("10.9.0.9/24")});
  CHECK(installed_prefix(want("10.0.0.9/24"), {}, {}, parent) == prefix("10.0.0.9/32"));
  CHECK(installed_prefix(want("10.9.0.9/24"), {}, {}, parent) == prefix("10.9.0.9/24"));
}

TEST_CASE("PRODUCT 8.9: what is on a macvlan's parent is not touched, nor counted as foreign") {
  const std::vector parent{foreign("10.0.0.9/24"), ours("10.0.0.8/24")};
  const auto result = reconcile(eth0, {want("10.0.0.9/24")}, {}, {}, parent);
  CHECK(result.foreign.empty());
  CHECK(result.plan == Plan{adding("10.0.0.9/32")});
}

TEST_CASE("PRODUCT 4: our own addresses on the parent do not make a prefix one that it has") {
  CHECK(reconcile(eth0, {want("10.0.0.9/24"), want("10.1.0.9/24")}, {}, {ip("10.1.0.1")},
                  {ours("10.0.0.1/24"), foreign("10.1.0.1/24")})
            .plan == Plan{adding("10.0.0.9/24"), adding("10.1.0.9/24")});
}

TEST_CASE("a link-local prefix of the parent is no prefix of the macvlan") {
  CHECK(reconcile(eth0, {want("fe80::9/64")}, {}, {}, {foreign("fe80::1/64")}).plan ==
        Plan{adding("fe80::9/64")});
  CHECK(plan({want("fe80::9/64")}, {foreign("fe80::1/64")}) == Plan{adding("fe80::9/128")});
}

TEST_CASE("installed_prefix says what reconcile installs") {
  const std::vector found{foreign("10.0.0.1/24"), ours("192.0.2.1/24")};
  CHECK(installed_prefix(want("10.0.0.9/24"), found, {}) == prefix("10.0.0.9/32"));
  CHECK(installed_prefix(want("192.0.2.9/24"), found, {}) == prefix("192.0.2.9/24"));
  CHECK(installed_prefix(want("10.0.0.9/24"), found, {ip("10.0.0.1")}) == prefix("10.0.0.9/24"));
}

TEST_CASE("a new IPv4 prefix length is added before the old one is removed") {
  CHECK(plan({want("10.0.0.9/24")}, {ours("10.0.0.9/24"), behind(foreign("10.0.0.1/24"))}) ==
        Plan{adding("10.0.0.9/32"), keeping, removing("10.0.0.9/24")});
  CHECK(plan({want("10.0.0.9/24")}, {ours("10.0.0.9/32")}) ==
        Plan{adding("10.0.0.9/24"), removing("10.0.0.9/32")});
}

TEST_CASE("a new IPv6 prefix length replaces the old one at once, for the kernel has only one") {
  CHECK(plan({want("2001:db8::9/64"), want("2001:db8::a/64")},
             {ours("2001:db8::9/64"), ours("2001:db8::a/64"), foreign("2001:db8::1/64")}) ==
        Plan{removing("2001:db8::9/64"), adding("2001:db8::9/128"), removing("2001:db8::a/64"),
             adding("2001:db8::a/128")});
}

TEST_CASE("the wrong prefix length beside the right one is removed") {
  CHECK(plan({want("10.0.0.9/24")}, {ours("10.0.0.9/24"), ours("10.0.0.9/32")}) ==
        Plan{removing("10.0.0.9/32")});
}

TEST_CASE("PRODUCT 8.9: a mark that somebody dropped or changed is put back in place") {
  Address changed = foreign("2001:db8::1/64");
  changed.mark = 99;
  CHECK(plan({want("10.0.0.1/24"), want("2001:db8::1/64")}, {foreign("10.0.0.1/24"), changed},
             {ip("10.0.0.1"), ip("2001:db8::1")}) ==
        Plan{replacing("10.0.0.1/24"), replacing("2001:db8::1/64")});
}

TEST_CASE("the kernel changes no IPv4 label, scope or noprefixroute in place") {
  WantedAddress labelled = want("10.0.0.1/24");
  labelled.label = "eth0:vip";
  WantedAddress scoped = want("10.0.0.1/24");
  scoped.scope = Scope::link;
  WantedAddress routeless = want("10.0.0.1/24");
  routeless.noprefixroute = true;
  for (const WantedAddress& wanted : {labelled, scoped, routeless}) {
    AddressRequest wished = request("10.0.0.1/24");
    wished.label = wanted.label;
    wished.scope = wanted.scope;
    wished.noprefixroute = wanted.noprefixroute;
    CHECK(plan({wanted}, {ours("10.0.0.1/24")}) ==
          Plan{removing("10.0.0.1/24"), AddAddress{wished}});
  }
}

TEST_CASE("where no label is wanted any label is right") {
  Address labelled = ours("10.0.0.1/24");
  labelled.label = "eth0:0";
  CHECK(plan({want("10.0.0.1/24")}, {labelled}).empty());
}

TEST_CASE("IPv6 noprefixroute is changed in place, label and scope mean nothing there") {
  WantedAddress routeless = want("2001:db8::1/64");
  routeless.noprefixroute = true;
  AddressRequest wished = request("2001:db8::1/64");
  wished.noprefixroute = true;
  CHECK(plan({routeless}, {ours("2001:db8::1/64")}) == Plan{ReplaceAddress{wished}});

  WantedAddress labelled = want("2001:db8::1/64");
  labelled.label = "vip";
  labelled.scope = Scope::link;
  CHECK(plan({labelled}, {ours("2001:db8::1/64")}).empty());
}

TEST_CASE("all attributes that are wanted are in the request") {
  WantedAddress wanted = want("10.0.0.1/24");
  wanted.label = "eth0:vip";
  wanted.scope = Scope::link;
  wanted.preferred_lifetime = std::chrono::seconds(0);
  wanted.noprefixroute = true;
  CHECK(plan({wanted}, {}) == Plan{AddAddress{{.interface = eth0,
                                               .prefix = prefix("10.0.0.1/24"),
                                               .label = "eth0:vip",
                                               .scope = Scope::link,
                                               .preferred_lifetime = std::chrono::seconds(0),
                                               .noprefixroute = true}}});
}

TEST_CASE("releases come before claims") {
  CHECK(plan({want("10.1.0.1/24")}, {ours("10.0.0.1/24")}) ==
        Plan{removing("10.0.0.1/24"), adding("10.1.0.1/24")});
}

TEST_CASE("secondaries are removed before primaries, and then nothing needs to be kept") {
  CHECK(plan({}, {ours("10.0.0.1/24"), ours("10.1.0.1/24"), behind(ours("10.0.0.2/24")),
                  behind(ours("10.1.0.2/24"))}) ==
        Plan{removing("10.0.0.2/24"), removing("10.1.0.2/24"), removing("10.0.0.1/24"),
             removing("10.1.0.1/24")});
}

TEST_CASE("the other addresses of a subnet are kept when its primary goes") {
  CHECK(plan({}, {ours("10.0.0.1/24"), behind(foreign("10.0.0.2/24"))}) ==
        Plan{keeping, removing("10.0.0.1/24")});
  CHECK(plan({want("10.0.0.2/24")}, {ours("10.0.0.1/24"), behind(ours("10.0.0.2/24"))}) ==
        Plan{keeping, removing("10.0.0.1/24")});
}

TEST_CASE("secondaries are kept once in a plan, and only where somebody stays") {
  CHECK(plan({}, {ours("10.0.0.1/24"), ours("10.1.0.1/24"), behind(foreign("10.0.0.2/24")),
                  behind(foreign("10.1.0.2/24"))}) ==
        Plan{keeping, removing("10.0.0.1/24"), removing("10.1.0.1/24")});
  CHECK(plan({}, {ours("10.0.0.1/24"), foreign("10.0.0.2/25"), ours("2001:db8::1/64"),
                  foreign("2001:db8::2/64")}) ==
        Plan{removing("10.0.0.1/24"), removing("2001:db8::1/64")});
}

TEST_CASE("an address that was just added behind a primary is kept when the primary goes") {
  CHECK(plan({want("10.0.0.1/25"), want("10.0.0.2/24")}, {ours("10.0.0.1/24")}) ==
        Plan{adding("10.0.0.1/25"), adding("10.0.0.2/24"), keeping, removing("10.0.0.1/24")});
}

TEST_CASE("an address that two routers want is planned once, as the first wants it") {
  CHECK(plan({want("10.0.0.1/24"), want("10.0.0.1/16")}, {}) == Plan{adding("10.0.0.1/24")});
}

}  // namespace failover::tests
