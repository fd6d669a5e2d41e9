// The keys source, peers and mac: where adverts come from and go to.

#include "protocol/limits.hpp"
#include "tests/unit/config/texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

constexpr std::string_view both_families = "\"10.0.0.1/24\", \"2001:db8::1/64\"";

std::vector<std::string> texts_of(const std::vector<IpAddress>& addresses) {
  std::vector<std::string> texts;
  for (const IpAddress& address : addresses) texts.push_back(address.text());
  return texts;
}

TEST_CASE("source is an address, or one of each family") {
  const auto sources = [](std::string_view text, std::string_view addresses) {
    return texts_of(
        read_router(in_vrrp("source = " + std::string(text) + "\n", addresses)).sources);
  };
  using Texts = std::vector<std::string>;
  CHECK(sources("\"10.0.0.2\"", "\"10.0.0.1\"") == Texts{"10.0.0.2"});
  CHECK(sources("\"fe80::2\"", "\"fe80::1\"") == Texts{"fe80::2"});
  CHECK(sources("[\"10.0.0.2\"]", both_families) == Texts{"10.0.0.2"});
  CHECK(sources("[\"10.0.0.2\", \"fe80::2\"]", both_families) == Texts{"10.0.0.2", "fe80::2"});
  CHECK(texts_of(read_router(in_router("source = \"10.0.0.2\"\n")).sources) == Texts{"10.0.0.2"});
}

TEST_CASE("A source that no router could send from is refused") {
  check_bad_texts({
      {"source with a prefix length", in_router("source = \"10.0.0.2/24\"\n"),
       "t.toml:4:10: interface.eth0.carp.10.source: \"10.0.0.2/24\": not an IPv4 or IPv6 address; "
       "accepted: an address like \"192.0.2.1\" or \"fe80::1\""},
      {"source that is multicast", in_router("source = \"224.0.0.18\"\n"),
       "t.toml:4:10: interface.eth0.carp.10.source: \"224.0.0.18\" is a multicast address; "
       "accepted: the address of a host"},
      {"source that is unspecified", in_router("source = \"0.0.0.0\"\n"),
       "t.toml:4:10: interface.eth0.carp.10.source: \"0.0.0.0\" is the unspecified address; "
       "accepted: the address of a host"},
      {"source that is a number", in_router("source = 10\n"),
       "t.toml:4:10: interface.eth0.carp.10.source: must be a string, not an integer; accepted: an "
       "address like \"192.0.2.1\" or \"fe80::1\""},
      {"no source in a list", in_router("source = []\n"),
       "t.toml:4:10: interface.eth0.carp.10.source: is empty; leave it out for the interface's own "
       "addresses"},
      {"two sources of a family", in_router("source = [\"10.0.0.2\", \"10.0.0.3\"]\n"),
       "t.toml:4:23: interface.eth0.carp.10.source[1]: 10.0.0.3 is a second source of its family; "
       "accepted: one IPv4 and one IPv6 address"},
      {"a source of IPv6 without IPv6 addresses", in_router("source = \"fe80::1\"\n"),
       "t.toml:4:10: interface.eth0.carp.10.source: fe80::1 is an IPv6 address, but no address of "
       "the router is; leave it out, or add IPv6 addresses"},
      {"a source of IPv4 without IPv4 addresses",
       in_vrrp("source = [\"fe80::2\", \"10.0.0.2\"]\n", "\"fe80::1\""),
       "t.toml:3:22: interface.eth0.vrrp.20.source[1]: 10.0.0.2 is an IPv4 address, but no address "
       "of the router is; leave it out, or add IPv4 addresses"},
      {"a source that may fit the refused address",
       without_addresses("addresses = [\"fe80::x\"]\nsource = \"fe80::2\"\n"),
       "t.toml:3:14: interface.eth0.carp.10.addresses[0]: \"fe80::x\": not an IPv4 or IPv6 "
       "address; "
       "accepted: an address like \"192.0.2.1/24\" or \"2001:db8::1/64\""},
  });
}

TEST_CASE("how many routers an advert may have passed is any number, unless told") {
  CHECK(read_router(in_router("peers = [\"10.0.0.2\"]\n")).max_hops == MaxHops::of<255>());
  CHECK(read_router(in_router("peers = [\"10.0.0.2\"]\nmax_hops = 0\n")).max_hops ==
        MaxHops::of<0>());
  check_bad_texts({
      {"more hops than there are", in_router("peers = [\"10.0.0.2\"]\nmax_hops = 256\n"),
       "t.toml:5:12: interface.eth0.carp.10.max_hops: 256 is out of range; accepted: 0..255"},
      {"hops without peers", in_router("max_hops = 1\n"),
       "t.toml:4:12: interface.eth0.carp.10.max_hops: is for unicast, and there are no peers; "
       "leave "
       "it out: multicast is never routed"},
  });
}

TEST_CASE("peers are addresses in the order of the file, link-local ones too") {
  const auto router =
      read_router(in_vrrp("peers = [\"10.0.0.3\", \"fe80::2\", \"10.9.0.2\"]\n", both_families));
  CHECK(texts_of(router.peers) == std::vector<std::string>{"10.0.0.3", "fe80::2", "10.9.0.2"});
  CHECK(texts_of(read_router(in_router("peers = [\"10.0.0.2\"]\n")).peers) ==
        std::vector<std::string>{"10.0.0.2"});
}

TEST_CASE("Peers that could not be spoken to are refused") {
  check_bad_texts({
      {"peers that are a string", in_router("peers = \"10.0.0.2\"\n"),
       "t.toml:4:9: interface.eth0.carp.10.peers: must be an array, not a string; accepted: "
       "strings "
       "like \"192.0.2.1\""},
      {"no peers", in_router("peers = []\n"),
       "t.toml:4:9: interface.eth0.carp.10.peers: is empty; leave it out for multicast"},
      {"a peer that is a number", in_router("peers = [10]\n"),
       "t.toml:4:10: interface.eth0.carp.10.peers[0]: must be a string, not an integer; accepted: "
       "an address like \"192.0.2.1\" or \"fe80::1\""},
      {"a peer with a prefix length", in_router("peers = [\"10.0.0.2/24\"]\n"),
       "t.toml:4:10: interface.eth0.carp.10.peers[0]: \"10.0.0.2/24\": not an IPv4 or IPv6 "
       "address; "
       "accepted: an address like \"192.0.2.1\" or \"fe80::1\""},
      {"a peer that is a group", in_router("peers = [\"224.0.0.18\"]\n"),
       "t.toml:4:10: interface.eth0.carp.10.peers[0]: \"224.0.0.18\" is a multicast address; "
       "accepted: the address of a host"},
      {"a peer that is this host", in_router("peers = [\"127.0.0.1\"]\n"),
       "t.toml:4:10: interface.eth0.carp.10.peers[0]: \"127.0.0.1\" is a loopback address; "
       "accepted: the address of a host"},
      {"a peer twice", in_router("peers = [\"10.0.0.2\", \"10.0.0.3\", \"10.0.0.2\"]\n"),
       "t.toml:4:34: interface.eth0.carp.10.peers[2]: 10.0.0.2 is named twice"},
      {"a peer that is a failover IP of the router", in_router("peers = [\"10.0.0.1\"]\n"),
       "t.toml:4:10: interface.eth0.carp.10.peers[0]: 10.0.0.1 is one of the router's own "
       "addresses; accepted: an address that stays with the peer"},
      {"a peer of IPv6 without IPv6 addresses", in_router("peers = [\"10.0.0.2\", \"fe80::2\"]\n"),
       "t.toml:4:22: interface.eth0.carp.10.peers[1]: fe80::2 is an IPv6 address, but no address "
       "of "
       "the router is; leave it out, or add IPv6 addresses"},
      {"no peer of IPv6 for IPv6 addresses", in_vrrp("peers = [\"10.0.0.2\"]\n", both_families),
       "t.toml:3:9: interface.eth0.vrrp.20.peers: no IPv6 address, but the router has some; "
       "add one of each peer"},
      {"no peer of IPv4 for IPv4 addresses", in_vrrp("peers = [\"fe80::2\"]\n", both_families),
       "t.toml:3:9: interface.eth0.vrrp.20.peers: no IPv4 address, but the router has some; "
       "add one of each peer"},
      {"a refused peer that may be the missing one",
       in_vrrp("peers = [\"10.0.0.2\", \"fe80::x\"]\n", both_families),
       "t.toml:3:22: interface.eth0.vrrp.20.peers[1]: \"fe80::x\": not an IPv4 or IPv6 address; "
       "accepted: an address like \"192.0.2.1\" or \"fe80::1\""},
      {"peers and a virtual MAC", in_router("mac = \"virtual\"\npeers = [\"10.0.0.2\"]\n"),
       "t.toml:5:9: interface.eth0.carp.10.peers: unicast adverts leave with the interface's own "
       "MAC; leave peers out, or mac = \"virtual\""},
  });
}

TEST_CASE("A router has 16 peers and not one more") {
  const auto text = [](std::size_t count) {
    std::string peers = "peers = [";
    for (std::size_t i = 0; i < count; ++i) peers += "\"10.0.1." + std::to_string(i + 1) + "\",";
    return in_router(peers + "]\n");
  };
  CHECK(read_router(text(limits::unicast_peers)).peers.size() == 16);
  CHECK(errors_of(text(limits::unicast_peers + 1)) ==
        "t.toml:4:9: interface.eth0.carp.10.peers: 17 peers; accepted: at most 16");
}

TEST_CASE("mac is the interface's or virtual") {
  CHECK(read_router(in_router("mac = \"interface\"\n")).mac == MacMode::interface);
  CHECK(read_router(in_router("mac = \"virtual\"\n")).mac == MacMode::virtual_mac);
  CHECK(read_router(in_vrrp("mac = \"virtual\"\n")).mac == MacMode::virtual_mac);
  CHECK(errors_of(in_router("mac = \"virtuel\"\n")) ==
        "t.toml:4:7: interface.eth0.carp.10.mac: \"virtuel\" is unknown; accepted: interface, "
        "virtual; did you mean \"virtual\"?");
}

// A CARP router 20 on eth0 and a VRRP router 20 on the interface.
std::string same_id(std::string_view carp_mac, std::string_view interface,
                    std::string_view vrrp_mac) {
  return "[interface.eth0.carp.20]\npassword = \"x\"\naddresses = [\"10.0.0.1\"]\nmac = \"" +
         std::string(carp_mac) + "\"\n[interface." + std::string(interface) +
         ".vrrp.20]\naddresses = [\"10.0.0.2\"]\nmac = \"" + std::string(vrrp_mac) + "\"\n";
}

TEST_CASE("A virtual MAC belongs to one router of an interface, whatever its protocol") {
  CHECK(errors_of(same_id("virtual", "eth0", "virtual")) ==
        "t.toml:7:7: interface.eth0.vrrp.20.mac: the virtual MAC of 20 is already that of "
        "eth0.carp.20 at t.toml:4:7; use another id, or mac = \"interface\"");
}

TEST_CASE("One VHID and one VRID may be equal where not both have a virtual MAC") {
  CHECK(errors_of(same_id("interface", "eth0", "interface")).empty());
  CHECK(errors_of(same_id("virtual", "eth0", "interface")).empty());
  CHECK(errors_of(same_id("interface", "eth0", "virtual")).empty());
  CHECK(errors_of(same_id("virtual", "eth1", "virtual")).empty());
}

}  // namespace
}  // namespace failover::tests
