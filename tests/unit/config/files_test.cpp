// Files and directories that make up a configuration.

#include "protocol/limits.hpp"
#include "tests/unit/config/temporary_directory.hpp"
#include "tests/unit/config/texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

std::string router_text(std::string_view name, std::string_view address) {
  return "[interface." + std::string(name) + "]\npassword = \"x\"\naddresses = [\"" +
         std::string(address) + "\"]\n";
}

TEST_CASE("A file is read") {
  const TemporaryDirectory directory;
  const auto file = directory.write("my.toml", in_router("advskew = 3\n"));
  const auto configuration = read_configuration(file);
  REQUIRE(configuration.has_value());
  CHECK(*configuration == read(in_router("advskew = 3\n")));
}

TEST_CASE("Errors in a file have its name as it was given") {
  const TemporaryDirectory directory;
  const auto file = directory.write("my.toml", "[agnet]\n");
  CHECK(errors_text(read_configuration(file)) ==
        file.string() + ":1:2: agnet: unknown key \"agnet\"; did you mean \"agent\"?");
}

TEST_CASE("A file that does not exist is an error") {
  const TemporaryDirectory directory;
  const auto file = directory / "failover.toml";
  CHECK(errors_text(read_configuration(file)) == file.string() + ": does not exist");
}

TEST_CASE("A directory instead of a file is an error") {
  const TemporaryDirectory directory;
  const auto file = directory / ".";
  CHECK(errors_text(read_configuration(file)) == file.string() + ": is a directory, not a file");
}

TEST_CASE("A file below a file cannot be read") {
  const TemporaryDirectory directory;
  const auto file = directory.write("a.toml", "") / "b.toml";
  CHECK(errors_text(read_configuration(file)) ==
        file.string() + ": cannot be read: Not a directory");
}

TEST_CASE("A file of 8 MiB is read, and a larger one is refused") {
  const TemporaryDirectory directory;
  std::string text(limits::configuration_bytes, '\n');
  const auto file = directory.write("my.toml", text);
  CHECK(errors_text(read_configuration(file)).empty());
  directory.write("my.toml", text + "\n");
  CHECK(errors_text(read_configuration(file)) ==
        file.string() + ": is too large; accepted: at most 8388608 bytes in all files together");
}

TEST_CASE("The bound on bytes is one for all files together") {
  const TemporaryDirectory directory;
  const auto file = directory.write("failover.toml", "\n");
  const auto part =
      directory.write("conf.d/a.toml", std::string(limits::configuration_bytes, '\n'));
  CHECK(errors_text(read_configuration(file)) ==
        part.string() + ": is too large; accepted: at most 8388608 bytes in all files together");
}

TEST_CASE("A file with a byte order mark and one with DOS line ends are read") {
  const TemporaryDirectory directory;
  const auto file = directory.write("my.toml", "\xef\xbb\xbf[agent]\r\nnode = \"a\"\r\n");
  const auto configuration = read_configuration(file);
  REQUIRE(configuration.has_value());
  CHECK(configuration->agent.node == "a");
}

TEST_CASE("failover.toml is merged with conf.d, table by table") {
  const TemporaryDirectory directory;
  const auto file = directory.write(
      "failover.toml", "[agent]\nnode = \"a\"\n" + router_text("eth0.carp.1", "10.0.0.1"));
  directory.write("conf.d/20.toml", router_text("eth0.carp.2", "10.0.0.2"));
  directory.write("conf.d/10.toml",
                  "[agent]\nlog_level = \"debug\"\n[interface.eth0.carp.1]\n"
                  "advskew = 9\n");
  const auto configuration = read_configuration(file);
  INFO(errors_text(configuration));
  REQUIRE(configuration.has_value());
  CHECK(*configuration == read("[agent]\nnode = \"a\"\nlog_level = \"debug\"\n" +
                               router_text("eth0.carp.1", "10.0.0.1") + "advskew = 9\n" +
                               router_text("eth0.carp.2", "10.0.0.2")));
}

TEST_CASE("Only failover.toml has a conf.d") {
  const TemporaryDirectory directory;
  const auto file = directory.write("other.toml", "");
  directory.write("conf.d/a.toml", "nonsense = 1\n");
  CHECK(errors_text(read_configuration(file)).empty());
}

TEST_CASE("In conf.d only visible files that end in .toml are read") {
  const TemporaryDirectory directory;
  const auto file = directory.write("failover.toml", "");
  for (const auto* const name : {"a.toml~", ".b.toml", "c.toml.dpkg-old", "toml", "README"})
    directory.write("conf.d/" + std::string(name), "nonsense = 1\n");
  CHECK(errors_text(read_configuration(file)).empty());
}

TEST_CASE("A key that is set in two files is an error with both places, in the order of names") {
  const TemporaryDirectory directory;
  const auto file =
      directory.write("failover.toml", router_text("eth0.carp.1", "10.0.0.1") + "advskew = 1\n");
  const auto b = directory.write("conf.d/b.toml", "[interface.eth0.carp.1]\nadvbase = 300\n");
  const auto a = directory.write("conf.d/B.toml", "[interface.eth0]\ncarp.1.advskew = 1\n");
  CHECK(errors_text(read_configuration(file)) ==
        a.string() + ":2:18: interface.eth0.carp.1.advskew: set twice; it is already set at " +
            file.string() + ":4:11\n" + b.string() +
            ":2:11: interface.eth0.carp.1.advbase: 300 is out of range; accepted: 0..255");
}

TEST_CASE("A table in one file and a value in another are an error with both places") {
  const TemporaryDirectory directory;
  const auto file = directory.write("failover.toml", "[agent]\nnode = \"a\"\n");
  const auto part = directory.write("conf.d/a.toml", "agent = 1\n");
  CHECK(errors_text(read_configuration(file)) ==
        part.string() + ":1:9: agent: an integer here, but a table at " + file.string() + ":1:1");
}

TEST_CASE("Lists in two files are not joined") {
  const TemporaryDirectory directory;
  const auto file = directory.write("failover.toml", router_text("eth0.carp.1", "10.0.0.1"));
  const auto part =
      directory.write("conf.d/a.toml", "[interface.eth0.carp.1]\naddresses = [\"10.0.0.2\"]\n");
  CHECK(errors_text(read_configuration(file)) ==
        part.string() + ":2:13: interface.eth0.carp.1.addresses: set twice; it is already set at " +
            file.string() + ":3:13");
}

TEST_CASE("Syntax errors of all files are reported together, and nothing that follows from them") {
  const TemporaryDirectory directory;
  const auto file = directory.write("failover.toml", "[interface.eth0.carp.1]\n");
  const auto a = directory.write("conf.d/a.toml", "a\n");
  const auto b = directory.write("conf.d/b.toml", "[b\n");
  CHECK(errors_text(read_configuration(file)) ==
        a.string() + ":1:2: syntax error in key-value pair: expected '='\n" + b.string() +
            ":1:3: syntax error in table header: expected ']'");
}

TEST_CASE("A conf.d that is not a directory is an error") {
  const TemporaryDirectory directory;
  const auto file = directory.write("failover.toml", "");
  const auto part = directory.write("conf.d", "");
  CHECK(errors_text(read_configuration(file)) ==
        part.string() + ": cannot be read: Not a directory");
}

TEST_CASE("A dangling link in conf.d is an error, not silence") {
  const TemporaryDirectory directory;
  const auto file = directory.write("failover.toml", "");
  directory.write("conf.d/README", "");
  std::filesystem::create_symlink("nowhere", directory / "conf.d/a.toml");
  CHECK(errors_text(read_configuration(file)) ==
        (directory / "conf.d/a.toml").string() + ": does not exist");
}

TEST_CASE("conf.d has 1,000 files and not one more") {
  const TemporaryDirectory directory;
  const auto file = directory.write("failover.toml", "");
  for (std::size_t i = 0; i < limits::configuration_files; ++i)
    directory.write("conf.d/" + std::to_string(i) + ".toml", "");
  CHECK(errors_text(read_configuration(file)).empty());
  directory.write("conf.d/more.toml", "");
  CHECK(errors_text(read_configuration(file)) ==
        (directory / "conf.d").string() + ": has too many files; accepted: at most 1000 *.toml");
}

TEST_CASE("The examples that come with the program are configurations without errors") {
  const auto examples = std::filesystem::path(FAILOVER_SOURCE_DIR) / "packaging/examples";
  int count = 0;
  for (const auto& example : std::filesystem::directory_iterator(examples)) {
    INFO(example.path());
    CHECK(errors_text(read_configuration(example.path())).empty());
    ++count;
  }
  CHECK(count >= 3);
}

}  // namespace
}  // namespace failover::tests
