// The log, with texts that others choose (an operator's reason, what the kernel says) and a reader
// who comes and goes. One event is one line, whatever is in it, and every line arrives whole.
//
// In an input 0xff begins a new event and 0xfe is a reader's turn.

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <deque>

#include "agent/control/log.hpp"
#include "agent/descriptor.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

// Made once: a pipe of one page, which is soon full.
class Pipe {
 public:
  Pipe() {
    std::array<int, 2> ends{};
    must(pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0, "a pipe can be made");
    reading_ = Descriptor(ends[0]);
    writing_ = Descriptor(ends[1]);
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_BUF);
    unsetenv("JOURNAL_STREAM");
  }
  [[nodiscard]] int writing() const { return writing_.number(); }
  [[nodiscard]] std::string drained() const {
    std::string text;
    std::array<char, PIPE_BUF> part;
    for (;;) {
      const auto count = read(reading_.number(), part.data(), part.size());
      if (count <= 0) return text;
      text.append(part.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  Descriptor reading_;
  Descriptor writing_;
};

// Takes the line that the event must have become from the front of the log.
void check_event(std::string_view event, std::string_view& log) {
  const auto line = log.substr(0, log.find('\n'));
  must(line.size() < log.size(), "an event is a line", event);
  log.remove_prefix(line.size() + 1);
  must(line.size() < PIPE_BUF, "a line is written in one go", line);
  must(!has_control(line), "a line cannot steer the terminal", line);
  constexpr std::string_view prefix = "info: ";
  must(line.starts_with(prefix), "a line begins with its level", line);
  const auto shown = line.substr(prefix.size());
  must(shown.size() == std::min(event.size(), PIPE_BUF - 1 - prefix.size()), "a line is all there",
       line);
  for (std::size_t i = 0; i < shown.size(); ++i)
    must(shown[i] == event[i] || is_control(event[i]), "a line says what the event said", line);
}

void check(std::string_view input) {
  static const Pipe pipe;
  Log log(pipe.writing());
  std::deque<std::string_view> events;
  std::string read;
  // What may wait is bounded; how lost lines are counted is no question of their texts.
  while (!input.empty() && events.size() < limits::log_lines_waiting) {
    const auto end = std::min(input.find_first_of("\xff\xfe"), input.size());
    events.push_back(input.substr(0, end));
    log.write(config::LogLevel::info, events.back());
    log.write(config::LogLevel::debug, "not at this level");
    if (end < input.size() && input[end] == '\xfe') read += pipe.drained();
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  bool all_written = false;
  while (!all_written) {
    all_written = log.flush();
    read += pipe.drained();
  }
  std::string_view rest = read;
  for (const std::string_view event : events) check_event(event, rest);
  must(rest.empty(), "nothing is written twice", rest);
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  failover::fuzz::check(failover::fuzz::text_of({data, size}));
  return 0;
}
