#pragma once
// Outside: what groups depend on and what follows them, beyond the agent itself: checks, hooks and
// units. All of it is asked of the runner or of the network; nothing of it is waited for here.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "agent/checks/checks.hpp"
#include "agent/checks/execute.hpp"
#include "agent/control/directory.hpp"
#include "agent/control/event_log.hpp"
#include "agent/hooks/hooks.hpp"
#include "agent/mailbox/messages.hpp"
#include "agent/rate_limit.hpp"

namespace failover::control {

// The control thread only. All that it is given outlives it.
class Outside {
 public:
  struct Means {
    boost::asio::io_context& context;
    Mailboxes& mailboxes;
    const Directory& directory;
    checks::Execute& for_checks;
    checks::Execute& for_hooks;
  };
  using Note = std::function<void(config::LogLevel, Event)>;
  // posted: there are messages for the engine.
  Outside(const Means& means, Note note, std::function<void()> posted);

  void apply(const config::Configuration& configuration, const std::string& node);
  // Who was in that role in the agent's earlier life has run the hooks for it already.
  void goes_on(const std::string& group, router::Role role) { goes_on_[group] = role; }

  void moved(const GroupMoved& message);
  // Everything is handed over and released. done: when the hooks have ended, or at once.
  void stopped(hooks::Hooks::Done done);
  void services_wanted(GroupId id);
  void told(const TrackTold& message);
  // Another node was active too, and is no more.
  void healed(RouterId id);
  // done: when the hook for it has ended, or at once.
  void before_release(GroupId id, hooks::Hooks::Done done);

  [[nodiscard]] std::string track_detail(const std::string& group, const std::string& track) const;
  [[nodiscard]] const hooks::Hooks& hooks() const { return hooks_; }

 private:
  [[nodiscard]] hooks::Move move_of(const GroupEntry& group) const;
  void when_held(GroupId id, int looks, std::function<void()> then);

  Means means_;
  Note note_;
  std::function<void()> posted_;
  std::string node_;
  checks::Checks checks_;
  hooks::Hooks hooks_;
  std::map<std::string, router::Role> goes_on_;
  std::map<std::string, hooks::Move> last_moves_;
  std::map<RouterId, RateLimit> healed_;
  std::map<std::pair<std::string, group::TrackNumber>, std::string> told_;  // by the kernel
};

}  // namespace failover::control
