#pragma once
// What became of the probes: which were answered, which were lost, and the gaps that the lost ones
// make. Pure: it is told what was sent and what came back, and when.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace failover::probe {

using Nanoseconds = std::chrono::nanoseconds;

// A run of lost probes. It lasts from the sending of the first lost one to the sending of the next
// one that was answered, so neither round-trip times nor a late reader can lengthen it.
struct Gap {
  Nanoseconds start{};
  Nanoseconds duration{};
  std::size_t lost = 0;
};

struct Summary {
  double began = 0.0;  // seconds of real time
  std::size_t sent = 0;
  std::size_t received = 0;
  std::size_t lost = 0;
  std::vector<Gap> gaps;
  Nanoseconds longest_gap{};
  Nanoseconds longest_silence{};  // between two replies, whether or not a probe was lost in it
  Nanoseconds longest_round_trip{};
};

// Probes in the order of their sequence numbers. Times count from the start of the run.
class Record {
 public:
  // The sequence number of the probe that is sent now.
  std::uint64_t sent(Nanoseconds when);
  // False when no such probe was sent, or it was answered before.
  bool answered(std::uint64_t sequence, Nanoseconds when);
  // To be asked when the replies to the last probes have had their time.
  [[nodiscard]] Summary summarize() const;

 private:
  struct Entry {
    Nanoseconds sent{};
    std::optional<Nanoseconds> answered;
  };
  std::vector<Entry> entries_;
};

// One line of JSON.
[[nodiscard]] std::string to_json(const Summary& summary);

}  // namespace failover::probe
