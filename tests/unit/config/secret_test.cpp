// Secrets: equality, and no trace of them in the memory that is given back nor in any message.
//
// Memory is watched where all of it passes: this program's operator delete looks into each block
// for a marker before it goes. Reading a freed block instead would be undefined.

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "agent/config/input_file.hpp"
#include "tests/unit/config/temporary_directory.hpp"
#include "tests/unit/config/texts.hpp"

namespace {

// As short as a password, longer than what std::string keeps inside itself.
constexpr std::string_view marker = "hunter2-in-memory!!";
std::atomic<bool> watching = false;
std::atomic<int> traces = 0;

void look(const void* block) {
  if (!watching || block == nullptr) return;
  const std::string_view content(static_cast<const char*>(block),
                                 ::malloc_usable_size(const_cast<void*>(block)));
  if (content.find(marker) != std::string_view::npos) ++traces;
}

}  // namespace

// Zeroed, so that a trace is one of this block and not of an earlier one in the same place.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return std::calloc(1, size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
  if (void* const block = operator new(size, std::nothrow)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
  look(block);
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { operator delete(block); }

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

// How many blocks were given back with the marker in them while it did this.
template <class Action>
int traces_of(const Action& action) {
  traces = 0;
  watching = true;
  action();
  watching = false;
  return traces;
}

TEST_CASE("The watch on memory sees a string that is not wiped") {
  CHECK(traces_of([] { const std::string left(marker); }) == 1);
}

TEST_CASE("A secret is wiped when it goes and when it is replaced") {
  CHECK(traces_of([] { const Secret secret(marker); }) == 0);
  CHECK(traces_of([] {
          Secret secret(marker);
          secret = Secret("another");
        }) == 0);
  CHECK(traces_of([] {
          Secret secret(marker);
          const Secret longer(std::string(100, 'x'));
          secret = longer;
        }) == 0);
  CHECK(traces_of([] {
          Secret secret(marker);
          const Secret copy = secret;
          const Secret moved = std::move(secret);
        }) == 0);
}

TEST_CASE("A file's text is wiped when it goes") {
  const TemporaryDirectory directory;
  const auto file = directory.write("web.key", marker);
  CHECK(traces_of([&] { CHECK(read_file(file, 1000).has_value()); }) == 0);
  CHECK(traces_of([&] { CHECK(read_private_file(file, 21).has_value()); }) == 0);
}

TEST_CASE("A configuration with a password file leaves no trace of the password") {
  const TemporaryDirectory directory;
  directory.write("web.key", marker);
  const auto file = directory.write("my.toml", without_password("password_file = \"web.key\"\n"));
  CHECK(traces_of([&] { CHECK(read_configuration(file).has_value()); }) == 0);
}

TEST_CASE("Secrets are equal when their bytes are") {
  CHECK(Secret("abc") == Secret("abc"));
  CHECK_FALSE(Secret("abc") == Secret("abd"));
  CHECK_FALSE(Secret("abc") == Secret("abcd"));
  CHECK(Secret() == Secret(""));
}

TEST_CASE("Whatever is wrong with a password, no message shows a part of it") {
  const std::vector<std::string> lines{
      "password = \"hunter2-hunter2-hunter2\"",
      "password = \"hunter2\\u0000\"",
      "password = [\"hunter2\"]",
      "password = { hunter2 = \"hunter2\" }",
      "password = \"hunter2\"\npassword_file = \"web.key\"",
      "pasword = \"hunter2\"",
      "password = hunter2",
      "password = 'hunter2",
      "password = \"hunter2",
      "password = \"\\hunter2\"",
      "password = \"\\uhunter2\"",
      "password = 0xhunter2",
      "password = truhunter2",
      "password = nahunter2",
      "password = 12hunter2",
      "password = 2026-13-hunter2",
      "password = \"x\" hunter2",
      "password = \"x\"\npassword = \"hunter2\"",
      "password = \"\"\"hunter2\nhunter2\"\"",
      "password \"hunter2\"",
  };
  for (const std::string& line : lines) {
    const auto errors = errors_of(without_password(line + "\n"));
    INFO(line << " => " << errors);
    CHECK_FALSE(errors.empty());
    CHECK(errors.find("unter2") == std::string::npos);
  }
}

TEST_CASE("No message shows a password that another file contradicts") {
  const TemporaryDirectory directory;
  const auto file = directory.write("failover.toml", without_password("password = \"hunter2\"\n"));
  directory.write("conf.d/a.toml", "[interface.eth0.carp.10]\npassword = \"hunter2\"\n");
  const auto errors = errors_text(read_configuration(file));
  CHECK_FALSE(errors.empty());
  CHECK(errors.find("hunter2") == std::string::npos);
}

}  // namespace
}  // namespace failover::tests
