#pragma once
// FailoverGroup: the state machine of a group and what it needs in the engine: the operation that
// somebody waits for, claims that wait for services, the status it publishes.

#include <memory>
#include <vector>

#include "agent/clock.hpp"
#include "agent/mailbox/messages.hpp"
#include "protocol/group/group.hpp"

namespace failover {

// Engine thread only, but for the published status.
class FailoverGroup {
 public:
  FailoverGroup(std::unique_ptr<EngineGroup> setup, const Clock& clock);

  [[nodiscard]] GroupId id() const { return setup_->id; }
  [[nodiscard]] group::Group& machine() { return machine_; }
  [[nodiscard]] const group::Group& machine() const { return machine_; }

  // New settings; the state machine is told by the engine.
  void replace_setup(std::unique_ptr<EngineGroup> setup);
  [[nodiscard]] const group::Settings& settings() const { return setup_->settings; }

  [[nodiscard]] bool has_routes() const { return setup_->routes == Routes::some; }
  // Cold mode: claims wait until the services run. Who goes on from an earlier life has them.
  [[nodiscard]] bool waits_for_services() const {
    return setup_->claiming == Claiming::after_services && !services_run_;
  }
  // True: the first one that waits, so the services are to be asked for.
  [[nodiscard]] bool keep_waiting(RouterId router);
  [[nodiscard]] std::vector<RouterId> stop_waiting();
  void services_run() { services_run_ = true; }

  void moved(const group::Moved& moved);
  void track_moved(const group::TrackMoved& moved);
  [[nodiscard]] GroupState state() const;
  void publish();

  OperationId operation = 0;  // the one under way that somebody waits for; 0: none
  bool changed = true;        // since the last publish()
  bool unsettled = false;     // something happened that settle() has not seen

 private:
  std::unique_ptr<EngineGroup> setup_;
  const Clock& clock_;
  group::Group machine_;
  GroupStatus status_;
  std::vector<TrackStatus> tracks_;  // in the order of the settings
  std::vector<RouterId> waiting_;
  bool services_run_ = false;
};

}  // namespace failover
