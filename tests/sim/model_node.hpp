#pragma once
// What the models of other programs have in common: they live and die, are masters of services or
// not, hold the addresses, announce them, and tell the oracles.

#include <vector>

#include "tests/sim/node.hpp"

namespace failover::sim {

class ModelNode : public Node {
 public:
  ModelNode(Surroundings& surroundings, std::size_t node)
      : surroundings_(surroundings), node_(node) {}

  void start() final;
  void die(Death death) override;
  [[nodiscard]] bool is_running() const final { return running_; }
  void arrives(std::size_t segment, std::size_t from, const Frame& frame) final;
  [[nodiscard]] std::optional<Instant> next() const override;
  void act() override;
  void begin(const Fault& fault) final;
  void end(const Fault& fault) final;

 protected:
  struct Instance {
    bool running = false;  // a daemon of its own: it may die alone
    bool master = false;
    Instant deadline{};                           // the next advert, or the end of the dead time
    int adverts_until_announcement = 0;           // 0: none is due
    std::optional<Instant> announces_again_at{};  // once more
    std::uint64_t counter = 0;                    // CARP
    Duration active_interval{};                   // VRRP
  };
  [[nodiscard]] Dialect dialect() const { return surroundings_.scenario.nodes[node_].dialect; }
  [[nodiscard]] const router::Settings& settings(std::size_t service) const {
    return surroundings_.scenario.nodes[node_].settings[service];
  }
  [[nodiscard]] const ServicePlan& served(std::size_t service) const {
    return surroundings_.scenario.services[service];
  }
  // In the only family that the models' services have.
  [[nodiscard]] Family family(std::size_t service) const {
    return served(service).speaks.ipv4 ? Family::ipv4 : Family::ipv6;
  }
  [[nodiscard]] IpAddress own_source(std::size_t service) const {
    return own_address(node_, served(service).segment, family(service));
  }
  [[nodiscard]] MacAddress mac(std::size_t service) const {
    return mac_address(node_, served(service).segment, 0);
  }

  virtual void begin_service(std::size_t service) = 0;
  virtual void stop_service(std::size_t service) = 0;  // as a person stops the program
  virtual void take(const Signal& signal) = 0;
  virtual void deadline_reached(std::size_t service) = 0;

  void become_master(std::size_t service, Reason reason);
  void become_backup(std::size_t service, Reason reason, Duration dead_time);
  void send(const Signal& signal, std::span<const std::uint8_t> payload);
  void announce(std::size_t service);

  Surroundings& surroundings_;
  std::size_t node_;
  std::array<Instance, most_services> instances_{};

 private:
  void start_daemon(std::size_t service);
  void end_daemon(std::size_t service);
  void tell_role(std::size_t service, router::Role from, router::Role to, Reason reason);
  void hold(std::size_t service, bool there);

  bool running_ = false;
};

}  // namespace failover::sim
