// Places for connections: who gets the last ones, and who goes when there are none.

#include <sys/resource.h>

#include <nlohmann/json.hpp>

#include "tests/unit/catch.hpp"
#include "tests/unit/http/test_server.hpp"

namespace failover::tests {

using failover::http::Bounds;
using failover::http::Reply;
using failover::http::test::RawClient;
using failover::http::test::runs_as_root;
using failover::http::test::somebody;
using failover::http::test::TestServer;
namespace limits = failover::limits;

namespace {

constexpr auto request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

// Waits, with every reply under way, until nothing more happens at once.
void settle(TestServer& site) {
  while (site.context.poll() > 0) {
  }
}

Bounds few_places() {
  Bounds bounds;
  bounds.connections = 4;
  bounds.kept_for_root = 2;
  return bounds;
}

}  // namespace

TEST_CASE("1,000 clients that connect and say nothing do not lock a working client out") {
  TestServer site;
  std::vector<RawClient> silent;
  for (int i = 0; i < 1000; ++i) {
    silent.push_back(site.client(runs_as_root() ? std::optional(somebody) : std::nullopt));
    settle(site);
    CHECK(site.server->connections() <= limits::api_connections);
  }
  auto working = site.client();
  working.send(request);
  CHECK(site.reply_to(working).status == 200);
  CHECK(site.server->counters().evicted > 0);
}

TEST_CASE("half a request does not keep a place that another needs") {
  Bounds bounds;
  bounds.connections = 2;
  bounds.kept_for_root = 0;
  TestServer site(bounds);
  auto first = site.client();
  first.send("GET /a HT");
  settle(site);
  auto second = site.client();
  settle(site);
  auto third = site.client();
  settle(site);
  CHECK(first.closed_by_server());
  CHECK_FALSE(second.closed_by_server());
  third.send(request);
  CHECK(site.reply_to(third).status == 200);
}

TEST_CASE("a request under way keeps its place, and the newcomer is told that there is none") {
  Bounds bounds;
  bounds.connections = 2;
  bounds.kept_for_root = 0;
  TestServer site(bounds);
  site.answers = [&](const auto&, const Reply& reply) { site.deferred.push_back(reply); };
  auto first = site.client();
  auto second = site.client();
  first.send(request);
  second.send(request);
  REQUIRE(site.until([&] { return site.deferred.size() == 2; }));
  auto third = site.client();
  const auto reply = site.reply_to(third);
  CHECK(reply.status == 503);
  CHECK(nlohmann::json::parse(reply.body)["detail"].get<std::string>().find("2") !=
        std::string::npos);
  CHECK(site.server->counters().refused == 1);
  site.deferred.front()({});
  CHECK(site.reply_to(first).status == 200);
}

TEST_CASE("the last places are root's") {
  if (!runs_as_root()) {
    WARN("only root can connect as another user");
    return;
  }
  TestServer site(few_places());
  site.answers = [&](const auto&, const Reply& reply) { site.deferred.push_back(reply); };
  std::vector<RawClient> others;
  for (int i = 0; i < 2; ++i) {
    others.push_back(site.client(somebody));
    others.back().send(request);
  }
  REQUIRE(site.until([&] { return site.deferred.size() == 2; }));
  auto third = site.client(somebody);
  CHECK(site.reply_to(third).status == 503);
  auto root = site.client();
  root.send(request);
  CHECK(site.until([&] { return site.deferred.size() == 3; }));
}

TEST_CASE("nobody takes the place of a root's client but root") {
  if (!runs_as_root()) {
    WARN("only root can connect as another user");
    return;
  }
  TestServer site(few_places());
  std::vector<RawClient> roots;
  for (int i = 0; i < 4; ++i) {
    roots.push_back(site.client());
    settle(site);
  }
  auto other = site.client(somebody);
  CHECK(site.reply_to(other).status == 503);
  auto fifth = site.client();
  settle(site);
  CHECK(roots.front().closed_by_server());
  CHECK_FALSE(roots.back().closed_by_server());
}

TEST_CASE("root's newcomer takes another user's place before one of root's") {
  if (!runs_as_root()) {
    WARN("only root can connect as another user");
    return;
  }
  TestServer site(few_places());
  std::vector<RawClient> roots;
  for (int i = 0; i < 3; ++i) {
    roots.push_back(site.client());
    settle(site);
  }
  auto other = site.client(somebody);
  settle(site);
  auto newcomer = site.client();
  settle(site);
  CHECK(other.closed_by_server());
  CHECK_FALSE(roots.front().closed_by_server());
}

TEST_CASE("without descriptors accepting pauses, and goes on when there are some again") {
  TestServer site;
  auto client = site.client();
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 3;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  const bool noticed = site.until([&] { return site.server->counters().accept_failures > 0; });
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(noticed);
  client.send(request);
  CHECK(site.reply_to(client).status == 200);
}

}  // namespace failover::tests
