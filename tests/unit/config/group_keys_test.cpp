// Every key of [group.NAME] and of its hooks: its default, and what it may be.

#include "tests/unit/config/group_texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

TEST_CASE("A group without keys has the defaults") {
  const auto group = read_group("");
  CHECK(group == GroupSettings{.name = "web"});
  CHECK(group.description.empty());
  CHECK(group.mode == GroupMode::warm);
  CHECK(group.preempt == Preempt::on);
  CHECK(group.preempt_delay == 0s);
  CHECK(group.start_delay == 0s);
  CHECK(group.damping.moves == 10);
  CHECK(group.damping.window == 600s);
  CHECK(group.hooks.timeout == 30s);
}

TEST_CASE("A group's description is a line of 1 to 255 bytes") {
  CHECK(read_group("description = \"p\"\n").description == "p");
  const std::string longest(255, 'p');
  CHECK(read_group("description = \"" + longest + "\"\n").description == longest);
  CHECK(read_group("description = \"öffentlicher Pfad\"\n").description == "öffentlicher Pfad");
}

TEST_CASE("A group's mode is one of four words") {
  const auto mode = [](std::string_view text) {
    return read_group("mode = \"" + std::string(text) + "\"\n").mode;
  };
  CHECK(mode("warm") == GroupMode::warm);
  CHECK(mode("cold") == GroupMode::cold);
  CHECK(mode("none") == GroupMode::none);
  CHECK(read(in_router("mac = \"virtual\"\ngroup = \"web\"\n[group.web]\nmode = \"hot\"\n"))
            .groups.front()
            .mode == GroupMode::hot);
}

TEST_CASE("A group's delays are durations of up to an hour") {
  CHECK(read_group("preempt_delay = \"0s\"\n").preempt_delay == 0s);
  CHECK(read_group("preempt_delay = \"1h\"\n").preempt_delay == 3600s);
  CHECK(read_group("start_delay = \"90s\"\n").start_delay == 90s);
  CHECK(read_group("start_delay = \"60m\"\n").start_delay == 3600s);
}

TEST_CASE("Damping takes each of its keys alone, and is off with 0 moves") {
  CHECK(read_group("damping = { moves = 0 }\n").damping ==
        DampingSettings{.moves = 0, .window = 600s});
  CHECK(read_group("damping = { moves = 100 }\n").damping.moves == 100);
  CHECK(read_group("damping = { window = \"10s\" }\n").damping ==
        DampingSettings{.moves = 10, .window = 10s});
  CHECK(read_group("damping = { window = \"24h\" }\n").damping.window == 86'400s);
}

TEST_CASE("Services, routes and rules are lists in the order of the file") {
  const auto group = read_group(
      "follow = [\"haproxy.service\", \"getty@tty1.service\", \"dev-sda\\\\x2d1.device\"]\n"
      "routes = [\"default via 192.0.2.9\", \"blackhole 10.9.0.0/16\"]\n"
      "rules = [\"from 192.0.2.10 lookup 100 priority 500\"]\n");
  CHECK(group.follow ==
        std::vector<std::string>{"haproxy.service", "getty@tty1.service", "dev-sda\\x2d1.device"});
  CHECK(group.routes == std::vector<std::string>{"default via 192.0.2.9", "blackhole 10.9.0.0/16"});
  CHECK(group.rules == std::vector<std::string>{"from 192.0.2.10 lookup 100 priority 500"});
}

TEST_CASE("Lists of a group have their bound and not one more") {
  const auto list = [](std::string_view key, std::size_t count, std::string_view each = "u") {
    std::string text = std::string(key) + " = [";
    for (std::size_t i = 0; i < count; ++i)
      text += "\"" + std::string(each) + std::to_string(i) + "\",";
    return text + "]\n";
  };
  constexpr std::string_view route = "blackhole 2001:db8::";
  constexpr std::string_view rule = "lookup 7 priority 1";
  CHECK(read_group(list("follow", 16)).follow.size() == 16);
  CHECK(errors_of(in_group(list("follow", 17))) ==
        "t.toml:6:10: group.web.follow: 17 units; accepted: at most 16");
  CHECK(read_group(list("routes", 1024, route)).routes.size() == 1024);
  CHECK(errors_of(in_group(list("routes", 1025, route))) ==
        "t.toml:6:10: group.web.routes: 1025 routes; accepted: at most 1024");
  CHECK(read_group(list("rules", 256, rule)).rules.size() == 256);
  CHECK(errors_of(in_group(list("rules", 257, rule))) ==
        "t.toml:6:9: group.web.rules: 257 rules; accepted: at most 256");
}

TEST_CASE("Hooks are lists of argument vectors, each with its event") {
  const auto hooks = read_group(
                         "[group.web.hooks]\n"
                         "active = [[\"/bin/a\", \"\", \"x y\"], [\"/bin/b\"]]\n"
                         "backup = [[\"/bin/c\"]]\n"
                         "before_release = [[\"/bin/d\"]]\n"
                         "fault = [[\"/bin/e\"]]\n"
                         "reconcile = [[\"/bin/f\"]]\n"
                         "timeout = \"100ms\"\n"
                         "user = \"haproxy\"\n")
                         .hooks;
  CHECK(hooks.of(HookKind::active) ==
        std::vector<ArgumentVector>{{"/bin/a", "", "x y"}, {"/bin/b"}});
  CHECK(hooks.of(HookKind::backup) == std::vector<ArgumentVector>{{"/bin/c"}});
  CHECK(hooks.of(HookKind::before_release) == std::vector<ArgumentVector>{{"/bin/d"}});
  CHECK(hooks.of(HookKind::fault) == std::vector<ArgumentVector>{{"/bin/e"}});
  CHECK(hooks.of(HookKind::reconcile) == std::vector<ArgumentVector>{{"/bin/f"}});
  CHECK(hooks.timeout == 100ms);
  CHECK(hooks.user == "haproxy");
  CHECK(read_group("hooks.timeout = \"1h\"\n").hooks.timeout == 3600s);
}

TEST_CASE("The kinds of hooks are called as their keys are") {
  CHECK(name(HookKind::active) == "active");
  CHECK(name(HookKind::backup) == "backup");
  CHECK(name(HookKind::before_release) == "before_release");
  CHECK(name(HookKind::fault) == "fault");
  CHECK(name(HookKind::reconcile) == "reconcile");
}

TEST_CASE("A hook has 8 commands of 64 words and 8,192 bytes, and not one more") {
  const auto many = [](std::size_t count) {
    std::string text = "hooks.active = [";
    for (std::size_t i = 0; i < count; ++i) text += "[\"/bin/a\"],";
    return text + "]\n";
  };
  CHECK(read_group(many(8)).hooks.active.size() == 8);
  CHECK(errors_of(in_group(many(9))) ==
        "t.toml:6:16: group.web.hooks.active: 9 commands; accepted: at most 8");
  const auto words = [](std::size_t count) {
    std::string text = "hooks.active = [[\"/bin/a\"";
    for (std::size_t i = 1; i < count; ++i) text += ", \"w\"";
    return text + "]]\n";
  };
  CHECK(read_group(words(64)).hooks.active.front().size() == 64);
  CHECK(errors_of(in_group(words(65))) ==
        "t.toml:6:17: group.web.hooks.active[0]: 65 words; accepted: at most 64");
  const auto bytes = [](std::size_t count) {
    constexpr std::string_view program = "/bin/a";
    return "hooks.active = [[\"" + std::string(program) + "\", \"" +
           std::string(count - program.size() - 2, 'x') + "\"]]\n";
  };
  CHECK(read_group(bytes(8192)).hooks.active.size() == 1);
  CHECK(errors_of(in_group(bytes(8193))) ==
        "t.toml:6:17: group.web.hooks.active[0]: 8193 bytes; accepted: at most 8192");
}

}  // namespace
}  // namespace failover::tests
