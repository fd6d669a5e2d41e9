// The key password_file.

#include "tests/unit/config/temporary_directory.hpp"
#include "tests/unit/config/texts.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

std::string naming(std::string_view file) {
  return without_password("password_file = \"" + std::string(file) + "\"\n");
}

struct KeyFile {
  explicit KeyFile(std::string_view content, mode_t mode = 0600)
      : key(directory.write("web.key", content, mode)),
        configuration(directory.write("my.toml", naming(key.string()))) {}

  [[nodiscard]] std::string password() const {
    const auto read = read_configuration(configuration);
    INFO(errors_text(read));
    REQUIRE(read.has_value());
    return std::string(text_of(std::get<CarpSettings>(read->routers.at(0).protocol).password));
  }
  // Without what is the same in all.
  [[nodiscard]] std::string error() const {
    const auto text = errors_text(read_configuration(configuration));
    const auto same = configuration.string() + ":3:17: interface.eth0.carp.10.password_file: ";
    REQUIRE(text.substr(0, same.size()) == same);
    return text.substr(same.size());
  }

  TemporaryDirectory directory;
  std::filesystem::path key;
  std::filesystem::path configuration;
};

TEST_CASE("The password is the first line of its file without the line's end") {
  CHECK(KeyFile("secret").password() == "secret");
  CHECK(KeyFile("secret\n").password() == "secret");
  CHECK(KeyFile("secret\r\n").password() == "secret");
  CHECK(KeyFile("secret\nsecond line\n").password() == "secret");
  CHECK(KeyFile(" secret \t\n").password() == " secret \t");
  CHECK(KeyFile("nineteen-characters\r\nmore").password() == "nineteen-characters");
}

TEST_CASE("A first line that is no CARP password is refused and not shown") {
  for (const std::string_view content :
       {std::string_view(""), std::string_view("\nhunter2"), std::string_view("\r\n"),
        std::string_view("hunter2-hunter2-hunt"), std::string_view("hunter2-hunter2-hunt\n"),
        std::string_view("hunter2-hunter2-hunter2-hunter2\n"),
        std::string_view("hunter2\0hunter2\n", 16)}) {
    const KeyFile file(content);
    CHECK(file.error() == "the password in the first line of " + file.key.string() +
                              " does not fit; accepted: 1..19 bytes, none of them NUL");
  }
}

TEST_CASE("A password file may be read by its group, and by nobody else") {
  CHECK(KeyFile("secret", 0400).password() == "secret");
  CHECK(KeyFile("secret", 0600).password() == "secret");
  CHECK(KeyFile("secret", 0640).password() == "secret");
  CHECK(KeyFile("secret", 0660).password() == "secret");
  for (const auto& [mode, text] : {std::pair(0644, "0644"), std::pair(0602, "0602"),
                                   std::pair(0666, "0666"), std::pair(0601, "0601")}) {
    const KeyFile file("secret", static_cast<mode_t>(mode));
    CHECK(file.error() ==
          file.key.string() + " is open to others (mode " + text +
              "); accepted: no rights for others; use: chmod o= " + file.key.string());
  }
}

TEST_CASE("A password file that is missing or no file is refused") {
  const TemporaryDirectory directory;
  const auto error = [&](const std::filesystem::path& key) {
    return errors_of(naming(key.string()));
  };
  const auto prefix = std::string("t.toml:3:17: interface.eth0.carp.10.password_file: ");
  const auto missing = directory / "missing.key";
  CHECK(error(missing) == prefix + missing.string() + " does not exist");
  CHECK(error("/") == prefix + "/ is a directory, not a file");
  CHECK(error("/dev/null") == prefix + "/dev/null is not a regular file");
}

TEST_CASE("A FIFO that nobody writes to is refused instead of waited for") {
  const TemporaryDirectory directory;
  const auto fifo = directory / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(errors_of(naming(fifo.string())) == "t.toml:3:17: interface.eth0.carp.10.password_file: " +
                                                fifo.string() + " is not a regular file");
}

TEST_CASE("A relative name is relative to the file that names it") {
  const TemporaryDirectory directory;
  directory.write("keys/a.key", "of-the-directory");
  directory.write("conf.d/keys/a.key", "of-conf.d");
  directory.write("conf.d/a.toml",
                  "[interface.eth0.carp.11]\naddresses = [\"10.0.0.2\"]\n"
                  "password_file = \"keys/a.key\"\n");
  const auto read = read_configuration(directory.write("failover.toml", naming("keys/a.key")));
  INFO(errors_text(read));
  REQUIRE(read.has_value());
  CHECK(text_of(std::get<CarpSettings>(read->routers.at(0).protocol).password) ==
        "of-the-directory");
  CHECK(text_of(std::get<CarpSettings>(read->routers.at(1).protocol).password) == "of-conf.d");
}

TEST_CASE("password and password_file exclude each other, and the later one is wrong") {
  const TemporaryDirectory directory;
  const auto key = directory.write("web.key", "secret").string();
  CHECK(errors_of(in_router("password_file = \"" + key + "\"\n")) ==
        "t.toml:4:17: interface.eth0.carp.10.password_file: only one of password and "
        "password_file is accepted, and password is set at t.toml:2:12");
  CHECK(errors_of(naming(key) + "password = \"x\"\n") ==
        "t.toml:4:12: interface.eth0.carp.10.password: only one of password and password_file is "
        "accepted, and password_file is set at t.toml:3:17");
}

}  // namespace
}  // namespace failover::tests
