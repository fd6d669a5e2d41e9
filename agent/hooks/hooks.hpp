#pragma once
// Hooks: what runs outside when a group moves: its hooks, and the units that follow its role.
//
// Of one group one thing runs at a time, in the order of the moves; groups do not wait for each
// other. Nothing waits for a hook but what is asked to: a planned move for `before_release`, and in
// cold mode the claim of the addresses for the units. What runs is another process's, so that a
// hook that hangs holds up nothing; it is ended at its timeout.
//
// When moves come faster than hooks end, those in between are left out: who asks later wants to
// know where the group is now.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/checks/execute.hpp"
#include "agent/clock.hpp"
#include "agent/config/group_settings.hpp"
#include "agent/hooks/move.hpp"

namespace failover::hooks {

// How the last run of a kind of hook ended.
struct LastRun {
  std::uint64_t sequence = 0;
  RealTime ended{};
  bool well = true;
  std::string detail;  // "exited with 0", "timed out: /etc/failover/hooks/active"
};

// Control thread only. `execute` outlives it.
class Hooks {
 public:
  using Done = std::function<void()>;
  enum class Result : std::uint8_t { well, failed };
  enum class Units : std::uint8_t { start, stop };
  using Started = std::function<void(Result)>;
  // For the log: a hook has ended.
  using Told =
      std::function<void(const std::string& group, const LastRun& run, std::string_view what)>;

  // first: the sequence number of the first run; greater than those of earlier lives.
  Hooks(checks::Execute& execute, std::uint64_t first, Told told);

  void apply(const std::vector<config::GroupSettings>& groups);
  // An earlier life of the agent has done that with the group's units.
  void goes_on(const std::string& group, Units done);

  // Runs `active` after starting the units, `backup` before stopping them, or `fault` likewise.
  void became(config::HookKind kind, const Move& move);
  void reconcile(const Move& move);
  // done: when it has ended, or at once where there is none.
  void before_release(const Move& move, Done done);
  // Cold mode: the units are started before the addresses are claimed.
  void start_units(const Move& move, Started started);

  // done: when nothing runs and nothing waits any more, or at once.
  void when_idle(Done done);

  // Nothing before the first one has ended.
  [[nodiscard]] std::optional<LastRun> last(const std::string& group, config::HookKind kind) const;

 private:
  // Commands that run one after the other, and what comes after them.
  struct Job {
    std::string what;  // "hook=active", "units=start"
    std::optional<config::HookKind> kind = {};
    std::vector<checks::Command> commands = {};
    std::uint64_t sequence = 0;
    Started ended = {};
    bool stops_at_failure = false;
  };
  struct Group {
    config::GroupSettings settings;
    std::deque<Job> waiting;
    bool runs = false;
    bool units_started = false;
    std::map<config::HookKind, LastRun> last;
  };

  [[nodiscard]] Group* find(const std::string& group);
  [[nodiscard]] Job hook_job(const Group& group, config::HookKind kind, const Move& move);
  [[nodiscard]] static Job units_job(const Group& group, Units what);
  void add(Group& group, Job job);
  void leave_out(Group& group);
  void run_next(const std::string& name);
  struct Running;
  [[nodiscard]] bool is_idle() const;
  void run_command(const std::shared_ptr<Running>& running);
  void ended(const std::shared_ptr<Running>& running, const checks::Outcome& outcome);
  void finish(const std::shared_ptr<Running>& running);

  checks::Execute& execute_;
  std::uint64_t next_sequence_;
  Told told_;
  std::map<std::string, Group> groups_;
  Done idle_;
};

}  // namespace failover::hooks
