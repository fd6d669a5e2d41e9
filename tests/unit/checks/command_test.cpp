#include "agent/checks/command_probe.hpp"

#include "agent/checks/unit_command.hpp"
#include "tests/unit/checks/asking.hpp"
#include "tests/unit/checks/forking_execute.hpp"

namespace failover::tests {

using namespace failover::checks;
using test::finding_of;
using test::ForkingExecute;

namespace {

struct Runner {
  boost::asio::io_context context;
  ForkingExecute execute{context};

  [[nodiscard]] Finding shell(const char* script, Duration timeout = 20s) {
    const auto probe =
        make_command_probe(execute, {.command = {"/bin/sh", "-c", script}, .user = {}});
    return finding_of(context, *probe, timeout);
  }
};

// Answers as the test wants, as soon as the context runs.
class ToldExecute final : public Execute {
 public:
  Ticket run(Command, Ended ended) override {
    ended_ = std::move(ended);
    return 1;
  }
  void cancel(Ticket) override { ++cancelled; }
  void answer(Outcome outcome) { ended_(outcome); }
  int cancelled = 0;

 private:
  Ended ended_;
};

Finding found_with(Outcome outcome) {
  ToldExecute execute;
  const auto probe = make_command_probe(execute, {.command = {"/bin/true"}, .user = {}});
  Finding found;
  probe->ask(500ms, [&](const Finding& finding) { found = finding; });
  execute.answer(std::move(outcome));
  return found;
}

}  // namespace

TEST_CASE("a command that exits with 0 is good, with anything else bad") {
  Runner runner;
  CHECK(runner.shell("exit 0") == test::good("exited with 0"));
  CHECK(runner.shell("exit 2") == test::bad("exited with 2"));
}

TEST_CASE("what a command says last is in the detail, on whatever output") {
  Runner runner;
  CHECK(runner.shell("echo one; echo two; exit 2") == test::bad("exited with 2: two"));
  CHECK(runner.shell("echo 3 backends up >&2") == test::good("exited with 0: 3 backends up"));
}

TEST_CASE("a command that is killed is bad") {
  Runner runner;
  CHECK(runner.shell("kill -9 $$") == test::bad("killed by signal 9"));
}

TEST_CASE("a command that hangs is bad after the timeout, and ended") {
  Runner runner;
  CHECK(runner.shell("sleep 1000", 300ms) == no_answer(300ms));
  CHECK(runner.execute.running() == 0);
}

TEST_CASE("what a command said before it hung is in the detail") {
  CHECK(found_with({.how = TimedOut{}, .output = "asking db\n"}) ==
        Finding{Verdict::timed_out, "no answer within 500ms: asking db"});
}

TEST_CASE("a command that floods its output is judged by how it ends") {
  Runner runner;
  CHECK(runner.shell("yes | head -c 10000000; echo; echo enough; exit 1") ==
        test::bad("exited with 1: enough"));
}

TEST_CASE("a command that cannot be started is bad, and the detail says why") {
  Runner runner;
  const auto probe = make_command_probe(runner.execute, {.command = {"/no/such"}, .user = {}});
  CHECK(finding_of(runner.context, *probe) == test::bad("not started: no such file or directory"));
}

TEST_CASE("without a runner nothing has been found out") {
  const Finding found = found_with({.how = Lost{}, .output = {}});
  CHECK(found == Finding{Verdict::none, "not judged: the runner is not there"});
  CHECK_FALSE(health(found).has_value());
}

TEST_CASE("a runner that does not answer in time beyond the command's is no fault of the command") {
  ToldExecute execute;
  const auto probe = make_command_probe(execute, {.command = {"/bin/true"}, .user = {}});
  probe->ask(500ms, [](const Finding&) {});
  CHECK(probe->own_time() > 0s);
  CHECK(probe->give_up(500ms) == Finding{Verdict::none, "not judged: the runner does not answer"});
  CHECK(execute.cancelled == 1);
}

TEST_CASE("a check that ends takes its command along") {
  Runner runner;
  auto probe = make_command_probe(runner.execute, {.command = {"/bin/sleep", "1000"}, .user = {}});
  probe->ask(1000s, [](const Finding&) {});
  CHECK(runner.execute.running() == 1);
  probe.reset();
  CHECK(runner.execute.running() == 0);
}

TEST_CASE("a command runs as its user, with the track's timeout") {
  Runner runner;
  const auto probe = make_command_probe(runner.execute, {.command = {"/bin/true"}, .user = "www"});
  (void)finding_of(runner.context, *probe, 700ms);
  REQUIRE(runner.execute.commands.size() == 1);
  CHECK(runner.execute.commands[0].user == "www");
  CHECK(runner.execute.commands[0].timeout == 700ms);
}

TEST_CASE("systemd is asked for the state of a unit, elsewhere its init script") {
  using Words = config::ArgumentVector;
  CHECK(unit_status_command(ServiceManager::systemd, "haproxy.service") ==
        Words{"/usr/bin/systemctl", "is-active", "haproxy.service"});
  CHECK(unit_status_command(ServiceManager::init_scripts, "haproxy.service") ==
        Words{"/etc/init.d/haproxy", "status"});
  CHECK(unit_status_command(ServiceManager::init_scripts, "haproxy") ==
        Words{"/etc/init.d/haproxy", "status"});
}

TEST_CASE("a unit is asked about by the command of this machine's service manager") {
  Runner runner;
  const auto probe = make_unit_probe(runner.execute, {.unit = "no-such-unit.service"});
  CHECK(health(finding_of(runner.context, *probe)) == group::Health::bad);
  REQUIRE(runner.execute.commands.size() == 1);
  CHECK(runner.execute.commands[0].arguments ==
        unit_status_command(service_manager(), "no-such-unit.service"));
}

}  // namespace failover::tests
