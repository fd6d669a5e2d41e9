#pragma once
// VRRP for the router of scene.hpp: how it is configured, what it and its peers say, and the times
// of RFC 9568 6.1 in the RFC's own arithmetic.

#include <array>

#include "tests/unit/protocol/scene.hpp"

namespace failover::tests {

// Of a tie with `own`: RFC 9568 6.4.3 has the greater one win.
inline const IpAddress greater = address("192.0.2.12");
inline const IpAddress lesser = address("192.0.2.10");

// Version 3.
[[nodiscard]] inline router::Settings v3(int priority, int centiseconds = 100,
                                         Preempt preempt = Preempt::on) {
  router::Settings made;
  made.election = vrrp::Election{.priority = vrrp::Priority::from(priority).value(),
                                 .interval = vrrp::Centiseconds::from(centiseconds).value()};
  made.preempt = preempt;
  return made;
}
[[nodiscard]] inline router::Settings v2(int priority, int seconds = 1,
                                         Preempt preempt = Preempt::on) {
  router::Settings made = v3(priority, 100 * seconds, preempt);
  std::get<vrrp::Election>(made.election).version = vrrp::Version::v2;
  return made;
}
// With an interval of 1 s both have the same times.
[[nodiscard]] inline std::array<router::Settings, 2> both_versions(int priority,
                                                                   Preempt preempt = Preempt::on) {
  return {v3(priority, 100, preempt), v2(priority, 1, preempt)};
}

// What an advert says. Priority 0 is the farewell.
[[nodiscard]] inline router::Rank says(int priority, int centiseconds = 100) {
  return vrrp::Rank{.priority = static_cast<std::uint8_t>(priority),
                    .centiseconds = static_cast<std::uint16_t>(centiseconds)};
}
[[nodiscard]] inline router::SendAdvert advert(int priority, int centiseconds = 100) {
  return {says(priority, centiseconds)};
}

[[nodiscard]] inline Duration skew_time(int priority, Duration active_adver_interval = 1s) {
  return (256 - priority) * active_adver_interval / 256;
}
[[nodiscard]] inline Duration down_interval(int priority, Duration active_adver_interval = 1s) {
  return 3 * active_adver_interval + skew_time(priority, active_adver_interval);
}

}  // namespace failover::tests
