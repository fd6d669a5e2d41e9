#include "agent/control/log.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

#include "protocol/limits.hpp"

namespace failover {
namespace {

struct LevelName {
  std::string_view word;
  std::string_view journal;
};

LevelName name(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::error: return {"error", "<3>"};
    case config::LogLevel::warning: return {"warning", "<4>"};
    case config::LogLevel::notice: return {"notice", "<5>"};
    case config::LogLevel::info: return {"info", "<6>"};
    case config::LogLevel::debug: return {"debug", "<7>"};
  }
  return {"error", "<3>"};
}

// What is written in one go never blocks when the pipe is ready for writing at all.
constexpr std::size_t longest_line = PIPE_BUF;

bool is_socket(int descriptor) {
  struct stat status {};
  return fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode);
}

}  // namespace

Log::Log(int descriptor)
    : descriptor_(descriptor), journal_(std::getenv("JOURNAL_STREAM") != nullptr) {}

void Log::write(config::LogLevel level, std::string_view text) {
  if (level > level_) return;
  std::string line(journal_ ? name(level).journal : name(level).word);
  if (!journal_) line += ": ";
  // Others' words are in it, and must neither end the line nor steer a terminal.
  const auto is_control = [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; };
  for (const char character : text) line += is_control(character) ? ' ' : character;
  if (line.size() >= longest_line) line.resize(longest_line - 1);
  line += '\n';
  if (flush() && put(line)) return;
  if (waiting_.size() < limits::log_lines_waiting) {
    waiting_.push_back(std::move(line));
  } else {
    ++lost_;
  }
}

bool Log::flush() {
  for (; !waiting_.empty(); waiting_.pop_front())
    if (!put(waiting_.front())) return false;
  if (lost_ > 0) {
    const auto note = (journal_ ? "<4>" : "warning: ") + std::to_string(lost_) +
                      " log lines were lost: nobody read them\n";
    if (!put(note)) return false;
    lost_ = 0;
  }
  return true;
}

// False when it would block. A reader that has gone for good takes everything.
bool Log::put(std::string_view line) const {
  if (is_socket(descriptor_))
    return send(descriptor_, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ||
           errno != EAGAIN;
  pollfd writable{descriptor_, POLLOUT, 0};
  if (poll(&writable, 1, 0) <= 0) return false;
  return ::write(descriptor_, line.data(), line.size()) >= 0 || errno != EAGAIN;
}

}  // namespace failover
