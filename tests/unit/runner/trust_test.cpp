// A program that others may write, or put in its place, is not run.

#include "agent/runner/trust.hpp"

#include <unistd.h>

#include "tests/unit/runner/trusted_directory.hpp"

namespace failover::runner {
namespace {

namespace fs = std::filesystem;
using test::needs_root;
using test::TrustedDirectory;

constexpr uid_t nobody = 65534;

bool says(const std::string& fault, const std::string& what) {
  INFO(fault);
  return fault.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("what the system installs is trusted, through its symbolic links too") {
  CHECK(why_untrusted("/bin/sh", 0).empty());
  CHECK(why_untrusted("/usr/bin/../bin/./env", 0).empty());
}

TEST_CASE("a program is named by an absolute path") {
  CHECK(says(why_untrusted("sh", 0), "sh is no absolute path"));
  CHECK(says(why_untrusted("./sh", 0), "/usr/bin/sh"));
}

TEST_CASE("a program that is missing, or no file, is refused by name") {
  CHECK(says(why_untrusted("/usr/bin/no-such-program", 0), "/usr/bin/no-such-program: No such"));
  CHECK(says(why_untrusted("/usr/bin", 0), "/usr/bin is no file"));
}

TEST_CASE("a file that the group or everybody may write is refused") {
  if (needs_root()) return;
  const TrustedDirectory directory;
  CHECK(why_untrusted(directory.program("right"), 0).empty());
  CHECK(says(why_untrusted(directory.program("group", "", 0775), 0), "group may be written"));
  CHECK(says(why_untrusted(directory.program("all", "", 0757), 0), "chmod go-w"));
}

TEST_CASE("a file of another user is refused, but for a command that runs as that user") {
  if (needs_root()) return;
  const TrustedDirectory directory;
  const auto file = directory.program("theirs");
  REQUIRE(::chown(file.c_str(), nobody, 0) == 0);
  CHECK(says(why_untrusted(file, 0), "is owned by the user 65534"));
  CHECK(why_untrusted(file, nobody).empty());
  CHECK(says(why_untrusted(file, nobody - 1), "is owned by the user 65534"));
}

TEST_CASE("a directory that others may write is refused anywhere on the way, sticky or not") {
  if (needs_root()) return;
  const TrustedDirectory directory;
  const auto file = directory.program("a/b/program");
  CHECK(why_untrusted(file, 0).empty());
  REQUIRE(::chmod((directory / "a").c_str(), 01777) == 0);
  CHECK(says(why_untrusted(file, 0), (directory / "a").string() + " may be written"));
}

TEST_CASE("a link is followed through the directories that it leads through") {
  if (needs_root()) return;
  const TrustedDirectory directory;
  const auto program = directory.program("bin/program");
  fs::create_directory(directory / "open");
  fs::create_symlink(program, directory / "open/second");
  fs::create_symlink("open/second", directory / "first");
  CHECK(why_untrusted(directory / "first", 0).empty());
  REQUIRE(::chmod((directory / "open").c_str(), 0777) == 0);
  CHECK(says(why_untrusted(directory / "first", 0), "/open may be written"));
  CHECK(why_untrusted(program, 0).empty());
}

TEST_CASE("links in a circle come to an end") {
  if (needs_root()) return;
  const TrustedDirectory directory;
  fs::create_symlink("b", directory / "a");
  fs::create_symlink("a", directory / "b");
  CHECK(says(why_untrusted(directory / "a", 0), "Too many levels"));
}

}  // namespace failover::runner
