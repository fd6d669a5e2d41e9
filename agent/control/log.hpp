#pragma once
// The log: one line per event, key=value first, to standard error.
//
// A pipe that nobody reads must not stop us, so a line is only written when it fits at once; until
// then it waits in a bounded queue, and what does not fit there is counted and reported later.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "agent/config/configuration.hpp"

namespace failover {

// The control thread only.
class Log {
 public:
  explicit Log(int descriptor);

  void set_level(config::LogLevel level) { level_ = level; }
  void write(config::LogLevel level, std::string_view text);
  // Tries again what could not be written. True when nothing waits any more.
  bool flush();

 private:
  [[nodiscard]] bool put(std::string_view line) const;

  int descriptor_;
  bool journal_;  // under systemd: "<N>" in front of the line
  config::LogLevel level_ = config::LogLevel::info;
  std::deque<std::string> waiting_;
  std::uint64_t lost_ = 0;
};

}  // namespace failover
