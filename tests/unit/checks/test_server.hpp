#pragma once
// A TCP server on a loopback address, on a thread of its own, that does one thing with everybody.

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "agent/descriptor.hpp"
#include "protocol/address.hpp"

namespace failover::checks::test {

// Descriptors of listening sockets, on a port that the kernel has chosen.
[[nodiscard]] Descriptor listening_socket(const char* address, int backlog);
[[nodiscard]] std::uint16_t port_of(const Descriptor& socket);

class TestServer {
 public:
  // Gets a connection, whose reads and writes fail after 30 s and when the server is ended.
  using Serve = std::function<void(int connection)>;
  explicit TestServer(Serve serve, const char* address = "127.0.0.1");
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();
  [[nodiscard]] std::uint16_t port() const { return port_of(listening_); }

 private:
  void run();

  Serve serve_;
  Descriptor listening_;
  std::mutex mutex_;
  int connection_ = -1;  // the one that is served
  bool ended_ = false;
  std::thread thread_;
};

// Reads a request up to its empty line.
[[nodiscard]] std::string request_from(int connection);
// As much as the other end takes.
void say(int connection, std::string_view text);
// Until the other end has closed, or is reset.
enum class Closing : std::uint8_t { orderly, reset };
[[nodiscard]] Closing wait_for_close(int connection);

}  // namespace failover::checks::test
