// Every key of a VRRP router: its default, and what it may be at the ends of its range.

#include "tests/unit/config/temporary_directory.hpp"
#include "tests/unit/config/texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

TEST_CASE("A VRRP router without more than its addresses has the defaults of RFC 9568") {
  const auto router = read_router(in_vrrp(""));
  CHECK(router.interface == "eth0");
  CHECK(router.name() == "eth0.vrrp.20");
  CHECK(router.id() == 20);
  CHECK(router.preempt == Preempt::on);
  CHECK(router.handover_timeout == 10s);
  CHECK(router.sources.empty());
  CHECK(router.peers.empty());
  CHECK(router.mac == MacMode::interface);
  REQUIRE(router.addresses.size() == 1);
  CHECK(router.addresses[0].prefix.text() == "10.0.0.1/24");
  const auto vrrp = std::get<VrrpSettings>(router.protocol);
  CHECK(vrrp.vrid == vrrp::Vrid::of<20>());
  CHECK(vrrp.version == vrrp::Version::v3);
  CHECK(vrrp.priority.value() == 100);
  CHECK(vrrp.interval.value() == 100);
  CHECK(vrrp.dead_ratio.value() == 3);
  CHECK(vrrp.checksum == vrrp::Checksum::rfc5798);
  CHECK(vrrp.accept);
  CHECK(vrrp.password.bytes().empty());
}

TEST_CASE("A router of version 2 has the defaults of RFC 3768") {
  const auto vrrp = read_vrrp(in_vrrp("version = 2\n"));
  CHECK(vrrp.version == vrrp::Version::v2);
  CHECK(vrrp.priority.value() == 100);
  CHECK(vrrp.interval.value() == 100);
  CHECK(vrrp.password.bytes().empty());
}

TEST_CASE("VRIDs are 1 to 255") {
  const auto id = [](std::string_view text) {
    return read_router("[interface.eth0.vrrp." + std::string(text) +
                       "]\naddresses = [\"10.0.0.1\"]\n")
        .id();
  };
  CHECK(id("1") == 1);
  CHECK(id("255") == 255);
}

TEST_CASE("Numbers of VRRP are accepted at both ends of their range") {
  CHECK(read_vrrp(in_vrrp("priority = 1\n")).priority.value() == 1);
  CHECK(read_vrrp(in_vrrp("priority = 255\n")).priority.value() == 255);
  CHECK(read_vrrp(in_vrrp("dead_ratio = 1\n")).dead_ratio.value() == 1);
  CHECK(read_vrrp(in_vrrp("dead_ratio = 255\n")).dead_ratio.value() == 255);
  CHECK(read_vrrp(in_vrrp("version = 3\n")).version == vrrp::Version::v3);
}

TEST_CASE("accept may be false for all but the owner, and true for the owner too") {
  CHECK_FALSE(read_vrrp(in_vrrp("accept = false\n")).accept);
  CHECK_FALSE(read_vrrp(in_vrrp("accept = false\npriority = 254\n")).accept);
  CHECK_FALSE(read_vrrp(in_vrrp("accept = false\nversion = 2\n")).accept);
  CHECK(read_vrrp(in_vrrp("accept = true\npriority = 255\n")).accept);
}

TEST_CASE("The interval of version 3 is 10 ms to 40.95 s in steps of 10 ms") {
  const auto interval = [](std::string_view text) {
    return read_vrrp(in_vrrp("interval = \"" + std::string(text) + "\"\n")).interval.value();
  };
  CHECK(interval("10ms") == 1);
  CHECK(interval("0.01s") == 1);
  CHECK(interval("250ms") == 25);
  CHECK(interval("1s") == 100);
  CHECK(interval("40.95s") == 4095);
}

TEST_CASE("The interval of version 2 is 1 s to 255 s in whole seconds") {
  const auto interval = [](std::string_view text) {
    return read_vrrp(in_vrrp("version = 2\ninterval = \"" + std::string(text) + "\"\n"))
        .interval.value();
  };
  CHECK(interval("1s") == 100);
  CHECK(interval("2000ms") == 200);
  CHECK(interval("1m") == 6000);
  CHECK(interval("255s") == 25'500);
}

TEST_CASE("checksum says how version 3 is sent over IPv4, and does no harm without IPv4") {
  CHECK(read_vrrp(in_vrrp("checksum = \"rfc5798\"\n")).checksum == vrrp::Checksum::rfc5798);
  CHECK(read_vrrp(in_vrrp("checksum = \"rfc9568\"\n")).checksum == vrrp::Checksum::rfc9568);
  CHECK(read_vrrp(in_vrrp("checksum = \"rfc9568\"\n", "\"fe80::1/64\"")).checksum ==
        vrrp::Checksum::rfc9568);
}

TEST_CASE("preempt may be false for all but the owner, and true for the owner too") {
  CHECK(read_router(in_vrrp("preempt = false\npriority = 254\n")).preempt == Preempt::off);
  CHECK(read_router(in_vrrp("preempt = true\npriority = 255\n")).preempt == Preempt::on);
}

TEST_CASE("A password of VRRPv2 has 1 to 8 bytes of any kind but NUL") {
  const auto password = [](std::string_view text) {
    return read_vrrp(in_vrrp("version = 2\npassword = " + std::string(text) + "\n")).password;
  };
  CHECK(text_of(password("\"x\"")) == "x");
  CHECK(text_of(password("\"eight-ch\"")) == "eight-ch");
}

TEST_CASE("A password of VRRPv2 may stand in a file of its own") {
  const TemporaryDirectory directory;
  const auto key = directory.write("web.key", "eight-ch\n");
  CHECK(text_of(read_vrrp(in_vrrp("version = 2\npassword_file = \"" + key.string() + "\"\n"))
                    .password) == "eight-ch");
}

TEST_CASE("A router of version 3 has addresses of both families in the order of the file") {
  const auto router =
      read_router(in_vrrp("", "\"fe80::1/64\", \"10.0.0.1/24\", \"2001:db8::1/64\""));
  REQUIRE(router.addresses.size() == 3);
  CHECK(router.addresses[0].prefix.text() == "fe80::1/64");
  CHECK(router.addresses[1].prefix.text() == "10.0.0.1/24");
  CHECK(router.addresses[2].prefix.text() == "2001:db8::1/64");
  CHECK(router.has(Family::ipv4));
  CHECK(router.has(Family::ipv6));
}

TEST_CASE("The first address over IPv6 need not be link-local") {
  CHECK(read_router(in_vrrp("", "\"2001:db8::1/64\"")).has(Family::ipv6));
}

}  // namespace
}  // namespace failover::tests
