#pragma once
// Commands: from what a person asks for to messages, and what becomes of it. The operations and the
// overrides change here only.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "agent/config/configuration.hpp"
#include "agent/control/directory.hpp"
#include "agent/control/event_log.hpp"
#include "agent/control/operations.hpp"
#include "agent/control/overrides.hpp"

namespace failover::control {

// Writes a line to the log, and the same as an event.
using Note = std::function<void(config::LogLevel, Event)>;

// Calls what comes then when the group may be handed over: at once, or when a hook has ended.
using BeforeRelease = std::function<void(GroupId, std::function<void()>)>;

// The control thread only. All that it is given outlives it.
class Commands {
 public:
  Commands(boost::asio::io_context& context, Mailboxes& mailboxes, const Directory& directory,
           Operations& operations, Overrides& overrides, Note note, std::function<void()> posted,
           BeforeRelease before_release);

  // The target's groups are there, and none of them has an operation under way.
  const Operation& start(const Command& command, const Target& target, const Asker& asker);
  // The engine has done with an operation on one group.
  void finished(const OperationFinished& message);
  void group_gone(GroupId group);
  // Ends what has run out by then, and looks again when the next one does.
  void end_overrides(RealTime now);

  [[nodiscard]] const Operations& operations() const { return operations_; }
  [[nodiscard]] Operations& operations() { return operations_; }

 private:
  void begin_overrides(const Operation& operation);
  void drop_overrides(const Operation& operation);
  void ask_engine(const Operation& operation);
  void ask_engine(const Operation& operation, GroupId id);
  void ask_engine_now(const Operation& operation, GroupId id);
  void override_group(const GroupEntry& group, OperationId operation, group::Unclaimed unclaimed);
  void settle(const Operation& operation, const GroupEntry& group, router::Outcome outcome);
  void tell_end(const Operation& operation);
  void watch_overrides();

  Mailboxes& mailboxes_;
  const Directory& directory_;
  Operations& operations_;
  Overrides& overrides_;
  Note note_;
  std::function<void()> posted_;  // after messages for the engine
  BeforeRelease before_release_;
  boost::asio::steady_timer timer_;
};

}  // namespace failover::control
