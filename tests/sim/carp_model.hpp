#pragma once
// Models of the other programs that speak CARP, as far as CARP.md knows them: the rows of 3.2, the
// timers of 3.1, who announces when (3.3), who says farewell (3.4).

#include "protocol/carp/timing.hpp"
#include "tests/sim/model_node.hpp"

namespace failover::sim {

class CarpModel final : public ModelNode {
 public:
  using ModelNode::ModelNode;
  void die(Death death) override;
  [[nodiscard]] std::optional<Instant> next() const override;
  void act() override;

 private:
  void begin_service(std::size_t service) override;
  void stop_service(std::size_t) override {}
  void take(const Signal& signal) override;
  void deadline_reached(std::size_t service) override;

  [[nodiscard]] carp::Rank rank(std::size_t service) const;
  [[nodiscard]] Duration dead_time(std::size_t service) const;
  void read(const Signal& signal);
  void heard_in_master(const Signal& signal);
  void heard_in_backup(const Signal& signal);
  [[nodiscard]] bool yields_to(const Signal& signal) const;
  [[nodiscard]] bool takes_over_from(const Signal& signal) const;
  void take_over(std::size_t service, Reason reason);
  void advertise(std::size_t service);

  std::vector<Signal> batch_;  // ucarp's: what its capture has not handed over yet
  std::optional<Instant> batch_ends_;
};

}  // namespace failover::sim
