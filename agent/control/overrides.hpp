#pragma once
// Overrides: what persons have asked for against the configuration, until it ends by itself. Each
// has an owner, a reason and an end.
//
// They are kept in a file of the state directory, since a drain before work on the machine has to
// survive the machine's restart. The file is written anew for each change, beside the old one, and
// takes its place when it is on the disk: a power failure leaves the one or the other. Times are
// those of the wall clock, the only one that goes on over a restart.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/clock.hpp"
#include "protocol/group/events.hpp"

namespace failover::control {

enum class OverrideKind : std::uint8_t { drain, hold, freeze };
[[nodiscard]] std::string_view name(OverrideKind kind);

struct Override {
  OverrideKind kind = OverrideKind::drain;
  std::string group = {};                // empty: the whole agent
  group::Hold hold = group::Hold::none;  // of the kind hold: in which role
  std::string owner = {};
  std::string reason = {};
  RealTime since{};
  RealTime until{};
  friend bool operator==(const Override&, const Override&) = default;
};

// The command that ends it.
[[nodiscard]] std::string undo_of(const Override& override);

// The control thread only. What the disk refuses is told once and lives in memory.
class Overrides {
 public:
  using Warn = std::function<void(const std::string&)>;
  // Without a directory nothing is kept. Those of the file that have ended by now are dropped; a
  // file that is not understood is set aside.
  Overrides(const std::optional<std::filesystem::path>& directory, Warn warn, RealTime now);

  // Each replaces what there is of its kind for its group. What it replaces is remembered until the
  // hand-over that it may need has ended.
  void begin(const std::vector<Override>& list);
  // The hand-over has ended: the override stays, or what was there before it comes back.
  void settle(OverrideKind kind, const std::string& group);
  void take_back(OverrideKind kind, const std::string& group);
  void end(OverrideKind kind, const std::vector<std::string>& groups);
  // Those that end by now, which are gone then.
  [[nodiscard]] std::vector<Override> ended_by(RealTime now);
  [[nodiscard]] std::optional<RealTime> next_end() const;

  [[nodiscard]] const std::vector<Override>& all() const { return overrides_; }
  // Of a group, with those of the whole agent.
  [[nodiscard]] std::vector<Override> of(const std::string& group) const;
  [[nodiscard]] group::Overrides in_force(const std::string& group) const;
  [[nodiscard]] const Override* find(OverrideKind kind, const std::string& group) const;

 private:
  struct Replaced {
    OverrideKind kind = OverrideKind::drain;
    std::string group;
    std::optional<Override> before;
  };
  void read(RealTime now);
  void write();

  std::optional<std::filesystem::path> directory_;
  Warn warn_;
  std::vector<Override> overrides_;  // in the order in which they were asked for
  std::vector<Replaced> replaced_;
};

}  // namespace failover::control
