#include "tests/unit/http/test_server.hpp"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

namespace failover::http::test {

bool runs_as_root() { return geteuid() == 0; }

TestServer::TestServer(const Bounds& bounds) {
  std::string name = (std::filesystem::temp_directory_path() / "failover-http-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory = name;
  chmod(name.c_str(), 0755);
  answers = [](const Request& request, const Reply& reply) {
    reply({.status = 200,
           .content_type = "text/plain",
           .body = request.method + " " + request.path + "\n",
           .headers = {}});
  };
  server.emplace(
      context,
      [this](const Request& request, const Reply& reply) {
        requests.push_back(request);
        answers(request, reply);
      },
      bounds);
  listen("control.sock", Access::everything);
  listen("status.sock", Access::reads);
}

TestServer::~TestServer() {
  server.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
}

void TestServer::listen(const char* name, Access access) {
  const std::string path = (directory / name).string();
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(descriptor, 4096) != 0 || chmod(path.c_str(), 0666) != 0) {
    throw std::runtime_error("cannot listen on " + path);
  }
  if (server->serve(descriptor, access)) throw std::runtime_error("cannot serve " + path);
}

RawClient TestServer::client(std::optional<uid_t> as) const {
  return RawClient((directory / "control.sock").string(), as);
}

RawClient TestServer::status_client() const {
  return RawClient((directory / "status.sock").string());
}

bool TestServer::until(const std::function<bool()>& holds) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > patience) return false;
    if (context.stopped()) context.restart();
    context.run_one_for(std::chrono::milliseconds(5));
    context.poll();
  }
  return true;
}

RawReply TestServer::reply_to(RawClient& client, BodyFollows body) {
  std::optional<RawReply> reply;
  const bool came = until([&] {
    reply = client.reply(body);
    return reply.has_value() || client.closed_by_server();
  });
  if (!reply) reply = client.reply(body);
  if (!reply) {
    throw std::runtime_error(came ? "closed without a reply: " + client.unread() : "no reply came");
  }
  return *reply;
}

}  // namespace failover::http::test
