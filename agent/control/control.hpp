#pragma once
// The control thread: configuration, API, signals, the log. It may wait for anything; nothing waits
// for it.

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "agent/changes/changes.hpp"
#include "agent/control/api.hpp"
#include "agent/control/commands.hpp"
#include "agent/control/directory.hpp"
#include "agent/control/event_log.hpp"
#include "agent/control/execution.hpp"
#include "agent/control/history.hpp"
#include "agent/control/log.hpp"
#include "agent/control/operations.hpp"
#include "agent/control/outside.hpp"
#include "agent/control/overrides.hpp"
#include "agent/control/sockets.hpp"
#include "agent/http/http_server.hpp"
#include "agent/mailbox/messages.hpp"
#include "agent/record/recorder.hpp"
#include "agent/runner/client.hpp"

namespace failover::control {

// What the control thread may ask about the engine.
struct EngineProbe {
  std::function<Instant()> last_seen_alive;
  std::function<std::uint64_t()> events_lost;
  std::function<Lateness::Counts()> lateness;
};

// Where it reads and keeps what.
struct Places {
  std::filesystem::path configuration;         // the file
  std::filesystem::path in_force;              // what of it, and of changes, is in force
  std::optional<std::filesystem::path> state;  // the directory of what survives a stop, if any
  std::filesystem::path runner;                // the runner's socket
};

class Control {
 public:
  // state: what is kept across an end of the agent, or nullptr.
  Control(Mailboxes& mailboxes, Log& log, EngineProbe engine, const Places& places,
          std::optional<record::Recorder> recorder, StateFile* state);

  // Starts answering and applies the configuration, which is what the tree means.
  void start(RunDirectory run, config::InForce tree, const config::Configuration& configuration);
  // How it ended: everything has been handed over, or another agent goes on from here.
  enum class End : std::uint8_t { stopped, replaced };
  // Until a signal has asked for one of them.
  [[nodiscard]] End run();
  // Stops as SIGTERM does, as soon as the routers have gone on with what they were.
  void stop_soon();

 private:
  template <class Box>
  void listen_to(boost::asio::posix::stream_descriptor& wake, Box& box);
  void take(const RoleChanged& message);
  void take(const SawTwoActive& message);
  void take(const SawStranger& message);
  void take(const OperationFinished& message);
  void take(const GroupMoved& message);
  void take(const TrackMoved& message);
  void take(const ServicesWanted& message);
  void take(const GroupGone& message);
  void take(const RecordedRouter& message);
  void take(const RecordedEvent& message);
  void take(const RouterGone& message);
  void take(const TrackTold& message) { outside_.told(message); }
  void take(const KernelLog& message);
  void take(const ChangeTried& message);
  void wait_for_signal();
  void apply(const config::Configuration& configuration, changes::IfRefused if_refused,
             changes::Tried then);
  void reload();
  void reloaded(const changes::Changed& change);
  void make_room();
  void stop();
  void before_release_of_all(std::function<void()> then);
  void hand_over_all();
  void end_when_empty();
  void note(config::LogLevel level, Event event);
  void flush_log();
  void flush_recording();
  void keep_mailboxes_moving();
  [[nodiscard]] AgentState agent_state() const;
  [[nodiscard]] std::optional<RealTime> confirm_until() const;
  [[nodiscard]] View view();
  [[nodiscard]] bool is_active(const std::string& group) const;
  [[nodiscard]] std::string name_of(RouterId id) const;
  [[nodiscard]] Event router_event(EventKind kind, RouterId id) const;

  Mailboxes& mailboxes_;
  Log& log_;
  EngineProbe engine_;
  std::optional<record::Recorder> recorder_;
  std::uint64_t events_lost_before_ = 0;
  std::string node_;
  Instant started_;
  boost::asio::io_context context_;
  Overrides overrides_;
  Directory directory_;
  Operations operations_;
  History history_;
  EventLog events_;
  runner::Client runner_;
  Execution for_checks_;
  Execution for_hooks_;
  Outside outside_;
  Commands commands_;
  changes::Changes changes_;
  Api api_;
  http::HttpServer server_;
  boost::asio::signal_set signals_;
  boost::asio::posix::stream_descriptor engine_wake_;
  boost::asio::posix::stream_descriptor kernel_wake_;
  boost::asio::steady_timer log_timer_;
  boost::asio::steady_timer mailbox_timer_;
  boost::asio::steady_timer stop_timer_;
  std::map<std::uint64_t, changes::Tried> trials_;  // that the kernel thread is to answer
  std::uint64_t last_trial_ = 0;
  StateFile* state_;
  bool stopping_ = false;
  End end_ = End::stopped;
};

}  // namespace failover::control
