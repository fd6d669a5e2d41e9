#pragma once
// A node of the simulated network, whichever program it runs.

#include <optional>

#include "tests/sim/surroundings.hpp"

namespace failover::sim {

enum class Death : std::uint8_t { of_process, of_machine };

class Node {
 public:
  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  virtual ~Node() = default;

  virtual void start() = 0;
  virtual void die(Death death) = 0;
  [[nodiscard]] virtual bool is_running() const = 0;
  virtual void arrives(std::size_t segment, std::size_t from, const Frame& frame) = 0;
  // When act() is due next.
  [[nodiscard]] virtual std::optional<Instant> next() const = 0;
  virtual void act() = 0;
  // A fault that only this node knows about begins or ends.
  virtual void begin(const Fault& fault) = 0;
  virtual void end(const Fault& fault) = 0;
};

}  // namespace failover::sim
