// The rhythm of a check, with a probe that the test answers.

#include "agent/checks/check.hpp"

#include <thread>
#include <vector>

#include "protocol/limits.hpp"
#include "tests/unit/checks/asking.hpp"

namespace failover::tests {

using namespace failover::checks;
using test::judged;
using test::run_until;
using SteadyClock = std::chrono::steady_clock;

namespace {

struct Asked {
  std::vector<SteadyClock::time_point> at;
  std::vector<Probe::Done> done;
  int given_up = 0;
};

class ScriptedProbe final : public Probe {
 public:
  explicit ScriptedProbe(Asked& asked, std::function<void(const Done&)> answer)
      : asked_(asked), answer_(std::move(answer)) {}
  void ask(Duration, Done done) override {
    asked_.at.push_back(SteadyClock::now());
    asked_.done.push_back(done);
    if (answer_) answer_(done);
  }
  Finding give_up(Duration timeout) override {
    ++asked_.given_up;
    return no_answer(timeout);
  }

 private:
  Asked& asked_;
  std::function<void(const Done&)> answer_;
};

struct Stage {
  boost::asio::io_context context;
  Asked asked;
  std::vector<Finding> found;
  std::unique_ptr<Check> check;

  explicit Stage(Rhythm rhythm, std::function<void(const Probe::Done&)> answer = {}) {
    check = std::make_unique<Check>(context, rhythm,
                                    std::make_unique<ScriptedProbe>(asked, std::move(answer)));
    check->start(SteadyClock::now(),
                 [this](const Finding& finding, Duration) { found.push_back(finding); });
  }
  [[nodiscard]] bool until_found(std::size_t count) {
    return run_until(context, [&] { return found.size() >= count; });
  }
};

void answer_at_once(const Probe::Done& done) { done(test::good("there")); }

}  // namespace

TEST_CASE("a check asks at once and then again every interval") {
  const auto begun = SteadyClock::now();
  Stage stage({.interval = 20ms, .timeout = 10ms}, answer_at_once);
  REQUIRE(stage.until_found(4));
  CHECK(stage.found.front() == test::good("there"));
  CHECK(stage.asked.at[3] - begun >= 60ms);
}

TEST_CASE("how long a try takes does not move the next one") {
  boost::asio::steady_timer* delay = nullptr;
  Stage stage({.interval = 100ms, .timeout = 100ms}, [&](const Probe::Done& done) {
    delay->expires_after(60ms);
    delay->async_wait([done](auto) { done(test::good("late")); });
  });
  boost::asio::steady_timer timer(stage.context);
  delay = &timer;
  // Were the pauses an interval long, no two tries would be less than 160 ms apart.
  CHECK(run_until(stage.context, [&] {
    const auto& at = stage.asked.at;
    return at.size() >= 2 && at.back() - at[at.size() - 2] < 150ms;
  }));
}

TEST_CASE("a try without an answer is ended at the timeout and counts as bad") {
  Stage stage({.interval = 60ms, .timeout = 30ms});
  REQUIRE(run_until(stage.context, [&] { return !judged(stage.found).empty(); }));
  CHECK(stage.asked.given_up >= 1);
  const Finding found = judged(stage.found)[0];
  CHECK(found == Finding{Verdict::timed_out, "no answer within 30ms"});
  CHECK(health(found) == group::Health::bad);
  CHECK(SteadyClock::now() - stage.asked.at[0] >= 30ms);
}

TEST_CASE("an answer after the timeout is not taken for that of a later try") {
  Stage stage({.interval = 30ms, .timeout = 30ms});
  REQUIRE(run_until(stage.context, [&] { return stage.asked.done.size() == 2; }));
  stage.asked.done[0](test::good("of the first"));
  CHECK(stage.found.size() == 1);
  stage.asked.done[1](test::good("of the second"));
  REQUIRE(stage.found.size() == 2);
  CHECK(stage.found[1] == test::good("of the second"));
}

TEST_CASE("one try never overlaps another") {
  Stage* asking = nullptr;
  Stage stage({.interval = 20ms, .timeout = 20ms}, [&](const Probe::Done&) {
    // All but this one have been ended.
    CHECK(asking->asked.given_up == static_cast<int>(asking->asked.at.size()) - 1);
  });
  asking = &stage;
  REQUIRE(stage.until_found(3));
}

TEST_CASE("who could not look for a while blames nobody for not answering") {
  Stage stage({.interval = 1s, .timeout = 10ms});
  REQUIRE(run_until(stage.context, [&] { return stage.asked.at.size() == 1; }));
  // The thread is held up, as by SIGSTOP.
  std::this_thread::sleep_until(stage.asked.at[0] + 10ms + limits::check_lateness + 50ms);
  REQUIRE(stage.until_found(1));
  CHECK(stage.found[0] == Finding{Verdict::none, "not judged: failoverd was held up itself"});
  CHECK_FALSE(health(stage.found[0]).has_value());
  CHECK(stage.asked.given_up == 1);
}

TEST_CASE("tries that were missed are not made up for") {
  Stage stage({.interval = 20ms, .timeout = 20ms}, answer_at_once);
  REQUIRE(stage.until_found(1));
  std::this_thread::sleep_for(200ms);
  REQUIRE(stage.until_found(4));
  // One late one, and then at the old beat again.
  CHECK(stage.asked.at[3] - stage.asked.at[1] >= 20ms);
}

TEST_CASE("a check that is ended calls nobody any more") {
  Stage stage({.interval = 10ms, .timeout = 10ms}, answer_at_once);
  REQUIRE(stage.until_found(1));
  stage.check.reset();
  stage.context.restart();
  stage.context.run();
  CHECK(stage.found.size() == 1);
}

}  // namespace failover::tests
