#pragma once
// A terminal that is taken over for a while.

#include <signal.h>
#include <termios.h>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string_view>

#include "protocol/time.hpp"

namespace failover::cli {

enum class Pressed : std::uint8_t { nothing, something, quit };

// Standard input and output, for one thread: a screen of its own without a cursor, and keys as they
// are pressed. SIGINT, SIGTERM and SIGHUP count as the wish to quit, so that the terminal is given
// back as it was. What the system refuses is gone without: then there are no keys, but signals.
class Screen {
 public:
  explicit Screen(std::ostream& out);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // Lines that have no place are left out.
  void draw(std::string_view text);
  // Until a key is pressed or the time is over.
  [[nodiscard]] Pressed wait(Duration time);

 private:
  [[nodiscard]] Pressed read_key();

  std::ostream& out_;
  std::optional<termios> former_mode_;
  sigset_t former_mask_{};
  int signals_ = -1;
};

}  // namespace failover::cli
