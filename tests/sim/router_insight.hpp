#pragma once
// Telling two states of a router apart takes what it keeps to itself, deadlines above all. The
// router offers no such view, since nothing in the program needs one; an explicit instantiation may
// name private members, so the exploration looks without the router knowing of it.

#include <optional>
#include <variant>

#include "protocol/router/router.hpp"
#include "tests/sim/random.hpp"

namespace failover::sim {

// A hash over values; instants count from now, so that the same situation later is the same.
class Fingerprint {
 public:
  explicit Fingerprint(Instant now) : now_(now) {}
  void add(std::uint64_t value) { value_ = mixed(value_ ^ mixed(value + 1)); }
  void add(Instant at) { add(static_cast<std::uint64_t>((at - now_).count())); }
  void add(const std::optional<Instant>& at) {
    if (at) return add(*at);
    add(std::uint64_t{0x5eed});
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  Instant now_;
  std::uint64_t value_ = 0;
};

void add_rank(Fingerprint& print, const router::Rank& rank);
void add_router(Fingerprint& print, const router::Router& router);

}  // namespace failover::sim
