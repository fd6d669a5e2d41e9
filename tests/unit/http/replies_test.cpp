// Replies that come later, not at all, or when nobody is there any more.

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/unit/catch.hpp"
#include "tests/unit/http/test_server.hpp"

namespace failover::tests {

using namespace std::chrono_literals;
using failover::http::Bounds;
using failover::http::Reply;
using failover::http::Response;
using failover::http::test::TestServer;

namespace {

constexpr auto request = "GET /later HTTP/1.1\r\nHost: x\r\n\r\n";

void defer(TestServer& site) {
  site.answers = [&](const auto&, const Reply& reply) { site.deferred.push_back(reply); };
}

Response text(std::string body) {
  return {.status = 200, .content_type = "text/plain", .body = std::move(body), .headers = {}};
}

}  // namespace

TEST_CASE("a reply may come long after the bound for requests") {
  Bounds bounds;
  bounds.request_time = 10ms;
  TestServer site(bounds);
  defer(site);
  auto client = site.client();
  client.send(request);
  REQUIRE(site.until([&] { return site.deferred.size() == 1; }));
  auto silent = site.client();  // a later deadline that passes shows that time has
  REQUIRE(site.until([&] { return silent.closed_by_server(); }));
  site.deferred.front()(text("late"));
  CHECK(site.reply_to(client).body == "late");
}

TEST_CASE("only the first call of a reply counts, whichever copy makes it") {
  TestServer site;
  defer(site);
  auto client = site.client();
  client.send(request);
  REQUIRE(site.until([&] { return site.deferred.size() == 1; }));
  const Reply copy = site.deferred.front();
  copy(text("first"));
  site.deferred.front()(text("second"));
  CHECK(site.reply_to(client).body == "first");
  client.send(request);
  CHECK(site.until([&] { return site.deferred.size() == 2; }));
  copy(text("stale"));
  site.deferred.back()(text("fresh"));
  CHECK(site.reply_to(client).body == "fresh");
}

TEST_CASE(
    "a client that goes before its reply leaves its place at once, and the reply is harmless") {
  TestServer site;
  defer(site);
  auto client = site.client();
  client.send(request);
  REQUIRE(site.until([&] { return site.deferred.size() == 1; }));
  client.close();
  CHECK(site.until([&] { return site.server->connections() == 0; }));
  site.deferred.front()(text("too late"));
  site.context.poll();
  CHECK(site.server->connections() == 0);
}

TEST_CASE("a client that was gone before its request was read does not keep its place") {
  TestServer site;
  defer(site);
  {
    auto client = site.client();
    client.send(request);
  }
  CHECK(site.until([&] { return site.deferred.size() == 1; }));
  CHECK(site.until([&] { return site.server->connections() == 0; }));
}

TEST_CASE("a client that only has nothing more to say still gets its reply") {
  TestServer site;
  defer(site);
  auto client = site.client();
  client.send(request);
  client.half_close();
  REQUIRE(site.until([&] { return site.deferred.size() == 1; }));
  site.context.poll();
  site.deferred.front()(text("here"));
  CHECK(site.reply_to(client).body == "here");
  CHECK(site.until([&] { return client.closed_by_server(); }));
}

TEST_CASE("a reply after the server has gone is harmless") {
  TestServer site;
  defer(site);
  auto client = site.client();
  client.send(request);
  REQUIRE(site.until([&] { return site.deferred.size() == 1; }));
  site.server.reset();
  site.deferred.front()(text("nobody there"));
  site.context.poll();
  CHECK(client.closed_by_server());
}

TEST_CASE("a request that the handler drops is answered with 500") {
  TestServer site;
  const bool at_once = GENERATE(true, false);
  if (at_once) {
    site.answers = [](const auto&, const auto&) {};
  } else {
    defer(site);
  }
  auto client = site.client();
  client.send(request);
  REQUIRE(site.until([&] { return site.requests.size() == 1; }));
  site.deferred.clear();
  const auto reply = site.reply_to(client);
  CHECK(reply.status == 500);
  CHECK(nlohmann::json::parse(reply.body)["path"] == "/later");
}

TEST_CASE("a handler that throws costs its request a 500, nothing else") {
  TestServer site;
  site.answers = [](const auto& asked, const Reply& reply) {
    if (asked.path == "/later") throw std::runtime_error("broken");
    reply(text("fine"));
  };
  auto client = site.client();
  client.send(request);
  CHECK(site.reply_to(client).status == 500);
  client.send("GET /other HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(site.reply_to(client).body == "fine");
}

TEST_CASE("a reply carries its status, content type and further fields") {
  TestServer site;
  site.answers = [](const auto&, const Reply& reply) {
    reply({.status = 202,
           .content_type = "application/json",
           .body = "{}",
           .headers = {{"Location", "/v1/operation/1"}}});
  };
  auto client = site.client();
  client.send(request);
  const auto reply = site.reply_to(client);
  CHECK(reply.status == 202);
  CHECK(reply.fields.at("location") == "/v1/operation/1");
  CHECK(reply.fields.at("content-type") == "application/json");
}

TEST_CASE("a stopping server closes what is at rest and finishes what it has begun") {
  TestServer site;
  defer(site);
  auto asking = site.client();
  asking.send(request);
  auto silent = site.client();
  REQUIRE(site.until([&] { return site.deferred.size() == 1 && site.server->connections() == 2; }));
  site.server->stop();
  CHECK(site.server->connections() == 1);
  CHECK(silent.closed_by_server());
  CHECK_THROWS(site.client());
  site.deferred.front()(text("the last"));
  const auto reply = site.reply_to(asking);
  CHECK(reply.body == "the last");
  CHECK(reply.fields.at("connection") == "close");
  CHECK(site.until([&] { return site.server->connections() == 0; }));
}

TEST_CASE("what cannot be served is refused and its descriptor closed") {
  TestServer site;
  CHECK(site.server->serve(-1, failover::http::Access::reads));
}

}  // namespace failover::tests
