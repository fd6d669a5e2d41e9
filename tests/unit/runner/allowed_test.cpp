// Only what the configuration names is run.

#include "agent/runner/allowed.hpp"

#include "tests/unit/catch.hpp"
#include "tests/unit/config/temporary_directory.hpp"

namespace failover::runner {
namespace {

using Arguments = std::vector<std::string>;

}  // namespace

TEST_CASE("PRODUCT 3: a command is allowed with exactly its arguments and its user") {
  const auto allowed = allowed_by([] {
    return CommandSet{{{"/bin/a", "-x"}, ""}, {{"/bin/b"}, "www"}};
  });
  CHECK(allowed({"/bin/a", "-x"}, ""));
  CHECK(allowed({"/bin/b"}, "www"));
  CHECK_FALSE(allowed({"/bin/a"}, ""));
  CHECK_FALSE(allowed({"/bin/a", "-x", "-y"}, ""));
  CHECK_FALSE(allowed({"/bin/a", "-x"}, "www"));
  CHECK_FALSE(allowed({"/bin/b"}, ""));
}

TEST_CASE("after a reload what is new is allowed, what has gone is not") {
  CommandSet in_file{{{"/bin/old"}, ""}};
  int readings = 0;
  const auto allowed = allowed_by([&] {
    ++readings;
    return in_file;
  });
  CHECK(allowed({"/bin/old"}, ""));
  CHECK(allowed({"/bin/old"}, ""));
  CHECK(readings == 1);
  in_file = {{{"/bin/new"}, ""}};
  CHECK(allowed({"/bin/new"}, ""));
  CHECK(readings == 2);
  CHECK_FALSE(allowed({"/bin/old"}, ""));
}

TEST_CASE("while the file is faulty, what was allowed before is") {
  std::optional<CommandSet> in_file = CommandSet{{{"/bin/old"}, ""}};
  const auto allowed = allowed_by([&] { return in_file; });
  CHECK(allowed({"/bin/old"}, ""));
  in_file.reset();
  CHECK_FALSE(allowed({"/bin/new"}, ""));
  CHECK(allowed({"/bin/old"}, ""));
}

TEST_CASE("a configuration without commands allows none, a faulty one says nothing") {
  const config::test::TemporaryDirectory directory;
  const auto right = commands_in(directory.write("right.toml", "[agent]\nnode = \"a\"\n"));
  REQUIRE(right);
  CHECK(right->empty());
  CHECK_FALSE(commands_in(directory.write("faulty.toml", "[agent\n")));
}

}  // namespace failover::runner
