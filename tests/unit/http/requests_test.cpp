// What a client may send, and what the handler gets of it.

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "tests/unit/catch.hpp"
#include "tests/unit/http/test_server.hpp"

namespace failover::tests {

using namespace std::chrono_literals;
using failover::http::Access;
using failover::http::test::BodyFollows;
using failover::http::test::TestServer;

TEST_CASE("a request reaches the handler with method, path, query, body and credentials") {
  TestServer site;
  auto client = site.client();
  client.send(
      "POST /v1/exec/group/a%20b/switchover?wait=3 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
      "\r\n{}");
  CHECK(site.reply_to(client).status == 200);
  REQUIRE(site.requests.size() == 1);
  const auto& request = site.requests.front();
  CHECK(request.method == "POST");
  CHECK(request.path == "/v1/exec/group/a b/switchover");
  CHECK(request.query.at("wait") == "3");
  CHECK(request.body == "{}");
  CHECK(request.access == Access::everything);
  CHECK(request.client.uid == geteuid());
  CHECK(request.client.gid == getegid());
  CHECK(request.client.pid == getpid());
}

TEST_CASE("a connection serves one request after the other") {
  TestServer site;
  auto client = site.client();
  for (int i = 0; i < 3; ++i) {
    client.send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(site.reply_to(client).body == "GET /" + std::to_string(i) + "\n");
  }
  CHECK(site.server->connections() == 1);
}

TEST_CASE("requests sent ahead are answered in their order") {
  TestServer site;
  auto client = site.client();
  std::string ahead;
  for (int i = 0; i < 50; ++i) {
    const std::string body(static_cast<std::size_t>(i) * 100, 'x');
    ahead += "POST /" + std::to_string(i) +
             " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
             body;
  }
  REQUIRE(client.send(ahead) == ahead.size());
  for (int i = 0; i < 50; ++i) {
    CHECK(site.reply_to(client).body == "POST /" + std::to_string(i) + "\n");
  }
  CHECK(site.requests.at(49).body.size() == 4900);
}

TEST_CASE("a request sent ahead waits for the reply to the one before it") {
  TestServer site;
  site.answers = [&](const auto&, const auto& reply) { site.deferred.push_back(reply); };
  auto client = site.client();
  client.send("GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE(site.until([&] { return site.deferred.size() == 1; }));
  site.context.poll();
  CHECK(site.requests.size() == 1);
  site.deferred.front()({});
  CHECK(site.until([&] { return site.requests.size() == 2; }));
  CHECK(site.requests.back().path == "/second");
}

TEST_CASE("a request may arrive byte by byte") {
  TestServer site;
  auto client = site.client();
  for (const char byte :
       std::string("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")) {
    client.send({&byte, 1});
    site.context.poll();
  }
  CHECK(site.reply_to(client).status == 200);
  CHECK(site.requests.front().body == "abc");
}

TEST_CASE("a chunked body is put together") {
  TestServer site;
  auto client = site.client();
  client.send(
      "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  CHECK(site.reply_to(client).status == 200);
  CHECK(site.requests.front().body == "abcde");
}

TEST_CASE("a client that asks before it sends its body is told to go on") {
  TestServer site;
  auto client = site.client();
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  CHECK(site.reply_to(client).status == 100);
  client.send("abc");
  CHECK(site.reply_to(client).status == 200);
  CHECK(site.requests.front().body == "abc");
}

TEST_CASE("HEAD is answered as GET, without the body") {
  TestServer site;
  auto client = site.client();
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto reply = site.reply_to(client, BodyFollows::no);
  CHECK(reply.status == 200);
  CHECK(reply.fields.at("content-length") == "7");
  CHECK(site.requests.front().method == "GET");
  client.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(site.reply_to(client).body == "GET /b\n");
}

TEST_CASE("an HTTP/1.0 client gets its reply and the end of the connection") {
  TestServer site;
  auto client = site.client();
  client.send("GET /a HTTP/1.0\r\n\r\n");
  CHECK(site.reply_to(client).body == "GET /a\n");
  CHECK(site.until([&] { return client.closed_by_server(); }));
}

TEST_CASE("Connection: close is obeyed") {
  TestServer site;
  auto client = site.client();
  client.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(site.reply_to(client).fields.at("connection") == "close");
  CHECK(site.until([&] { return client.closed_by_server(); }));
}

TEST_CASE("what is not HTTP is refused with 400 and the connection closed") {
  const std::string text = GENERATE(
      std::string("hello\r\n\r\n"), std::string("GET /a\r\n\r\n"), std::string("\x16\x03\x01\x02"),
      std::string("GET /a HTTP/9.9\r\n\r\n"), std::string("GET /a HTTP/1.1\r\nno colon\r\n\r\n"),
      std::string("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
      std::string("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"),
      std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"));
  CAPTURE(text);
  TestServer site;
  auto client = site.client();
  client.send(text);
  client.half_close();
  const auto reply = site.reply_to(client);
  CHECK(reply.status == 400);
  CHECK(reply.fields.at("content-type") == "application/problem+json");
  CHECK(site.until([&] { return client.closed_by_server(); }));
  CHECK(site.requests.empty());
  CHECK(site.server->counters().bad_requests == 1);
}

TEST_CASE("a target that cannot be decoded is refused with 400") {
  const std::string target = GENERATE("/%zz", "/a%00b", "*");
  CAPTURE(target);
  TestServer site;
  auto client = site.client();
  client.send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto reply = site.reply_to(client);
  CHECK(reply.status == 400);
  CHECK(nlohmann::json::parse(reply.body)["code"] == "bad-target");
  CHECK(site.requests.empty());
}

TEST_CASE("the status socket answers reads") {
  TestServer site;
  auto client = site.status_client();
  client.send("GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(site.reply_to(client).status == 200);
  CHECK(site.requests.front().access == Access::reads);
  client.send("HEAD /v1/status HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(site.reply_to(client, BodyFollows::no).status == 200);
}

TEST_CASE("the status socket refuses every other method with 403 and names the control socket") {
  const std::string method =
      GENERATE("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "BREW");
  CAPTURE(method);
  TestServer site;
  auto client = site.status_client();
  client.send(method + " /v1/status HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n");
  const auto reply = site.reply_to(client);
  CHECK(reply.status == 403);
  const auto problem = nlohmann::json::parse(reply.body);
  CHECK(problem["path"] == "/v1/status");
  CHECK(problem["hint"].get<std::string>().find("control.sock") != std::string::npos);
  CHECK(site.requests.empty());
}

}  // namespace failover::tests
