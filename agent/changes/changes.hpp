#pragma once
// Changes of the configuration: what is in force, the draft, revisions, and the way back.
//
// Every change goes the same way, whether it came from a file, from `set`, or from the API: a whole
// tree is judged as a file is, compared with the one in force, kept as a revision, written where
// the next agent and the runner find it, and only then applied. What fails before has changed
// nothing. A change that waits to be confirmed is rolled back by the agent, also by one that has
// taken this one's place meanwhile; until then there is no other.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/changes/plan.hpp"
#include "agent/changes/revisions.hpp"
#include "agent/config/in_force.hpp"
#include "agent/config/reader.hpp"
#include "agent/config/tree_edit.hpp"

namespace failover::changes {

// A value that a change touches, with secrets concealed.
struct ChangedValue {
  std::string path;
  std::optional<config::Node> before;  // nothing: added
  std::optional<config::Node> after;   // nothing: removed
};

struct Change {
  std::optional<std::uint64_t> revision;  // nothing: it was not applied, only planned
  std::uint64_t previous = 0;
  std::vector<ChangedValue> values = {};
  std::vector<GroupPlan> groups = {};
  std::optional<RealTime> confirm_until = {};
};

// Why a change was not made. Nothing has changed then.
struct Refused {
  enum class Kind : std::uint8_t { invalid, conflict, stale, missing, machine };
  Kind kind = Kind::invalid;
  std::string code;   // "confirm-pending"
  std::string title;  // a sentence
  std::string detail = {};
  std::string hint = {};
  config::ConfigErrors errors = {};  // of kind invalid
};
using Changed = Result<Change, Refused>;
using Done = std::function<void(const Changed&)>;
// Takes what the kernel would not do of a change, as sentences; none: all of it is in force.
using Tried = std::function<void(const std::vector<std::string>& refused)>;

struct By {
  Source source = Source::set;
  std::string owner = {};
  std::string reason = {};
};

enum class Gate : std::uint8_t { none, healthy };
struct Safety {
  std::optional<Duration> confirm = {};  // rolled back after that
  Gate gate = Gate::none;                // rolled back when something new is wrong before that
};

// stay: it is itself the way back, so it is made whatever the kernel says.
enum class IfRefused : std::uint8_t { take_back, stay };

// The control thread only. All that it is given outlives it.
class Changes {
 public:
  struct Means {
    boost::asio::io_context& context;
    std::filesystem::path file;      // that a start and a reload read
    std::filesystem::path in_force;  // where what is in force is kept for the next agent
    std::optional<std::filesystem::path> state;
    std::function<void(const config::Configuration&, IfRefused, Tried then)> apply;
    IsActive is_active;
    std::function<std::set<std::string>()> ills;         // what is wrong now, by names that stay
    std::function<void(const std::string& event)> note;  // for the log and the events
    std::function<void(const std::string&)> warn;
  };
  explicit Changes(Means means);

  // What the agent begins with. Before anything asks the runner for what it may execute.
  void begin(config::InForce start, const config::Configuration& configuration);
  // Waits for the disk: after the routers have been told to go on.
  void read_revisions();

  [[nodiscard]] const config::Table& tree() const { return in_force_.tree; }
  [[nodiscard]] const config::Configuration& configuration() const { return configuration_; }
  [[nodiscard]] std::uint64_t revision() const { return in_force_.revision; }
  [[nodiscard]] bool is_saved() const { return in_force_.saved; }
  [[nodiscard]] const std::filesystem::path& file() const { return means_.file; }
  [[nodiscard]] const Revisions& revisions() const { return revisions_; }
  [[nodiscard]] const std::optional<config::Unconfirmed>& unconfirmed() const {
    return in_force_.unconfirmed;
  }

  // Each of these is done when `done` is called, perhaps before it returns: a change is when the
  // kernel has been asked. What it refuses is taken back, as another revision.

  // The whole tree as it is to be. concealed_text in the place of a secret keeps it.
  void apply(config::Table wanted, const By& by, const Safety& safety, const Done& done);
  // The file, over whatever is in force or waits for its confirmation.
  void reload(const By& by, const Done& done);
  // To that revision; without one, to what was in force before the last change.
  void roll_back(std::optional<std::uint64_t> to, const By& by, const Done& done);

  [[nodiscard]] Changed plan(config::Table wanted) const;
  Changed confirm();
  // As TOML: to the file that a start reads, the one of before kept beside it, or to another.
  struct Saved {
    std::filesystem::path file;
    std::optional<std::filesystem::path> backup;
  };
  Result<Saved, Refused> save(const std::optional<std::filesystem::path>& to);

  // The draft, which is nothing but a tree until it is applied; not kept over a restart.
  [[nodiscard]] const std::optional<config::Table>& draft() const { return draft_; }
  void set_draft(std::optional<config::Table> draft) { draft_ = std::move(draft); }
  [[nodiscard]] Result<config::Table, Refused> file_tree() const;

  // What differs, with secrets concealed.
  [[nodiscard]] static std::vector<ChangedValue> changed_values(const config::Table& before,
                                                                const config::Table& after);

 private:
  struct Judged {
    config::Table tree;
    config::Configuration configuration;
  };
  [[nodiscard]] Result<Judged, Refused> judged(config::Table wanted) const;
  [[nodiscard]] Change planned(const Judged& wanted) const;
  using Unconfirmed = std::optional<config::Unconfirmed>;
  [[nodiscard]] Unconfirmed unconfirmed_by(const Safety& safety) const;
  void put_in_force(Judged wanted, const By& by, Unconfirmed unconfirmed, IfRefused if_refused,
                    const Done& done);
  Result<Change, Refused> keep_next(Judged wanted, const By& by, Unconfirmed unconfirmed);
  struct Before {
    Judged judged;
    Unconfirmed unconfirmed;
  };
  void take_back(Before before, const std::vector<std::string>& refused, const Done& done);
  void go_on();
  void keep();
  void watch_confirmation();
  void give_up_waiting();
  void look_at_gate(unsigned bad_looks);

  Means means_;
  Revisions revisions_;
  config::InForce in_force_;
  config::Configuration configuration_;
  std::optional<config::Table> file_;  // what the file says, as far as it is known
  std::optional<config::Table> draft_;
  bool under_way_ = false;              // the kernel has not answered yet
  std::function<void()> reload_waits_;  // until it has
  boost::asio::steady_timer confirmation_;
  boost::asio::steady_timer gate_;
};

}  // namespace failover::changes
