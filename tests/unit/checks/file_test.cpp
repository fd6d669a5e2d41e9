#include "agent/checks/file_probe.hpp"

#include <sys/stat.h>

#include <atomic>
#include <future>
#include <vector>

#include "agent/checks/check.hpp"
#include "tests/unit/checks/asking.hpp"
#include "tests/unit/config/temporary_directory.hpp"

namespace failover::tests {

using namespace failover::checks;
using config::test::TemporaryDirectory;
using test::finding_of;
using test::judged;

namespace {

Finding finding_about(const std::filesystem::path& path, std::optional<Duration> newer_than = {}) {
  boost::asio::io_context context;
  const auto probe = make_file_probe(context, {.path = path, .newer_than = newer_than});
  return finding_of(context, *probe);
}

void write_ago(const std::filesystem::path& path, std::chrono::seconds ago) {
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - ago);
}

// A file system that does not answer before it is told to.
struct HangingFiles {
  std::promise<void> server_is_back;
  std::shared_future<void> back = server_is_back.get_future().share();
  std::shared_ptr<std::atomic<int>> looks = std::make_shared<std::atomic<int>>(0);

  [[nodiscard]] LookAtFile look() const {
    return [back = back, looks = looks](const std::string&) -> Result<RealTime, int> {
      ++*looks;
      back.wait();
      return RealTime{};
    };
  }
};

}  // namespace

TEST_CASE("a file that is there is good, one that is not is bad") {
  const TemporaryDirectory directory;
  CHECK(finding_about(directory / "ready") == test::bad("no such file or directory"));
  CHECK(finding_about(directory.write("ready", "")) == test::good("is there"));
}

TEST_CASE("a file has to be younger than newer_than, where that is set") {
  const TemporaryDirectory directory;
  const auto path = directory.write("heartbeat", "");
  CHECK(finding_about(path, 60s).verdict == Verdict::good);
  write_ago(path, 90s);
  const auto old = finding_about(path, 60s);
  CHECK(old.verdict == Verdict::bad);
  CHECK((old.detail == "written 90s ago" || old.detail == "written 91s ago"));
  CHECK(finding_about(path, 200s).verdict == Verdict::good);
  write_ago(path, -1000s);
  CHECK(finding_about(path, 60s) == test::good("written 0s ago"));
}

TEST_CASE("a file system that hangs is bad at every interval, and costs one thread") {
  HangingFiles files;
  boost::asio::io_context context;
  Check check(context, {.interval = 30ms, .timeout = 20ms},
              make_file_probe(context, {.path = "/srv/nfs/ready"}, files.look()));
  std::vector<Finding> found;
  check.start(std::chrono::steady_clock::now(),
              [&](const Finding& finding, Duration) { found.push_back(finding); });
  REQUIRE(test::run_until(context, [&] { return judged(found).size() >= 3; }));
  for (const Finding& finding : judged(found))
    CHECK(finding == Finding{Verdict::timed_out, "no answer within 20ms, the file system hangs"});
  CHECK(*files.looks == 1);

  files.server_is_back.set_value();
  CHECK(test::run_until(context, [&] { return found.back() == test::good("is there"); }));
}

TEST_CASE("nothing waits for a file system that hangs, not even the end") {
  HangingFiles files;
  {
    boost::asio::io_context context;
    const auto probe = make_file_probe(context, {.path = "/srv/nfs/ready"}, files.look());
    probe->ask(10ms, [](const Finding&) { FAIL("nobody has looked"); });
    REQUIRE(test::run_until(context, [&] { return *files.looks == 1; }));
  }
  files.server_is_back.set_value();
}

}  // namespace failover::tests
