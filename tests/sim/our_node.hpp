#pragma once
// A node that runs the agent: the real engine and the real kernel thread, taking turns in virtual
// time. The control thread's part, an operator's commands and what is told to people, is here.

#include <memory>
#include <optional>
#include <vector>

#include "agent/engine/engine.hpp"
#include "agent/kernel/kernel_thread.hpp"
#include "tests/sim/fake_links.hpp"
#include "tests/sim/node.hpp"

namespace failover::sim {

// A node's clocks: the monotonic one drifts, the real one is stepped.
class DriftingClock final : public Clock {
 public:
  DriftingClock(const Surroundings& surroundings, int parts_per_million)
      : surroundings_(surroundings), drift_(parts_per_million) {}
  [[nodiscard]] Instant monotonic() const override;
  [[nodiscard]] RealTime real() const override;
  // The world's time at which the node's clock shows `local`, or a moment later.
  [[nodiscard]] Instant world_time(Instant local) const;
  void step(Duration by) { real_offset_ += by; }

 private:
  const Surroundings& surroundings_;
  std::int64_t drift_;
  Duration real_offset_{};
};

class OurNode final : public Node {
 public:
  // mailboxes: empty ones; they cost too much to be made for every life of a node.
  OurNode(Surroundings& surroundings, std::size_t node, Mailboxes& mailboxes);
  ~OurNode() override;

  void start() override;
  void die(Death death) override;
  [[nodiscard]] bool is_running() const override { return engine_ != nullptr; }
  void arrives(std::size_t segment, std::size_t from, const Frame& frame) override;
  [[nodiscard]] std::optional<Instant> next() const override;
  void act() override;
  void begin(const Fault& fault) override;
  void end(const Fault& fault) override;

 private:
  enum class Presence : std::uint8_t { absent, present, leaving };
  struct Entry {  // a router in the configuration
    PublishedRouter status;
    PublishedGroup group_status;  // of the group with its number
    router::Settings settings;
    Presence presence = Presence::absent;
    bool again = false;                       // to be added when it has gone
    FaultKind command = FaultKind::announce;  // of the operation under way
    OperationId operation = 0;
  };

  [[nodiscard]] const NodePlan& plan() const { return surroundings_.scenario.nodes[node_]; }
  [[nodiscard]] Wire wire_of(std::size_t service) const;
  [[nodiscard]] AddRouter setup_of(std::size_t service) const;
  // Who is alone in a group has its own number, all services of one have the first one's.
  [[nodiscard]] GroupId group_of(std::size_t service) const;
  [[nodiscard]] std::size_t count_services() const {
    return surroundings_.scenario.services.size();
  }
  void add_group(GroupId id);
  void add_router(std::size_t service);
  void remove_router(std::size_t service);
  void command(const Fault& fault);
  void command_group(const Fault& fault);
  void reload(std::size_t service, int amount);
  void change_track(int by);
  void tell_track();
  void apply_links();
  void disturb_link(Duration lasts);
  void disturb_kernel(Duration lasts);
  void stop();
  void wake_engine(Instant at) { engine_at_ = std::min(engine_at_.value_or(at), at); }
  void wake_kernel(Instant at) { kernel_at_ = std::min(kernel_at_.value_or(at), at); }
  void turn_engine();
  void turn_kernel();
  void hear_engine();
  void hear_kernel();
  void take(const RoleChanged& message);
  void take(const SawTwoActive& message);
  void take(const OperationFinished& message);
  void gone(std::size_t service);
  [[nodiscard]] Duration kernel_delay() const;

  Surroundings& surroundings_;
  std::size_t node_;
  Mailboxes& mailboxes_;
  DriftingClock clock_;
  FakeKernel kernel_;
  FakeLinks links_;
  FakeSender sender_;
  std::array<Entry, most_services> entries_{};
  std::array<PublishedInterface, most_segments> interfaces_{};
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<KernelThread> kernel_thread_;
  std::function<short(const Capture&)> readiness_;

  std::optional<Instant> engine_at_;
  std::optional<Instant> kernel_at_;
  std::optional<Instant> retry_at_;
  int paused_ = 0;
  bool stopping_ = false;
  std::vector<Duration> slowness_;  // of the faults under way
  std::array<int, most_segments> down_{};
  std::array<int, most_segments> without_carrier_{};
  std::array<int, most_segments> renamed_{};
  std::array<unsigned, most_segments> macs_{};
  int refusing_ = 0;
  int send_refusing_ = 0;
  bool ever_refused_to_send_ = false;  // a link that is down does, too
  OperationId operations_ = 0;
  PublishedTrack track_status_;
  int track_down_ = 0;
  bool track_untold_ = false;
};

}  // namespace failover::sim
