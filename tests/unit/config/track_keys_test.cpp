// Every type of a track with its keys, their defaults, and what they may be.

#include "tests/unit/config/group_texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

// Of a type that is asked.
TrackSettings asked(std::string_view more) {
  return read_track("unit", "unit = \"a\"\n" + std::string(more));
}

template <class Track>
Track read_what(std::string_view type, std::string_view more) {
  return std::get<Track>(read_track(type, more).what);
}

TEST_CASE("A track that is asked has an interval, a timeout, rise and fall, and makes it yield") {
  const auto track = asked("");
  CHECK(track.name == "site");
  CHECK(track.interval == 1s);
  CHECK(track.timeout == 500ms);
  CHECK(track.rise == 2);
  CHECK(track.fall == 3);
  CHECK(track.demote == std::nullopt);
}

TEST_CASE("A track that the kernel tells is up after one interval and down at once") {
  for (const auto& [type, more] :
       {std::pair("link", "interface = \"eth1\"\n"), std::pair("address", "address = \"::1\"\n"),
        std::pair("route", "destination = \"default\"\n")}) {
    INFO(type);
    const auto track = read_track(type, more);
    CHECK(track.interval == 1s);
    CHECK(track.rise == 1);
    CHECK(track.fall == 1);
    CHECK(is_told_by_kernel(track.what));
    CHECK(read_track(type, std::string(more) + "rise = 5\ninterval = \"2s\"\n").rise == 5);
  }
  CHECK_FALSE(is_told_by_kernel(asked("").what));
}

TEST_CASE("The numbers of a track are accepted at both ends of their range") {
  CHECK(asked("interval = \"50ms\"\n").interval == 50ms);
  CHECK(asked("interval = \"1h\"\n").interval == 3600s);
  CHECK(asked("timeout = \"10ms\"\n").timeout == 10ms);
  CHECK(asked("interval = \"1h\"\ntimeout = \"1h\"\n").timeout == 3600s);
  CHECK(asked("rise = 1\n").rise == 1);
  CHECK(asked("rise = 100\n").rise == 100);
  CHECK(asked("fall = 1\n").fall == 1);
  CHECK(asked("fall = 100\n").fall == 100);
  CHECK(asked("demote = 0\n").demote == 0U);
  CHECK(asked("demote = 254\n").demote == 254U);
}

TEST_CASE("The default timeout is not longer than the interval") {
  CHECK(asked("interval = \"200ms\"\n").timeout == 200ms);
  CHECK(asked("interval = \"10s\"\n").timeout == 500ms);
}

TEST_CASE("Tracks come in the order of their names, 32 of them and not one more") {
  const auto text = [](std::size_t count) {
    std::string more;
    for (std::size_t i = count; i > 0; --i)
      more += "[group.web.track.u" + std::to_string(100 + i) + "]\ntype = \"unit\"\nunit = \"a\"\n";
    return more;
  };
  const auto group = read_group(text(32));
  REQUIRE(group.tracks.size() == 32);
  CHECK(group.tracks.front().name == "u101");
  CHECK(group.tracks.back().name == "u132");
  CHECK(errors_of(in_group(text(33))) ==
        "t.toml:6:1: group.web.track: 33 tracks; accepted: at most 32");
}

TEST_CASE("The types are called as in the file") {
  CHECK(type_name(LinkTrack{}) == "link");
  CHECK(type_name(HttpTrack{}) == "http");
  CHECK(type_name(UnitTrack{}) == "unit");
}

TEST_CASE("A link is tracked by its interface") {
  CHECK(read_what<LinkTrack>("link", "interface = \"eth0.100\"\n").interface == "eth0.100");
}

TEST_CASE("An address is tracked anywhere or on one interface") {
  CHECK(read_what<AddressTrack>("address", "address = \"127.0.0.2\"\n") ==
        AddressTrack{.address = *IpAddress::parse("127.0.0.2")});
  CHECK(read_what<AddressTrack>("address", "address = \"fe80::1\"\ninterface = \"eth1\"\n") ==
        AddressTrack{.address = *IpAddress::parse("fe80::1"), .interface = "eth1"});
}

TEST_CASE("A route is tracked by its destination, and by more when that is written") {
  const auto route = read_what<RouteTrack>("route", "destination = \"198.51.100.0/24\"\n");
  CHECK(route == RouteTrack{.destination = *Prefix::parse("198.51.100.0/24")});
  CHECK(route.table == 254);
  CHECK(read_what<RouteTrack>("route",
                              "destination = \"198.51.100.7\"\ngateway = \"192.0.2.1\"\n"
                              "interface = \"eth1\"\ntable = 4294967295\n") ==
        RouteTrack{.destination = *Prefix::parse("198.51.100.7/32"),
                   .gateway = *IpAddress::parse("192.0.2.1"),
                   .interface = "eth1",
                   .table = 4'294'967'295});
  // RFC 5549: an IPv4 destination behind an IPv6 gateway.
  CHECK(read_what<RouteTrack>("route", "destination = \"10.0.0.0/8\"\ngateway = \"fe80::1\"\n")
            .destination.text() == "10.0.0.0/8");
}

TEST_CASE("The default route is that of its gateway's family, and of IPv4 without one") {
  const auto destination = [](std::string_view more) {
    return read_what<RouteTrack>("route", "destination = \"default\"\n" + std::string(more))
        .destination.text();
  };
  CHECK(destination("") == "0.0.0.0/0");
  CHECK(destination("gateway = \"192.0.2.1\"\n") == "0.0.0.0/0");
  CHECK(destination("gateway = \"fe80::1\"\n") == "::/0");
  CHECK(read_what<RouteTrack>("route", "destination = \"::/0\"\n").destination.text() == "::/0");
}

TEST_CASE("A process is tracked by its name or its program") {
  CHECK(read_what<ProcessTrack>("process", "process = \"haproxy\"\n") ==
        ProcessTrack{.name = "haproxy", .count = 1});
  CHECK(read_what<ProcessTrack>("process", "process = \"/usr/sbin/nginx\"\ncount = 10000\n") ==
        ProcessTrack{.name = "/usr/sbin/nginx", .count = 10'000});
  CHECK(read_what<ProcessTrack>("process", "process = \"fifteen letters\"\n").name ==
        "fifteen letters");
}

TEST_CASE("A file is tracked for being there, or for being written within a time") {
  CHECK(read_what<FileTrack>("file", "path = \"/run/ready\"\n") == FileTrack{.path = "/run/ready"});
  CHECK(read_what<FileTrack>("file", "path = \"/a\"\nnewer_than = \"1s\"\n").newer_than == 1s);
  CHECK(read_what<FileTrack>("file", "path = \"/a\"\nnewer_than = \"744h\"\n").newer_than ==
        2'678'400s);
}

TEST_CASE("A command is an argument vector, and has a user when one is written") {
  CHECK(read_what<CommandTrack>("command", "command = [\"/bin/check\", \"-q\"]\n") ==
        CommandTrack{.command = {"/bin/check", "-q"}});
  const auto user = [](std::string_view name) {
    return read_what<CommandTrack>(
               "command", "command = [\"/bin/check\"]\nuser = \"" + std::string(name) + "\"\n")
        .user;
  };
  CHECK(user("nobody") == "nobody");
  CHECK(user("_apt") == "_apt");
  const std::string longest(32, 'u');
  CHECK(user(longest) == longest);
}

TEST_CASE("A TCP service is tracked by its address and port") {
  const auto tcp = [](std::string_view text) {
    return read_what<TcpTrack>("tcp", "address = \"" + std::string(text) + "\"\n");
  };
  CHECK(tcp("127.0.0.1:8443") == TcpTrack{.address = *IpAddress::parse("127.0.0.1"), .port = 8443});
  CHECK(tcp("[::1]:80") == TcpTrack{.address = *IpAddress::parse("::1"), .port = 80});
  CHECK(tcp("10.0.0.1:1").port == 1);
  CHECK(tcp("10.0.0.1:65535").port == 65'535);
}

TEST_CASE("A URL of http is taken apart, and 80 is its port when it has none") {
  const auto http = [](std::string_view url) {
    return read_what<HttpTrack>("http", "url = \"" + std::string(url) + "\"\n");
  };
  CHECK(http("http://127.0.0.1:8080/healthz") ==
        HttpTrack{.address = *IpAddress::parse("127.0.0.1"),
                  .port = 8080,
                  .host = "127.0.0.1:8080",
                  .target = "/healthz"});
  CHECK(http("http://[2001:db8::1]") ==
        HttpTrack{.address = *IpAddress::parse("2001:db8::1"), .host = "[2001:db8::1]"});
  CHECK(http("http://10.0.0.1:80/a?b=c&d").host == "10.0.0.1");
  CHECK(http("http://10.0.0.1:80/a?b=c&d").target == "/a?b=c&d");
  CHECK(http("http://10.0.0.1?ready").target == "/?ready");
}

TEST_CASE("HTTP's status is one or a range, and from 200 to 399 when it is left out") {
  const auto statuses = [](std::string_view more) {
    const auto http =
        read_what<HttpTrack>("http", "url = \"http://10.0.0.1/\"\n" + std::string(more));
    return std::pair(http.status_least, http.status_most);
  };
  CHECK(statuses("") == std::pair(200U, 399U));
  CHECK(statuses("status = \"204\"\n") == std::pair(204U, 204U));
  CHECK(statuses("status = \"100-599\"\n") == std::pair(100U, 599U));
}

TEST_CASE("A host is tracked by its answers to pings, a unit by its name") {
  CHECK(read_what<IcmpTrack>("icmp", "address = \"192.0.2.1\"\n").address.text() == "192.0.2.1");
  CHECK(read_what<UnitTrack>("unit", "unit = \"haproxy.service\"\n").unit == "haproxy.service");
}

}  // namespace
}  // namespace failover::tests
