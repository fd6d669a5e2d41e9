#include "cli/screen.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ostream>

namespace failover::cli {
namespace {

// Of xterm, as every terminal emulator and Linux's console has them.
constexpr std::string_view take_over = "\033[?1049h\033[?25l\033[?7l";  // and no wrapping of lines
constexpr std::string_view give_back = "\033[?7h\033[?25h\033[?1049l";
constexpr std::string_view home = "\033[H";
constexpr std::string_view clear_line = "\033[K";
constexpr std::string_view clear_below = "\033[J";

int rows() {
  winsize size{};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
  return known ? size.ws_row : 24;
}

std::optional<termios> read_keys_one_by_one() {
  termios former{};
  if (tcgetattr(STDIN_FILENO, &former) != 0) return std::nullopt;
  termios mode = former;
  mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  if (tcsetattr(STDIN_FILENO, TCSANOW, &mode) != 0) return std::nullopt;
  return former;
}

}  // namespace

Screen::Screen(std::ostream& out) : out_(out) {
  sigset_t quitting;
  sigemptyset(&quitting);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&quitting, signal);
  pthread_sigmask(SIG_BLOCK, &quitting, &former_mask_);
  signals_ = signalfd(-1, &quitting, SFD_CLOEXEC);
  former_mode_ = read_keys_one_by_one();
  out_ << take_over << std::flush;
}

Screen::~Screen() {
  out_ << give_back << std::flush;
  if (former_mode_) tcsetattr(STDIN_FILENO, TCSANOW, &*former_mode_);
  if (signals_ >= 0) close(signals_);
  pthread_sigmask(SIG_SETMASK, &former_mask_, nullptr);
}

void Screen::draw(std::string_view text) {
  out_ << home;
  for (int row = 1; row < rows() && !text.empty(); ++row) {
    const auto end = std::min(text.find('\n'), text.size());
    out_ << text.substr(0, end) << clear_line << "\r\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  out_ << clear_below << std::flush;
}

Pressed Screen::wait(Duration time) {
  std::array<pollfd, 2> watched{
      pollfd{.fd = former_mode_ ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0},
      pollfd{.fd = signals_, .events = POLLIN, .revents = 0}};
  const auto bound = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  const int ready = poll(watched.data(), watched.size(), static_cast<int>(bound));
  if (ready <= 0) return Pressed::nothing;
  if (watched[1].revents == 0) return read_key();
  // Taken, or it would end the process as soon as signals are let through again.
  signalfd_siginfo taken{};
  const ssize_t size = read(signals_, &taken, sizeof taken);
  return size < 0 ? Pressed::nothing : Pressed::quit;
}

// A terminal that is gone is quit too.
Pressed Screen::read_key() {
  char key = 0;
  if (read(STDIN_FILENO, &key, 1) != 1) return Pressed::quit;
  return key == 'q' || key == 'Q' ? Pressed::quit : Pressed::something;
}

}  // namespace failover::cli
