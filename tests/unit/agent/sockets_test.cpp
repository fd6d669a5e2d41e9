// The run-time directory: who may use which socket, and that only one agent uses it.

#include "agent/control/sockets.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>

#include "tests/unit/catch.hpp"
#include "tests/unit/config/temporary_directory.hpp"

namespace failover::tests {
namespace {

namespace fs = std::filesystem;
using config::test::TemporaryDirectory;

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

// A client that nobody has answered yet.
struct Waiting {
  explicit Waiting(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    connected = ::connect(client.number(), reinterpret_cast<const sockaddr*>(&address),
                          sizeof address) == 0;
  }
  [[nodiscard]] bool is_taken_by(const Descriptor& listening) const {
    const Descriptor taken(::accept4(listening.number(), nullptr, nullptr, SOCK_CLOEXEC));
    return connected && taken.is_open() && ::send(client.number(), "", 1, MSG_NOSIGNAL) == 1;
  }
  Descriptor client{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  bool connected = false;
};

bool answers(const fs::path& path) { return Waiting(path).connected; }

}  // namespace

TEST_CASE("PRODUCT 3: control.sock is the group's at most, status.sock everybody's") {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(077);
  const auto run = control::open_run_directory(directory / "run");
  ::umask(before);
  REQUIRE(run);
  CHECK(run->has_group == (::getgrnam("failover") != nullptr));
  CHECK(mode_of(directory / "run/control.sock") == (run->has_group ? 0660 : 0600));
  CHECK(mode_of(directory / "run/status.sock") == 0666);
  CHECK(mode_of(directory / "run/failoverd.lock") == 0600);
  CHECK(answers(directory / "run/control.sock"));
  CHECK(answers(directory / "run/status.sock"));
}

TEST_CASE("PRODUCT 3: runner.sock is ours alone, whatever the umask was") {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(0);
  const auto run = control::open_run_directory(directory / "run");
  ::umask(before);
  REQUIRE(run);
  CHECK(run->runner.is_open());
  CHECK(mode_of(control::runner_socket_in(directory / "run")) == 0600);
}

TEST_CASE("PRODUCT 3: everybody can reach status.sock, whatever the umask was") {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(077);
  const auto run = control::open_run_directory(directory / "run");
  ::umask(before);
  REQUIRE(run);
  CHECK((mode_of(directory / "run") & 0555) == 0555);
}

TEST_CASE("a second agent is refused, told why, and harms nothing, after the first one it may") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "run";
  {
    const auto first = control::open_run_directory(path);
    REQUIRE(first);
    const auto second = control::open_run_directory(path);
    REQUIRE_FALSE(second);
    CHECK(second.error().find("another failoverd runs with " + path.string()) == 0);
    CHECK(second.error().find("--run-dir") != std::string::npos);
    CHECK(answers(path / "control.sock"));
  }
  CHECK(control::open_run_directory(path));
}

TEST_CASE("a dead agent's sockets are replaced") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "run";
  { REQUIRE(control::open_run_directory(path)); }
  REQUIRE(fs::exists(path / "control.sock"));
  CHECK_FALSE(answers(path / "control.sock"));
  const auto run = control::open_run_directory(path);
  REQUIRE(run);
  CHECK(answers(path / "control.sock"));
  CHECK(answers(path / "status.sock"));
}

TEST_CASE("a path that is too long for a socket is refused with the bound and the way out") {
  const TemporaryDirectory directory;
  const auto run = control::open_run_directory(directory / std::string(120, 'x'));
  REQUIRE_FALSE(run);
  CHECK(run.error().find("at most 107 bytes") != std::string::npos);
  CHECK(run.error().find("--run-dir") != std::string::npos);
}

TEST_CASE("a directory that cannot be made is named") {
  const TemporaryDirectory directory;
  const fs::path file = directory.write("file", "");
  const auto run = control::open_run_directory(file / "run");
  REQUIRE_FALSE(run);
  CHECK(run.error().find((file / "run").string()) == 0);
}

TEST_CASE("at the end the sockets' names go, so that nobody seems to be there") {
  const TemporaryDirectory directory;
  const auto run = control::open_run_directory(directory / "run");
  REQUIRE(run);
  control::close_run_directory(directory / "run");
  CHECK_FALSE(fs::exists(directory / "run/control.sock"));
  CHECK_FALSE(fs::exists(directory / "run/status.sock"));
  CHECK_FALSE(fs::exists(directory / "run/runner.sock"));
  control::close_run_directory(directory / "run");
}

TEST_CASE("a socket that was kept goes on, with those who wait at it") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "run";
  auto first = control::open_run_directory(path);
  REQUIRE(first);
  const Waiting waiting(path / "control.sock");
  first->lock.reset();
  auto next = control::open_run_directory(path, {.control = std::move(first->control),
                                                 .status = std::move(first->status),
                                                 .runner = std::move(first->runner)});
  REQUIRE(next);
  CHECK(waiting.is_taken_by(next->control));
  CHECK(next->has_group == (::getgrnam("failover") != nullptr));
  CHECK(answers(path / "status.sock"));
}

TEST_CASE("a socket that nobody finds any more is made anew") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "run";
  auto kept = control::open_run_directory(path);
  REQUIRE(kept);
  SECTION("its name has gone") { control::close_run_directory(path); }
  SECTION("the directory is another") { fs::rename(path, directory / "former"); }
  SECTION("it is something else") {
    kept->control = Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    kept->status.reset();
  }
  kept->lock.reset();
  const auto next = control::open_run_directory(
      path, {.control = std::move(kept->control), .status = std::move(kept->status)});
  REQUIRE(next);
  CHECK(answers(path / "control.sock"));
  CHECK(answers(path / "status.sock"));
}

}  // namespace failover::tests
