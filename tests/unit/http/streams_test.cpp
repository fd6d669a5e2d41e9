// Answers that go on: how they look on the wire, and how they end.

#include "tests/unit/catch.hpp"
#include "tests/unit/http/test_server.hpp"

namespace failover::tests {

using namespace std::chrono_literals;
using failover::http::Bounds;
using failover::http::Reply;
using failover::http::Response;
using failover::http::Stream;
using failover::http::test::RawClient;
using failover::http::test::TestServer;

namespace {

constexpr auto request = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";

// A server that answers everything with a stream.
struct StreamSite : TestServer {
  explicit StreamSite(const Bounds& bounds = {}) : TestServer(bounds) {
    answers = [this](const auto&, const Reply& reply) {
      Response response{
          .status = 200, .content_type = "application/x-ndjson", .body = first, .headers = {}};
      response.stays_open = [this](const std::weak_ptr<Stream>& stream) {
        streams.push_back(stream);
      };
      reply(std::move(response));
    };
  }
  // What the client has got so far, once that is in it.
  bool got(RawClient& client, const std::string& part) {
    return until([&] {
      (void)client.closed_by_server();
      return client.unread().find(part) != std::string::npos;
    });
  }
  RawClient follower() {
    auto follower = client();
    follower.send(request);
    const std::size_t before = streams.size();
    CHECK(until([&] { return streams.size() > before; }));
    return follower;
  }

  std::string first;
  std::vector<std::weak_ptr<Stream>> streams;
};

}  // namespace

TEST_CASE("RFC 9112 7.1: an answer that goes on comes in chunks") {
  StreamSite site;
  site.first = "before\n";
  auto client = site.follower();
  CHECK(site.got(client, "7\r\nbefore\n\r\n"));
  CHECK(client.unread().find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(client.unread().find("Content-Type: application/x-ndjson\r\n") != std::string::npos);
  CHECK(site.streams.front().lock()->write("sixteen bytes...\n"));
  CHECK(site.got(client, "11\r\nsixteen bytes...\n\r\n"));
  CHECK_FALSE(client.closed_by_server());
}

TEST_CASE("RFC 9112 7.1: an empty piece is no chunk, which would end the answer") {
  StreamSite site;
  auto client = site.follower();
  CHECK(site.streams.front().lock()->write(""));
  CHECK(site.streams.front().lock()->write("x"));
  CHECK(site.got(client, "1\r\nx\r\n"));
  CHECK(client.unread().find("\r\n0\r\n") == std::string::npos);
}

TEST_CASE("a client that speaks HTTP/1.0 reads an answer that goes on until its end") {
  StreamSite site;
  auto client = site.client();
  client.send("GET /events HTTP/1.0\r\n\r\n");
  REQUIRE(site.until([&] { return !site.streams.empty(); }));
  CHECK(site.streams.front().lock()->write("one\n"));
  CHECK(site.got(client, "\r\n\r\none\n"));
  site.streams.front().lock()->close();
  CHECK(site.until([&] { return client.closed_by_server(); }));
}

TEST_CASE("HEAD gets the header of an answer that goes on, and its end") {
  StreamSite site;
  auto client = site.client();
  client.send("HEAD /events HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto reply = site.reply_to(client, failover::http::test::BodyFollows::no);
  CHECK(reply.status == 200);
  CHECK(site.streams.empty());
}

TEST_CASE("a follower that hangs up is gone at once, and nothing more is written to it") {
  StreamSite site;
  auto client = site.follower();
  CHECK(site.server->connections() == 1);
  client.close();
  CHECK(site.until([&] { return site.server->connections() == 0; }));
  CHECK(site.until([&] { return site.streams.front().expired(); }));
}

TEST_CASE("a follower that does not read is dropped when too much waits for it") {
  Bounds bounds;
  bounds.stream_bytes = 4096;
  StreamSite site(bounds);
  auto client = site.follower();
  const std::string line(1000, 'x');
  bool dropped = false;
  for (int i = 0; i < 10'000 && !dropped; ++i) {
    const auto stream = site.streams.front().lock();
    dropped = !stream || !stream->write(line);
    site.context.poll();
  }
  CHECK(dropped);
  CHECK(site.until([&] { return site.server->connections() == 0; }));
  CHECK(site.server->counters().too_slow == 1);
}

TEST_CASE("a follower that takes nothing for too long is dropped") {
  Bounds bounds;
  bounds.reply_time = 10ms;
  StreamSite site(bounds);
  auto client = site.follower();
  // More than the socket's buffers hold, in one piece.
  CHECK(site.streams.front().lock()->write(std::string(4'000'000, 'x')));
  CHECK(site.until([&] { return site.server->connections() == 0; }));
  CHECK(site.server->counters().too_slow == 1);
}

TEST_CASE("a follower that only waits is never too slow, and is not closed to make room") {
  Bounds bounds;
  bounds.request_time = bounds.reply_time = 10ms;
  bounds.connections = 2;
  bounds.kept_for_root = 0;
  StreamSite site(bounds);
  auto client = site.follower();
  auto silent = site.client();  // a later deadline that passes shows that time has
  REQUIRE(site.until([&] { return silent.closed_by_server(); }));
  auto second = site.client();
  auto third = site.client();
  REQUIRE(site.until([&] { return site.server->counters().accepted == 4; }));
  CHECK_FALSE(client.closed_by_server());
  CHECK(site.streams.front().lock()->write("still here\n"));
  CHECK(site.got(client, "still here"));
}

TEST_CASE("a server that stops ends answers that go on") {
  StreamSite site;
  auto client = site.follower();
  site.server->stop();
  CHECK(site.until([&] { return client.closed_by_server(); }));
}

}  // namespace failover::tests
