#include <sys/socket.h>

#include <atomic>

#include "agent/checks/http_probe.hpp"
#include "agent/version.hpp"
#include "protocol/limits.hpp"
#include "tests/unit/checks/asking.hpp"
#include "tests/unit/checks/test_server.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::tests {

using namespace failover::checks;
using netlink::ip;
using test::Closing;
using test::finding_of;
using test::request_from;
using test::say;
using test::TestServer;
using test::wait_for_close;

namespace {

config::HttpTrack track_of(const TestServer& server) {
  return {.address = ip("127.0.0.1"),
          .port = server.port(),
          .host = "site.example:8080",
          .target = "/healthz?deep=1"};
}

// What a probe finds at a server that answers with these bytes and closes.
Finding finding_with_answer(std::string answer) {
  TestServer server([&](int connection) {
    (void)request_from(connection);
    say(connection, answer);
  });
  boost::asio::io_context context;
  const auto probe = make_http_probe(context, track_of(server));
  return finding_of(context, *probe);
}

}  // namespace

TEST_CASE("a status within the range is good, outside of it bad") {
  CHECK(finding_with_answer("HTTP/1.1 200 OK\r\n\r\n") == test::good("status 200"));
  CHECK(finding_with_answer("HTTP/1.0 399 Odd\r\n\r\n") == test::good("status 399"));
  CHECK(finding_with_answer("HTTP/1.1 400 No\r\n\r\n") == test::bad("status 400"));
  CHECK(finding_with_answer("HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nsorry") ==
        test::bad("status 503"));
}

TEST_CASE("whatever the header says about a body, the status counts") {
  CHECK(finding_with_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") ==
        test::good("status 200"));
  CHECK(finding_with_answer("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n") ==
        test::good("status 200"));
  CHECK(finding_with_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello") ==
        test::good("status 200"));
}

TEST_CASE("the question is a GET that names host, target and who asks, and wants no further one") {
  std::string request;
  TestServer server([&](int connection) {
    request = request_from(connection);
    say(connection, "HTTP/1.1 204 No Content\r\n\r\n");
  });
  boost::asio::io_context context;
  const auto probe = make_http_probe(context, track_of(server));
  CHECK(finding_of(context, *probe) == test::good("status 204"));
  CHECK(request ==
        "GET /healthz?deep=1 HTTP/1.1\r\nHost: site.example:8080\r\nUser-Agent: failoverd/" +
            std::string(program_version) + "\r\nConnection: close\r\n\r\n");
}

TEST_CASE("what is no HTTP is bad") {
  CHECK(finding_with_answer("SSH-2.0-OpenSSH_9.2\r\n\r\n") == test::bad("the answer is not HTTP"));
  CHECK(finding_with_answer("") == test::bad("closed without an answer"));
  CHECK(finding_with_answer("HTTP/1.1 200") == test::bad("closed without an answer"));
}

TEST_CASE("a server that floods headers is bad, and is not listened to any longer") {
  std::atomic<bool> closed = false;
  TestServer server([&](int connection) {
    (void)request_from(connection);
    say(connection, "HTTP/1.1 200 OK\r\n");
    // Returns when the other end has closed: nobody takes 64 MiB.
    const std::string header = "X-Filler: " + std::string(1000, 'x') + "\r\n";
    for (int i = 0; i < 64 * 1024; ++i) say(connection, header);
    closed = true;
  });
  boost::asio::io_context context;
  const auto probe = make_http_probe(context, track_of(server));
  CHECK(finding_of(context, *probe) == test::bad("the header of the answer is too long"));
  CHECK(test::run_until(context, [&] { return closed.load(); }));
}

TEST_CASE("a body is read before the connection is closed, so that the server sees no reset") {
  std::atomic<int> ended = -1;
  TestServer server([&](int connection) {
    (void)request_from(connection);
    say(connection, "HTTP/1.1 200 OK\r\n\r\n" + std::string(limits::get_body_bytes / 2, 'x'));
    shutdown(connection, SHUT_WR);
    ended = static_cast<int>(wait_for_close(connection));
  });
  boost::asio::io_context context;
  const auto probe = make_http_probe(context, track_of(server));
  CHECK(finding_of(context, *probe) == test::good("status 200"));
  REQUIRE(test::run_until(context, [&] { return ended >= 0; }));
  CHECK(ended == static_cast<int>(Closing::orderly));
}

TEST_CASE("a body without an end is cut off") {
  std::atomic<bool> closed = false;
  TestServer server([&](int connection) {
    (void)request_from(connection);
    say(connection, "HTTP/1.1 200 OK\r\n\r\n");
    const std::string part(1024, 'x');
    for (int i = 0; i < 64 * 1024; ++i) say(connection, part);
    closed = true;
  });
  boost::asio::io_context context;
  const auto probe = make_http_probe(context, track_of(server));
  CHECK(finding_of(context, *probe) == test::good("status 200"));
  CHECK(test::run_until(context, [&] { return closed.load(); }));
}

TEST_CASE("a server that accepts and says nothing is left when the try is given up") {
  std::atomic<bool> asked = false;
  std::atomic<bool> closed = false;
  TestServer server([&](int connection) {
    (void)request_from(connection);
    asked = true;
    (void)wait_for_close(connection);
    closed = true;
  });
  boost::asio::io_context context;
  const auto probe = make_http_probe(context, track_of(server));
  bool answered = false;
  probe->ask(50ms, [&](const Finding&) { answered = true; });
  REQUIRE(test::run_until(context, [&] { return asked.load(); }));
  CHECK(probe->give_up(50ms) == no_answer(50ms));
  CHECK(test::run_until(context, [&] { return closed.load(); }));
  CHECK_FALSE(answered);
}

TEST_CASE("nobody at the port of a URL is a refused connection") {
  auto socket = test::listening_socket("127.0.0.1", 4);
  const auto port = test::port_of(socket);
  socket.reset();
  boost::asio::io_context context;
  const auto probe =
      make_http_probe(context, {.address = ip("127.0.0.1"), .port = port, .host = "x"});
  CHECK(finding_of(context, *probe) == test::bad("connection refused"));
}

}  // namespace failover::tests
