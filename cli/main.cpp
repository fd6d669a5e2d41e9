// failoverctl: the process around cli/run.hpp. Output is collected and written in one go, at the
// end or where a verb flushes it, so that a reader who leaves (`failoverctl | head`) or a full disk
// is noticed in one place.

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "cli/run.hpp"

namespace {

namespace cli = failover::cli;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The error that stopped the writing, 0 for none.
int write_all(const std::string& text) {
  for (std::size_t written = 0; written < text.size();) {
    const ssize_t count = write(STDOUT_FILENO, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    written += static_cast<std::size_t>(count);
  }
  return 0;
}

// Writes what it has collected when it is flushed. After an error it takes nothing more.
class Output : public std::stringbuf {
 public:
  // The error that stopped the writing, 0 for none.
  [[nodiscard]] int failed() const { return failed_; }

 protected:
  int sync() override {
    if (failed_ == 0) failed_ = write_all(str());
    str("");
    return failed_ == 0 ? 0 : -1;
  }

 private:
  int failed_ = 0;
};

cli::ExitStatus run_and_write(const std::vector<std::string>& words) {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const bool colours = terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  const std::string socket = environment("FAILOVER_SOCKET");
  Output output;
  std::ostream out(&output);
  const cli::Surroundings surroundings{
      .abbreviations = terminal ? cli::Abbreviations::allowed : cli::Abbreviations::refused,
      .terminal = terminal ? cli::Terminal::there : cli::Terminal::none,
      .colour = colours ? cli::Colour::on : cli::Colour::off,
      .socket = socket.empty() ? std::nullopt : std::optional(socket),
      .in = std::cin,
      .out = out,
      .err = std::cerr};
  const auto status = cli::run(words, surroundings);
  out.flush();
  const int failed = output.failed();
  // A reader who has left has what it wanted; the exit status still tells how the verb went.
  if (failed == 0 || failed == EPIPE) return status;
  std::cerr << "failoverctl: cannot write the output: " << std::system_category().message(failed)
            << '\n';
  return status == cli::ExitStatus::done ? cli::ExitStatus::failed : status;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return static_cast<int>(run_and_write(std::vector<std::string>(argv + 1, argv + argc)));
  } catch (const std::exception& error) {
    std::cerr << "failoverctl: " << error.what() << '\n';
    return static_cast<int>(cli::ExitStatus::failed);
  }
}
