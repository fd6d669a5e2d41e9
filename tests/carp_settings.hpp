#pragma once
// The CARP side of what the state machine takes and gives, for tests that are about CARP.

#include "protocol/router/events.hpp"

namespace failover::tests {

[[nodiscard]] inline carp::Election& carp_of(router::Settings& settings) {
  return std::get<carp::Election>(settings.election);
}
[[nodiscard]] inline const carp::Election& carp_of(const router::Settings& settings) {
  return std::get<carp::Election>(settings.election);
}
[[nodiscard]] inline const carp::Rank& carp_of(const router::Rank& rank) {
  return std::get<carp::Rank>(rank);
}
// Undemoted.
[[nodiscard]] inline carp::Rank carp_rank(const router::Settings& settings) {
  return carp_of(settings).rank({});
}

}  // namespace failover::tests
