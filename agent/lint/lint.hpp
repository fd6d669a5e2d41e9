#pragma once
// What is wrong with a configuration that is valid: it can never fail over, it will go wrong one
// night, or it does not do what its writer seems to think. Every finding has the number of a rule,
// which failover-lint(7) explains.
//
// Errors are not linted: what agent/config/ refuses never gets here. Nor is what only the machine
// knows, such as which addresses an interface has: the same file has the same findings everywhere.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/configuration.hpp"
#include "agent/rehearsal/single_failures.hpp"

namespace failover::lint {

enum class Severity : std::uint8_t {
  warning,  // it is wrong, or will be one day
  note      // it may be meant; the price is told
};
[[nodiscard]] std::string_view name(Severity severity);

// Numbers and names are for good: scripts and people's comments refer to them. What a rule that is
// given up was called is never used again.
struct Rule {
  unsigned number;
  std::string_view name;
  Severity severity;
  std::string_view says;     // what is found, a sentence
  std::string_view instead;  // what to write, a phrase
};
// By number.
[[nodiscard]] std::span<const Rule> rules();
// There must be one.
[[nodiscard]] const Rule& rule_of(unsigned number);

struct Finding {
  unsigned rule = 0;
  Severity severity = Severity::warning;
  std::string place;    // "group.web.track.site"
  std::string message;  // what is wrong there
  std::string hint;     // what to write instead
  friend bool operator==(const Finding&, const Finding&) = default;
};

struct Subject {
  const config::Configuration& ours;
  const config::Configuration* peer = nullptr;   // the other node's, when it is known
  std::vector<rehearsal::HeardRank> heard = {};  // else what its adverts have said
};

// A configuration of thousands of routers has the same mistake thousands of times.
inline constexpr std::size_t findings_per_rule = 20;

// Warnings first, then by place. No secret is in them.
[[nodiscard]] std::vector<Finding> lint(const Subject& subject);
[[nodiscard]] bool has_warning(std::span<const Finding> findings);

}  // namespace failover::lint
