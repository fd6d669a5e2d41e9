// What a service manager is given to keep, and what it hands to the next one.

#include "agent/parent/descriptor_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/unit/catch.hpp"
#include "tests/unit/config/temporary_directory.hpp"

namespace failover::tests {
namespace {

using config::test::TemporaryDirectory;

constexpr int first = 200;  // what it hands over begins at 3, which the test program has open

ino_t file_of(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

// What the environment says, until the end of the test.
struct Handed {
  Handed(pid_t process, const std::string& count, const std::string& names) {
    setenv("LISTEN_PID", std::to_string(process).c_str(), 1);
    setenv("LISTEN_FDS", count.c_str(), 1);
    setenv("LISTEN_FDNAMES", names.c_str(), 1);
  }
  ~Handed() {
    for (const int descriptor : {first, first + 1, first + 2}) close(descriptor);
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) unsetenv(name);
  }
  Handed(const Handed&) = delete;
  Handed& operator=(const Handed&) = delete;
};

std::array<ino_t, 3> hand_over_three() {
  std::array<ino_t, 3> files{};
  for (int i = 0; i < 3; ++i) {
    const Descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(dup2(made.number(), first + i) == first + i);
    files.at(static_cast<std::size_t>(i)) = file_of(first + i);
  }
  return files;
}

// A datagram, and what came with it.
struct Told {
  std::string text;
  Descriptor descriptor;
};

// As far as systemd takes part.
class Manager {
 public:
  explicit Manager(std::string path, std::string announced = {}) : socket_(bound_to(path)) {
    setenv("NOTIFY_SOCKET", (announced.empty() ? path : announced).c_str(), 1);
  }
  ~Manager() { unsetenv("NOTIFY_SOCKET"); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  std::vector<Told> told() {
    std::vector<Told> all;
    std::array<char, 256> text{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    for (;;) {
      iovec content{.iov_base = text.data(), .iov_len = text.size()};
      msghdr message{};
      message.msg_iov = &content;
      message.msg_iovlen = 1;
      message.msg_control = control.data();
      message.msg_controllen = control.size();
      const ssize_t length = recvmsg(socket_.number(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (length < 0) return all;
      Told one{.text = std::string(text.data(), static_cast<std::size_t>(length)),
               .descriptor = {}};
      if (const cmsghdr* header = CMSG_FIRSTHDR(&message)) {
        int descriptor = -1;
        std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
        one.descriptor = Descriptor(descriptor);
      }
      all.push_back(std::move(one));
    }
  }

 private:
  static Descriptor bound_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (path.front() == '@') address.sun_path[0] = '\0';
    Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    REQUIRE(bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
    return socket;
  }

  Descriptor socket_;
};

}  // namespace

TEST_CASE("sd_listen_fds(3): what was kept comes by its name, and once") {
  const auto files = hand_over_three();
  const Handed handed(getpid(), "3", "control.sock:unknown:status.sock");
  auto stored = take_stored(first);
  REQUIRE(stored.size() == 3);
  CHECK(file_of(stored.at("control.sock").number()) == files[0]);
  CHECK(file_of(stored.at("status.sock").number()) == files[2]);
  for (const auto& [name, descriptor] : stored)
    CHECK(fcntl(descriptor.number(), F_GETFD) == FD_CLOEXEC);
  CHECK(std::getenv("LISTEN_FDS") == nullptr);
  CHECK(take_stored(first).empty());
}

TEST_CASE("sd_listen_fds(3): of two with one name the later one is taken, the other closed") {
  const auto files = hand_over_three();
  const Handed handed(getpid(), "3", "a:b:a");
  auto stored = take_stored(first);
  CHECK(file_of(stored.at("a").number()) == files[2]);
  CHECK(fcntl(first, F_GETFD) == -1);
}

TEST_CASE("sd_listen_fds(3): what is another process's, or no number, is left alone") {
  const auto files = hand_over_three();
  const auto [process, count] = GENERATE(table<pid_t, const char*>(
      {{getppid(), "3"}, {getpid(), ""}, {getpid(), "x"}, {getpid(), "-1"}, {getpid(), "3x"}}));
  const Handed handed(process, count, "a:b:c");
  CHECK(take_stored(first).empty());
  CHECK(file_of(first) == files[0]);
  CHECK(std::getenv("LISTEN_PID") == nullptr);
}

TEST_CASE("sd_listen_fds(3): one that is not there, and those without a name, are nothing") {
  const auto files = hand_over_three();
  close(first + 1);
  const Handed handed(getpid(), "2147483647", "a:b:c");
  const auto stored = take_stored(first);
  CHECK(stored.size() == 2);
  CHECK(file_of(stored.at("c").number()) == files[2]);
}

TEST_CASE("sd_notify(3): what is stored takes the place of what was") {
  const TemporaryDirectory directory;
  Manager manager(directory / "notify");
  const Descriptor kept(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  store("control.sock", kept.number());
  forget_stored("status.sock");
  const auto told = manager.told();
  REQUIRE(told.size() == 3);
  CHECK(told[0].text == "FDSTOREREMOVE=1\nFDNAME=control.sock");
  CHECK_FALSE(told[0].descriptor.is_open());
  CHECK(told[1].text == "FDSTORE=1\nFDNAME=control.sock");
  CHECK(file_of(told[1].descriptor.number()) == file_of(kept.number()));
  CHECK(told[2].text == "FDSTOREREMOVE=1\nFDNAME=status.sock");
}

TEST_CASE("sd_notify(3): the service manager may be in the abstract namespace") {
  Manager manager(fmt::format("@failover-{}", getpid()));
  forget_stored("a");
  CHECK(manager.told().size() == 1);
}

TEST_CASE("sd_notify(3): without a service manager, or where it cannot be, nothing happens") {
  const TemporaryDirectory directory;
  const std::string where = GENERATE(as<std::string>{}, "", "/", "relative", "vsock:2:1",
                                     "/nobody/there", std::string(120, '/'));
  setenv("NOTIFY_SOCKET", where.c_str(), 1);
  store("a", STDOUT_FILENO);
  forget_stored("a");
  unsetenv("NOTIFY_SOCKET");
  store("a", STDOUT_FILENO);
  CHECK(fcntl(STDOUT_FILENO, F_GETFD) >= 0);
}

}  // namespace failover::tests
