// What the agent gives away is gone: in a process of its own, since there is no way back.

#include "agent/confinement.hpp"

#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <thread>

#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

constexpr int had_no_right = 100;  // to give anything away

// What `act` returns, as a confined child of this process: at most 99.
int when_confined(const std::function<int()>& act) {
  const pid_t child = fork();
  if (child == 0) _exit(confine_thread().empty() ? act() : had_no_right);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CAPTURE(status);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

int refusal_of(long result) { return result < 0 ? errno : 0; }

bool is_root() {
  if (geteuid() == 0) return true;
  std::cout << "skipped: only root has something to give away\n";
  return false;
}

// The line of /proc/thread-self/status that begins so, without its name.
std::string own_status(const std::string& name) {
  std::ifstream file("/proc/thread-self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
  return {};
}

bool is_confined() {
  const std::string two = "0000000000003000";  // CAP_NET_ADMIN and CAP_NET_RAW
  const std::string none = "0000000000000000";
  return own_status("CapEff") == two && own_status("CapPrm") == two &&
         own_status("CapBnd") == two && own_status("CapInh") == none &&
         own_status("CapAmb") == none && own_status("NoNewPrivs") == "1" &&
         own_status("Seccomp") == "2";
}

}  // namespace

TEST_CASE("PRODUCT 3: who is confined has two capabilities, and so have its threads") {
  if (!is_root()) return;
  CHECK(when_confined([] {
          bool thread_is_confined = false;
          std::thread([&] { thread_is_confined = is_confined(); }).join();
          return is_confined() && thread_is_confined ? 0 : 1;
        }) == 0);
}

TEST_CASE("PRODUCT 3: who is confined cannot start a program") {
  if (!is_root() || sanitized) return;
  CHECK(when_confined([] { return refusal_of(execl("/bin/true", "/bin/true", nullptr)); }) ==
        EPERM);
  CHECK(when_confined([] {
          const pid_t child = fork();
          if (child == 0) _exit(0);
          return refusal_of(child);
        }) == EPERM);
}

TEST_CASE("what the agent never needs is refused, and ends nobody") {
  if (!is_root()) return;
  CHECK(when_confined([] { return refusal_of(setuid(65534)); }) == EPERM);
  CHECK(when_confined([] { return refusal_of(unshare(CLONE_NEWUSER)); }) == EPERM);
  CHECK(when_confined([] { return refusal_of(mount("none", "/mnt", "tmpfs", 0, nullptr)); }) ==
        EPERM);
  CHECK(when_confined([] { return refusal_of(syscall(SYS_bpf, 0, nullptr, 0)); }) == EPERM);
  CHECK(when_confined([] { return refusal_of(syscall(SYS_io_uring_setup, 1, nullptr)); }) == EPERM);
  CHECK(when_confined([] { return refusal_of(socket(AF_VSOCK, SOCK_STREAM, 0)); }) == EPERM);
  CHECK(when_confined([] { return refusal_of(socket(AF_ALG, SOCK_SEQPACKET, 0)); }) == EPERM);
}

TEST_CASE("what the agent needs is left to it") {
  if (!is_root()) return;
  for (const int family : {AF_UNIX, AF_INET, AF_INET6})
    CHECK(when_confined([&] { return refusal_of(socket(family, SOCK_DGRAM, 0)); }) == 0);
  CHECK(when_confined([] { return refusal_of(socket(AF_PACKET, SOCK_RAW, 0)); }) == 0);
  CHECK(when_confined([] { return refusal_of(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)); }) == 0);
  CHECK(when_confined([] { return refusal_of(socket(AF_NETLINK, SOCK_RAW, 0)); }) == 0);
}

}  // namespace failover::tests
