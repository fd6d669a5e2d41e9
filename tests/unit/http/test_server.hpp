#pragma once
// A real HttpServer on real Unix sockets in a directory of its own, run step by step by the test.

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/http/http_server.hpp"
#include "tests/unit/http/raw_client.hpp"

namespace failover::http::test {

inline constexpr uid_t somebody = 65534;
[[nodiscard]] bool runs_as_root();

class TestServer {
 public:
  explicit TestServer(const Bounds& bounds = {});
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  [[nodiscard]] RawClient client(std::optional<uid_t> as = std::nullopt) const;
  [[nodiscard]] RawClient status_client() const;

  // Runs the server until the condition holds; false when it does not within any reasonable time.
  bool until(const std::function<bool()>& holds);
  RawReply reply_to(RawClient& client, BodyFollows body = BodyFollows::yes);

  // What the handler got. It answers "METHOD PATH" with 200 unless told otherwise.
  std::vector<Request> requests;
  std::vector<Reply> deferred;
  std::function<void(const Request&, const Reply&)> answers;

  boost::asio::io_context context;
  std::optional<HttpServer> server;
  std::filesystem::path directory;

 private:
  void listen(const char* name, Access access);
};

}  // namespace failover::http::test
