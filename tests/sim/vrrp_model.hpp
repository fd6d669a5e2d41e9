#pragma once
// Models of keepalived and FRR's vrrpd, as far as VRRP.md knows them: the rows of 2.2, the times of
// 2.1. Both follow whoever is as good as they are, or anybody without preemption; learn its
// interval; wait for a skew after priority 0; say it when they are stopped. keepalived answers a
// worse active at once and announces again, then and 5 s later; FRR is silent, and its first advert
// over IPv6 is missing.

#include "protocol/vrrp/timing.hpp"
#include "tests/sim/model_node.hpp"

namespace failover::sim {

class VrrpModel final : public ModelNode {
 public:
  using ModelNode::ModelNode;

 private:
  void begin_service(std::size_t service) override;
  void stop_service(std::size_t service) override;
  void take(const Signal& signal) override;
  void deadline_reached(std::size_t service) override;

  [[nodiscard]] const vrrp::Election& election(std::size_t service) const;
  [[nodiscard]] vrrp::Rank rank(std::size_t service) const;
  [[nodiscard]] Duration skew(std::size_t service) const;
  [[nodiscard]] Duration dead_time(std::size_t service) const;
  void heard_in_master(const Signal& signal, const vrrp::Rank& theirs);
  void heard_in_backup(const Signal& signal, const vrrp::Rank& theirs);
  void take_over(std::size_t service);
  void advertise(std::size_t service, const vrrp::Rank& rank);
  void announce_twice(std::size_t service);
};

}  // namespace failover::sim
