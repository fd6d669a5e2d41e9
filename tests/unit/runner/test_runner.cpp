#include "tests/unit/runner/test_runner.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <utility>

#include "agent/runner/runner.hpp"

namespace failover::runner::test {

TestRunner::TestRunner()
    : listening_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket().c_str(), sizeof address.sun_path - 1);
  REQUIRE(::bind(listening_.number(), reinterpret_cast<const sockaddr*>(&address),
                 sizeof address) == 0);
  REQUIRE(::listen(listening_.number(), 8) == 0);
}

void TestRunner::start() {
  const pid_t parent = getpid();
  process_ = fork();
  REQUIRE(process_ >= 0);
  if (process_ > 0) return;
  run(Descriptor(listening_.number()), parent,
      [](const auto& arguments, const auto&) { return arguments.front() != "/bin/false"; });
  _exit(0);
}

void TestRunner::kill() {
  if (process_ > 0) ::kill(process_, SIGKILL);
  wait();
}

void TestRunner::tell_to_go() const { ::kill(process_, SIGTERM); }

void TestRunner::wait() {
  if (process_ > 0) waitpid(std::exchange(process_, 0), nullptr, 0);
}

}  // namespace failover::runner::test
