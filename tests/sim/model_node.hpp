#pragma once
// Models of the other programs that speak CARP, as far as CARP.md knows them: the rows of 3.2, the
// timers of 3.1, who announces when (3.3), who says farewell (3.4).

#include <vector>

#include "tests/sim/node.hpp"

namespace failover::sim {

class ModelNode final : public Node {
 public:
  ModelNode(Surroundings& surroundings, std::size_t node);

  void start() override;
  void die(Death death) override;
  [[nodiscard]] bool is_running() const override { return running_; }
  void arrives(std::size_t segment, std::size_t from, const Frame& frame) override;
  [[nodiscard]] std::optional<Instant> next() const override;
  void act() override;
  void begin(const Fault& fault) override;
  void end(const Fault& fault) override;

 private:
  struct Instance {
    bool master = false;
    Instant deadline{};  // the next advert, or the end of the master's dead time
    int adverts_until_announcement = 0;
    std::uint64_t counter = 0;  // goes on from the last one heard, as ucarp and FreeBSD do
  };
  [[nodiscard]] Dialect dialect() const { return surroundings_.scenario.nodes[node_].dialect; }
  [[nodiscard]] const carp::Settings& settings(std::size_t service) const {
    return surroundings_.scenario.nodes[node_].settings[service];
  }
  [[nodiscard]] carp::Rank rank(std::size_t service) const;
  [[nodiscard]] Duration dead_time(std::size_t service) const;
  void read(const Signal& signal);
  void heard_in_master(const Signal& signal);
  void heard_in_backup(const Signal& signal);
  [[nodiscard]] bool yields_to(const Signal& signal) const;
  [[nodiscard]] bool takes_over_from(const Signal& signal) const;
  void become_master(std::size_t service, Reason reason);
  void become_backup(std::size_t service, Reason reason);
  void hold(std::size_t service, bool there);
  void advertise(std::size_t service, const carp::Rank& rank);
  void announce(std::size_t service);
  void tell_role(std::size_t service, carp::Role from, carp::Role to, Reason reason);

  Surroundings& surroundings_;
  std::size_t node_;
  std::array<Instance, most_services> instances_{};
  bool running_ = false;
  std::vector<Signal> batch_;  // ucarp's: what its capture has not handed over yet
  std::optional<Instant> batch_ends_;
};

}  // namespace failover::sim
