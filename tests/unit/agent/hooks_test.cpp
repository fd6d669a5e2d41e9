// Hooks: what runs when a group moves, in which order, and what it is told.

#include "agent/hooks/hooks.hpp"

#include <deque>

#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using hooks::Hooks;
using hooks::Move;
using Words = std::vector<std::string>;

// Commands end when the test says so.
class FakeExecute final : public checks::Execute {
 public:
  Ticket run(checks::Command command, Ended ended) override {
    started.push_back(command.arguments.front() +
                      (command.arguments.size() > 1 ? " " + command.arguments[1] : ""));
    commands.push_back(std::move(command));
    under_way.push_back(std::move(ended));
    return started.size();
  }
  void cancel(Ticket) override {}

  void end(checks::Outcome outcome = {.how = checks::Exited{0}}) {
    const Ended ended = std::move(under_way.front());
    under_way.pop_front();
    ended(outcome);
  }

  Words started;
  std::vector<checks::Command> commands;
  std::deque<Ended> under_way;
};

struct HooksScene {
  HooksScene() {
    group.name = "web";
    group.hooks.active = {{"/a1"}, {"/a2"}};
    group.hooks.backup = {{"/b"}};
    hooks.apply({group});
  }

  Move move(std::string role) {
    return {.node = "lb1",
            .group = "web",
            .role = std::move(role),
            .was = "backup",
            .status = "Up (active)",
            .reason = "no-response",
            .at = "2026-11-20T09:00:00.000Z",
            .addresses = {"192.0.2.1/24", "2001:db8::1/64"}};
  }

  config::GroupSettings group;
  FakeExecute execute;
  Words told;
  Hooks hooks{execute, 100,
              [this](const std::string& name, const hooks::LastRun& run, std::string_view what) {
                told.push_back(name + " " + std::string(what) + " " + run.detail);
              }};
};

}  // namespace

TEST_CASE("the commands of a hook run one after the other, also when one fails") {
  HooksScene scene;
  scene.hooks.became(config::HookKind::active, scene.move("active"));
  CHECK(scene.execute.started == Words{"/a1"});
  scene.execute.end({.how = checks::Exited{3}});
  CHECK(scene.execute.started == Words{"/a1", "/a2"});
  scene.execute.end();
  CHECK(scene.told == Words{"web hook=active /a1: exited with 3"});
  const auto last = scene.hooks.last("web", config::HookKind::active);
  REQUIRE(last);
  CHECK_FALSE(last->well);
  CHECK(last->sequence == 100);
}

TEST_CASE("the next move waits for what runs, and those in between are left out") {
  HooksScene scene;
  scene.hooks.became(config::HookKind::active, scene.move("active"));
  scene.hooks.became(config::HookKind::backup, scene.move("backup"));
  scene.hooks.became(config::HookKind::active, scene.move("active"));
  scene.hooks.became(config::HookKind::backup, scene.move("backup"));
  CHECK(scene.execute.started == Words{"/a1"});
  scene.execute.end();
  scene.execute.end();
  CHECK(scene.execute.started == Words{"/a1", "/a2", "/b"});
  scene.execute.end();
  CHECK(scene.execute.under_way.empty());
}

TEST_CASE("a hook has its context in the environment and as JSON on standard input") {
  HooksScene scene;
  scene.hooks.became(config::HookKind::active, scene.move("active"));
  const checks::Command& command = scene.execute.commands.front();
  const auto value = [&](std::string_view name) {
    for (const auto& [known, is] : command.environment)
      if (known == name) return is;
    return std::string("?");
  };
  CHECK(value("FAILOVER_GROUP") == "web");
  CHECK(value("FAILOVER_HOOK") == "active");
  CHECK(value("FAILOVER_ADDRESSES") == "192.0.2.1/24 2001:db8::1/64");
  CHECK(value("FAILOVER_SEQUENCE") == "100");
  CHECK(command.input.find(R"("schema":"failover.hook.v1")") != std::string::npos);
  CHECK(command.input.find(R"("reason":"no-response")") != std::string::npos);
}

TEST_CASE("what waits for before_release goes on when it has ended, or at once without one") {
  HooksScene scene;
  bool done = false;
  scene.hooks.before_release(scene.move("active"), [&] { done = true; });
  CHECK(done);
  scene.group.hooks.before_release = {{"/r"}};
  scene.hooks.apply({scene.group});
  done = false;
  scene.hooks.before_release(scene.move("active"), [&] { done = true; });
  CHECK_FALSE(done);
  scene.execute.end({.how = checks::TimedOut{}});
  CHECK(done);
}

TEST_CASE("units start before the active hook and stop after the backup hook, the last one first") {
  HooksScene scene;
  scene.group.follow = {"one", "two"};
  scene.hooks.apply({scene.group});
  scene.hooks.became(config::HookKind::active, scene.move("active"));
  for (int i = 0; i < 4; ++i) scene.execute.end();
  scene.hooks.became(config::HookKind::backup, scene.move("backup"));
  for (int i = 0; i < 3; ++i) scene.execute.end();
  REQUIRE(scene.execute.started.size() == 7);
  const auto is_about = [&](std::size_t at, std::string_view verb, std::string_view unit) {
    const auto& arguments = scene.execute.commands[at].arguments;
    const std::string all =
        arguments.front() + " " + arguments[1] + (arguments.size() > 2 ? " " + arguments[2] : "");
    return all.find(verb) != std::string::npos && all.find(unit) != std::string::npos;
  };
  CHECK(is_about(0, "start", "one"));
  CHECK(is_about(1, "start", "two"));
  CHECK(scene.execute.started[2] == "/a1");
  CHECK(scene.execute.started[4] == "/b");
  CHECK(is_about(5, "stop", "two"));
  CHECK(is_about(6, "stop", "one"));
}

TEST_CASE("cold: who asked for the units is told when they run, and when one does not") {
  HooksScene scene;
  scene.group.follow = {"one", "two"};
  scene.hooks.apply({scene.group});
  std::optional<Hooks::Result> result;
  scene.hooks.start_units(scene.move("active"), [&](Hooks::Result is) { result = is; });
  scene.execute.end({.how = checks::Exited{1}});
  CHECK(result == Hooks::Result::failed);
  CHECK(scene.execute.started.size() == 1);
  result.reset();
  scene.hooks.start_units(scene.move("active"), [&](Hooks::Result is) { result = is; });
  scene.execute.end();
  CHECK_FALSE(result);
  scene.execute.end();
  CHECK(result == Hooks::Result::well);
}

TEST_CASE("who goes on from an earlier life does not start its units again") {
  HooksScene scene;
  scene.group.follow = {"one"};
  scene.hooks.apply({scene.group});
  scene.hooks.goes_on("web", Hooks::Units::start);
  scene.hooks.became(config::HookKind::backup, scene.move("backup"));
  scene.execute.end();
  CHECK(scene.execute.started.size() == 2);
  CHECK(scene.execute.started.front() == "/b");
}

TEST_CASE("a stop waits until nothing runs any more") {
  HooksScene scene;
  int idle = 0;
  scene.hooks.when_idle([&] { ++idle; });
  CHECK(idle == 1);
  scene.hooks.became(config::HookKind::backup, scene.move("backup"));
  scene.hooks.when_idle([&] { ++idle; });
  CHECK(idle == 1);
  scene.execute.end();
  CHECK(idle == 2);
}

}  // namespace failover::tests
