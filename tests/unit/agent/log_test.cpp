// The log: one line per event, and a pipe that nobody reads stops nothing.

#include "agent/control/log.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <vector>

#include "agent/descriptor.hpp"
#include "protocol/limits.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using config::LogLevel;

// Sets JOURNAL_STREAM, or takes it away, for the life of a test.
class Journal {
 public:
  enum class Kind { none, journal };
  explicit Journal(Kind kind) {
    if (const char* value = std::getenv("JOURNAL_STREAM")) before_ = value;
    if (kind == Kind::journal) {
      ::setenv("JOURNAL_STREAM", "8:123", 1);
    } else {
      ::unsetenv("JOURNAL_STREAM");
    }
  }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal() {
    if (before_) {
      ::setenv("JOURNAL_STREAM", before_->c_str(), 1);
    } else {
      ::unsetenv("JOURNAL_STREAM");
    }
  }

 private:
  std::optional<std::string> before_;
};

// The log's end blocks, as standard error does; the reader's does not.
struct Pipe {
  explicit Pipe(Journal::Kind kind = Journal::Kind::none) : journal(kind) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    reader = Descriptor(ends[0]);
    writer = Descriptor(ends[1]);
    REQUIRE(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    log.emplace(ends[1]);
  }
  std::string read() const {
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
      const auto count = ::read(reader.number(), buffer.data(), buffer.size());
      if (count <= 0) return text;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  // Lines of `size` bytes until nothing more fits the pipe.
  std::size_t fill(std::size_t size) {
    std::size_t lines = 0;
    do {
      log->write(LogLevel::error, std::string(size - 8, 'x'));
      ++lines;
    } while (log->flush());
    return lines;
  }
  Journal journal;
  Descriptor reader;
  Descriptor writer;
  std::optional<Log> log;
};

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  std::size_t at = 0;
  for (std::size_t end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    all.push_back(text.substr(at, end - at));
  CHECK(at == text.size());
  return all;
}

}  // namespace

TEST_CASE("a line begins with its level, and those above the level set are not written") {
  Pipe pipe;
  pipe.log->write(LogLevel::error, "a");
  pipe.log->write(LogLevel::warning, "b");
  pipe.log->write(LogLevel::notice, "c");
  pipe.log->write(LogLevel::info, "d");
  pipe.log->write(LogLevel::debug, "e");
  CHECK(pipe.read() == "error: a\nwarning: b\nnotice: c\ninfo: d\n");
  pipe.log->set_level(LogLevel::debug);
  pipe.log->write(LogLevel::debug, "e");
  CHECK(pipe.read() == "debug: e\n");
  pipe.log->set_level(LogLevel::error);
  pipe.log->write(LogLevel::warning, "b");
  CHECK(pipe.read().empty());
}

TEST_CASE("PRODUCT 3: under systemd a line begins with the journal's priority") {
  Pipe pipe(Journal::Kind::journal);
  pipe.log->set_level(LogLevel::debug);
  for (const LogLevel level :
       {LogLevel::error, LogLevel::warning, LogLevel::notice, LogLevel::info, LogLevel::debug})
    pipe.log->write(level, "x");
  CHECK(pipe.read() == "<3>x\n<4>x\n<5>x\n<6>x\n<7>x\n");
}

TEST_CASE("one event is one line, whatever newlines its text has") {
  Pipe pipe;
  pipe.log->write(LogLevel::error, "a\nb\n\nc\n");
  CHECK(pipe.read() == "error: a b  c \n");
}

TEST_CASE("a line is cut so that it is written in one go") {
  Pipe pipe;
  pipe.log->write(LogLevel::error, std::string(100'000, 'x'));
  const std::string text = pipe.read();
  CHECK(text.size() == PIPE_BUF);
  CHECK(text.back() == '\n');
  const std::string fits(PIPE_BUF - 8, 'y');
  pipe.log->write(LogLevel::error, fits);
  CHECK(pipe.read() == "error: " + fits + "\n");
}

TEST_CASE("PRODUCT 8.4: a full pipe that nobody reads keeps some lines and counts the others") {
  Pipe pipe;
  const std::size_t written = pipe.fill(1000);
  // One waits already.
  for (std::size_t i = 1; i < limits::log_lines_waiting; ++i)
    pipe.log->write(LogLevel::error, "waiting " + std::to_string(i));
  for (int i = 0; i < 5; ++i) pipe.log->write(LogLevel::error, "lost");
  std::string text;
  while (!pipe.log->flush()) text += pipe.read();
  text += pipe.read();
  const auto all = lines(text);
  REQUIRE(all.size() == written + limits::log_lines_waiting);
  CHECK(all[written] == "error: waiting 1");
  CHECK(all[all.size() - 2] == "error: waiting " + std::to_string(limits::log_lines_waiting - 1));
  CHECK(all.back() == "warning: 5 log lines were lost: nobody read them");
  // They are reported once.
  pipe.log->write(LogLevel::error, "after");
  CHECK(pipe.read() == "error: after\n");
}

TEST_CASE("under systemd the lost lines are reported with a priority, too") {
  Pipe pipe(Journal::Kind::journal);
  (void)pipe.fill(1000);
  for (std::size_t i = 0; i < limits::log_lines_waiting + 1; ++i)
    pipe.log->write(LogLevel::error, "x");
  std::string text;
  while (!pipe.log->flush()) text += pipe.read();
  text += pipe.read();
  CHECK(lines(text).back().substr(0, 3) == "<4>");
}

TEST_CASE("lines keep their order over a time when nobody read") {
  Pipe pipe;
  (void)pipe.fill(4000);
  pipe.log->write(LogLevel::error, "first");
  std::string text = pipe.read();
  pipe.log->write(LogLevel::error, "second");
  text += pipe.read();
  const auto all = lines(text);
  REQUIRE(all.size() > 2);
  CHECK(all[all.size() - 2] == "error: first");
  CHECK(all.back() == "error: second");
}

TEST_CASE("a reader that has gone for good takes everything") {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.reader.reset();
  for (int i = 0; i < 10; ++i) pipe.log->write(LogLevel::error, "x");
  CHECK(pipe.log->flush());
  std::signal(SIGPIPE, before);
}

TEST_CASE("a socket that nobody reads stops nothing either") {
  const Journal journal(Journal::Kind::journal);
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  const Descriptor writer(ends[0]);
  Descriptor reader(ends[1]);
  Log log(writer.number());
  int written = 0;
  do {
    log.write(LogLevel::error, std::string(1000, 'x'));
    ++written;
  } while (log.flush());
  CHECK(written > 10);
  reader.reset();
  CHECK(log.flush());
}

}  // namespace failover::tests
