#include "tests/unit/checks/test_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>

#include "tests/unit/catch.hpp"

namespace failover::checks::test {
namespace {

sockaddr_storage socket_address(const char* text, socklen_t& size) {
  sockaddr_storage storage{};
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    size = sizeof *v4;
  } else {
    REQUIRE(inet_pton(AF_INET6, text, &v6->sin6_addr) == 1);
    v6->sin6_family = AF_INET6;
    size = sizeof *v6;
  }
  return storage;
}

}  // namespace

Descriptor listening_socket(const char* text, int backlog) {
  socklen_t size = 0;
  const auto address = socket_address(text, size);
  Descriptor descriptor(socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(bind(descriptor.number(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
  REQUIRE(listen(descriptor.number(), backlog) == 0);
  return descriptor;
}

std::uint16_t port_of(const Descriptor& socket) {
  sockaddr_in6 address{};
  socklen_t size = sizeof address;
  REQUIRE(getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return ntohs(address.sin6_port);  // in the same place for IPv4
}

TestServer::TestServer(Serve serve, const char* address)
    : serve_(std::move(serve)),
      listening_(listening_socket(address, 64)),
      thread_([this] { run(); }) {}

TestServer::~TestServer() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    shutdown(listening_.number(), SHUT_RDWR);
    if (connection_ >= 0) shutdown(connection_, SHUT_RDWR);
  }
  thread_.join();
}

void TestServer::run() {
  while (true) {
    Descriptor accepted(accept4(listening_.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!accepted.is_open()) return;
    const timeval patience{.tv_sec = 30, .tv_usec = 0};
    setsockopt(accepted.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(accepted.number(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return;
      connection_ = accepted.number();
    }
    serve_(accepted.number());
    const std::lock_guard lock(mutex_);
    connection_ = -1;
  }
}

std::string request_from(int connection) {
  std::string request;
  char letter = 0;
  while (!request.ends_with("\r\n\r\n") && recv(connection, &letter, 1, 0) == 1) request += letter;
  return request;
}

void say(int connection, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

Closing wait_for_close(int connection) {
  std::array<char, 4096> dropped{};
  while (true) {
    const ssize_t bytes = recv(connection, dropped.data(), dropped.size(), 0);
    if (bytes == 0) return Closing::orderly;
    if (bytes < 0) return Closing::reset;
  }
}

}  // namespace failover::checks::test
