// Bounds of size and of time: each is refused with its number, and the connection closed.

#include <nlohmann/json.hpp>

#include "tests/unit/catch.hpp"
#include "tests/unit/http/test_server.hpp"

namespace failover::tests {

using namespace std::chrono_literals;
using failover::http::Bounds;
using failover::http::test::RawClient;
using failover::http::test::RawReply;
using failover::http::test::TestServer;
namespace limits = failover::limits;

namespace {

// Sends as the socket takes it, with the server running in between, until all is sent or refused.
RawReply send_much(TestServer& site, RawClient& client, std::string_view bytes) {
  site.until([&] {
    bytes.remove_prefix(client.send(bytes));
    site.context.poll();
    return bytes.empty() || client.closed_by_server() || !client.unread().empty();
  });
  return site.reply_to(client);
}

std::string post(std::size_t size) {
  return "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
         std::string(size, 'x');
}

bool names(const RawReply& reply, std::size_t bound) {
  const auto detail = nlohmann::json::parse(reply.body)["detail"].get<std::string>();
  return detail.find(std::to_string(bound)) != std::string::npos;
}

}  // namespace

TEST_CASE("a body of the longest length is taken, one byte more is refused with 413") {
  TestServer site;
  auto client = site.client();
  CHECK(send_much(site, client, post(limits::api_body_bytes)).status == 200);
  CHECK(site.requests.front().body.size() == limits::api_body_bytes);
  const auto reply = send_much(site, client, post(limits::api_body_bytes + 1));
  CHECK(reply.status == 413);
  CHECK(names(reply, limits::api_body_bytes));
  CHECK(site.requests.size() == 1);
}

TEST_CASE("a chunked body that grows over the bound is refused with 413") {
  Bounds bounds;
  bounds.body_bytes = 1000;
  TestServer site(bounds);
  auto client = site.client();
  std::string request = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 11; ++i) request += "64\r\n" + std::string(100, 'x') + "\r\n";
  client.send(request);
  CHECK(site.reply_to(client).status == 413);
}

TEST_CASE("a read on the status socket may carry a small body only") {
  TestServer site;
  auto client = site.status_client();
  client.send("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  CHECK(site.reply_to(client).status == 200);
  client.send("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n");
  const auto reply = site.reply_to(client);
  CHECK(reply.status == 413);
  CHECK(names(reply, limits::api_reader_body_bytes));
}

TEST_CASE("a header over the bound is refused with 431") {
  const bool in_the_target = GENERATE(true, false);
  const std::string much(limits::api_header_bytes + 100, 'x');
  TestServer site;
  auto client = site.client();
  const auto reply =
      send_much(site, client,
                in_the_target ? "GET /" + much + " HTTP/1.1\r\nHost: x\r\n\r\n"
                              : "GET / HTTP/1.1\r\nHost: x\r\nX: " + much + "\r\n\r\n");
  CHECK(reply.status == 431);
  CHECK(names(reply, limits::api_header_bytes));
  CHECK(site.until([&] { return client.closed_by_server(); }));
  CHECK(site.requests.empty());
}

TEST_CASE("a header without an end is refused with 431, not collected") {
  TestServer site;
  auto client = site.client();
  std::string request = "GET / HTTP/1.1\r\n";
  while (request.size() < 4 * limits::api_header_bytes) request += "Name: value\r\n";
  CHECK(send_much(site, client, request).status == 431);
}

TEST_CASE("a client that is still sending finds the refusal, not a broken pipe") {
  TestServer site;
  auto client = site.client();
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n");
  CHECK(site.until([&] { return site.server->counters().bad_requests == 1; }));
  CHECK(client.send(std::string(1000, 'x')) == 1000);
  CHECK(site.reply_to(client).status == 413);
}

TEST_CASE("a refused client that never stops sending is closed") {
  TestServer site;
  auto client = site.client();
  client.send("nonsense\r\n\r\n");
  const std::string block(65536, 'x');
  CHECK(site.until([&] {
    client.send(block);
    return site.server->connections() == 0;
  }));
}

TEST_CASE("half a request is refused with 408 when its time is over") {
  const std::string half =
      GENERATE("G", "GET /a HTTP/1.1\r\n", "PUT /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
               "PUT /a HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CAPTURE(half);
  Bounds bounds;
  bounds.request_time = 20ms;
  TestServer site(bounds);
  auto client = site.client();
  client.send(half);
  auto reply = site.reply_to(client);
  if (reply.status == 100) reply = site.reply_to(client);
  CHECK(reply.status == 408);
  CHECK(names(reply, 20));
  CHECK(site.until([&] { return client.closed_by_server(); }));
  CHECK(site.requests.empty());
  CHECK(site.server->counters().too_slow == 1);
}

TEST_CASE("a request that trickles in does not get more time with each byte") {
  Bounds bounds;
  bounds.request_time = 50ms;
  TestServer site(bounds);
  auto client = site.client();
  client.send("GET /");
  CHECK(site.until([&] {
    client.send("a");
    return client.reply().value_or(RawReply{}).status == 408;
  }));
}

TEST_CASE("a connection that says nothing is closed without a word") {
  Bounds bounds;
  bounds.request_time = 20ms;
  TestServer site(bounds);
  auto client = site.client();
  CHECK(site.until([&] { return client.closed_by_server(); }));
  CHECK(client.unread().empty());
  CHECK(site.server->connections() == 0);
}

TEST_CASE("a kept connection that says nothing more is closed") {
  Bounds bounds;
  bounds.request_time = 20ms;
  TestServer site(bounds);
  auto client = site.client();
  client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(site.reply_to(client).status == 200);
  CHECK(site.until([&] { return client.closed_by_server(); }));
}

TEST_CASE("a client that does not read its reply is closed") {
  Bounds bounds;
  bounds.reply_time = 20ms;
  TestServer site(bounds);
  site.answers = [](const auto&, const auto& reply) {
    reply({.status = 200,
           .content_type = "text/plain",
           .body = std::string(8 * 1024 * 1024, 'x'),
           .headers = {}});
  };
  auto client = site.client();
  client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(site.until([&] { return site.requests.size() == 1; }));
  CHECK(site.until([&] { return site.server->connections() == 0; }));
  CHECK(site.server->counters().too_slow == 1);
}

}  // namespace failover::tests
