#pragma once
// Ranks and times of CARP (CARP.md 3.1): all from advbase and advskew, in units of 1/256 s, which
// is a whole number of nanoseconds.

#include <compare>
#include <cstdint>

#include "protocol/carp/parameters.hpp"
#include "protocol/time.hpp"

namespace failover::carp {

inline constexpr Duration skew_unit = 1'000'000'000ns / 256;

// What an advert says about its sender, as it is on the wire; every value can arrive.
struct Rank {
  std::uint8_t advbase = 0;
  std::uint8_t advskew = 0;
  std::uint8_t demote = 0;  // OpenBSD's demotion count; the others send 0

  // advbase + advskew/256: what is compared. Shorter is better.
  [[nodiscard]] Duration compared() const;
  // The same as a sending interval: never shorter than 1/256 s.
  [[nodiscard]] Duration interval() const;
  [[nodiscard]] bool is_farewell() const { return advbase == 255 && advskew == 255; }
  friend bool operator==(const Rank&, const Rank&) = default;
};

inline constexpr Rank farewell_times{.advbase = 255, .advskew = 255, .demote = 0};

// dead_ratio * advbase + advskew/256; with advbase 0, dead_ratio * max(advskew, 1)/256. From the
// node's own settings, whatever it is demoted by.
[[nodiscard]] Duration dead_time(AdvBase advbase, AdvSkew advskew, DeadRatio ratio);

// What a demotion of `cost` makes of an advskew: added, but never past 240, and never below what is
// configured (FreeBSD's DEMOTE_ADVSKEW; ucarp's 240 on send errors).
[[nodiscard]] std::uint8_t demoted_advskew(AdvSkew advskew, unsigned cost);
inline constexpr unsigned demotion_on_send_errors = 240;

}  // namespace failover::carp
