// Processes that the test starts, in the real /proc.

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "agent/checks/process_probe.hpp"
#include "tests/unit/checks/asking.hpp"
#include "tests/unit/config/temporary_directory.hpp"

namespace failover::tests {

using namespace failover::checks;
using config::test::TemporaryDirectory;
using test::finding_of;

namespace {

// A process that does nothing, until the end of the scope.
class Sleeper {
 public:
  // After `prepare`, which is told by the pipe's end to have happened.
  explicit Sleeper(const std::function<void()>& prepare) {
    std::array<int, 2> ready{};
    REQUIRE(pipe(ready.data()) == 0);
    process_ = fork();
    REQUIRE(process_ >= 0);
    if (process_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      prepare();
      close(ready[0]);
      if (write(ready[1], "", 1) == 1) pause();
      _exit(1);
    }
    close(ready[1]);
    char byte = 0;
    const ssize_t came = read(ready[0], &byte, 1);
    close(ready[0]);
    REQUIRE(came == 1);
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  // It has ended, but its parent has not looked.
  void become_zombie() const {
    kill(process_, SIGKILL);
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOWAIT);
  }
  [[nodiscard]] pid_t process() const { return process_; }

 private:
  pid_t process_ = -1;
};

Sleeper called(const std::string& name) {
  return Sleeper([&] { prctl(PR_SET_NAME, name.c_str()); });
}

// One that nobody else has.
std::string own_name(const char* text) { return text + std::to_string(getpid()); }

struct Proc {
  boost::asio::io_context context;
  ProcessScan scan{context};
  [[nodiscard]] Finding count(const std::string& name, unsigned count = 1) {
    const auto probe = make_process_probe(scan, {.name = name, .count = count});
    return finding_of(context, *probe);
  }
};

}  // namespace

TEST_CASE("a process of the name is good, none is bad") {
  Proc proc;
  const auto name = own_name("fo a) b");
  CHECK(proc.count(name) == test::bad("no process named " + name));
  const auto one = called(name);
  CHECK(proc.count(name) == test::good("1 process named " + name));
}

TEST_CASE("as many processes as wanted have to run") {
  Proc proc;
  const auto name = own_name("fo-n");
  const auto one = called(name);
  CHECK(proc.count(name, 2) == test::bad("1 process named " + name + ", not 2"));
  const auto two = called(name);
  CHECK(proc.count(name, 2) == test::good("2 processes named " + name));
}

TEST_CASE("a process that has ended does not run, even if nobody has noticed") {
  Proc proc;
  const auto name = own_name("fo-z");
  const auto one = called(name);
  one.become_zombie();
  CHECK(proc.count(name) == test::bad("no process named " + name));
}

TEST_CASE("of a longer name the 15 bytes count that the kernel keeps") {
  Proc proc;
  const auto name = own_name("fo") + "-and-much-longer";
  const auto one = called(name);
  CHECK(proc.count(name) == test::good("1 process named " + name));
}

TEST_CASE("a path is that of the executable, whatever the process calls itself") {
  Proc proc;
  const auto name = own_name("fo-p");
  const auto one = called(name);
  const std::string path = std::filesystem::read_symlink("/proc/self/exe");
  CHECK(health(proc.count(path, 2)) == group::Health::good);  // it and the test itself
  CHECK(proc.count("/usr/bin/" + name).verdict == Verdict::bad);
}

TEST_CASE("an executable that an upgrade has replaced still runs") {
  const TemporaryDirectory directory;
  const auto path = directory / "sleeper";
  std::filesystem::copy_file("/bin/sleep", path);
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execl(path.c_str(), path.c_str(), "1000", nullptr);
    _exit(127);
  }
  REQUIRE(child > 0);
  Proc proc;
  const bool began = test::run_until(
      proc.context, [&] { return health(proc.count(path)) == group::Health::good; });
  std::filesystem::remove(path);
  const auto found = proc.count(path);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  CHECK(began);
  CHECK(found == test::good("1 process named " + path.string()));
}

TEST_CASE(
    "checks that are due at the same time share one reading of /proc, and others run between") {
  boost::asio::io_context context;
  ProcessScan scan(context, 1);
  const auto name = own_name("fo-s");
  const auto one = called(name);
  std::vector<Finding> found;
  std::vector<std::unique_ptr<Probe>> probes;
  std::size_t turns = 0;
  for (int i = 0; i < 3; ++i) {
    probes.push_back(make_process_probe(scan, {.name = name}));
    probes.back()->ask(5s, [&](const Finding& finding) { found.push_back(finding); });
  }
  while (found.empty() && turns < 1'000'000) turns += context.run_one();
  // All three in the turn that ends the reading, which took one for each entry.
  CHECK(found == std::vector<Finding>(3, test::good("1 process named " + name)));
  CHECK(turns > 10);
}

TEST_CASE("a check that comes in the middle of a reading waits for the next") {
  boost::asio::io_context context;
  ProcessScan scan(context, 1);
  const auto name = own_name("fo-m");
  const auto first = make_process_probe(scan, {.name = name});
  std::optional<Finding> first_found;
  first->ask(5s, [&](const Finding& finding) { first_found = finding; });
  context.run_one();
  const auto one = called(name);
  const auto second = make_process_probe(scan, {.name = name});
  CHECK(finding_of(context, *second) == test::good("1 process named " + name));
  CHECK(first_found.has_value());
}

TEST_CASE("a check that is given up in the middle of a reading does not disturb the others") {
  boost::asio::io_context context;
  ProcessScan scan(context, 1);
  const auto name = own_name("fo-g");
  auto first = make_process_probe(scan, {.name = name});
  first->ask(5s, [](const Finding&) { FAIL("it was given up"); });
  context.run_one();
  CHECK(first->give_up(5s).verdict == Verdict::none);
  first.reset();
  const auto second = make_process_probe(scan, {.name = name});
  CHECK(finding_of(context, *second) == test::bad("no process named " + name));
}

}  // namespace failover::tests
