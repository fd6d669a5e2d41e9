#pragma once
// Recorder: writes what the state machines were told, and when, and what they wanted done, to a
// file that replay() reads. A report from the field is a test then.
//
//   failover-record 1
//   router 0 eth0.carp.10 carp 1 0 3 1 10000000000 1 1 0   id, name, settings
//   event 0 81234567890 Ready 10.0.0.1 - => Transition 0 1 listening
//   lost 3                                              events that could not be kept up with

#include <fstream>
#include <string>
#include <string_view>

#include "agent/mailbox/messages.hpp"
#include "protocol/result.hpp"

namespace failover::record {

inline constexpr std::string_view first_line = "failover-record 1";

// The control thread only. When the disk refuses, it stops and says so once.
class Recorder {
 public:
  [[nodiscard]] static Result<Recorder, std::string> open(const std::string& path);

  void write(const RecordedRouter& router, std::string_view name);
  void write(const RecordedEvent& event);
  void lost(std::uint64_t events);
  // Whether everything could be written; also pushes it out of the process.
  [[nodiscard]] bool flush();

 private:
  explicit Recorder(std::ofstream file) : file_(std::move(file)) {}
  std::ofstream file_;
};

}  // namespace failover::record
