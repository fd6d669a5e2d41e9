#pragma once
// The verbs of failoverctl: names, operands, what they are for. Pure.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "protocol/result.hpp"

namespace failover::cli {

enum class Verb : std::uint8_t {
  status,
  is_active,
  is_healthy,
  show,
  explain,
  where,
  history,
  events,
  watch,
  switchover,
  drain,
  undrain,
  hold,
  release,
  freeze,
  thaw,
  announce,
  config,
  get,
  set,
  unset,
  lint,
  plan,
  apply,
  confirm,
  rollback,
  revisions,
  agent,
  api,
  completion,
  version,
  help,
};

struct VerbEntry {
  Verb verb;
  std::string_view name;
  std::string_view operands;  // as the synopsis shows them
  std::size_t least;          // operands
  std::size_t most;
  std::string_view summary;  // one line
  std::string_view text;     // what its help adds
  bool starts_operation = false;
};

inline constexpr std::size_t any_number = static_cast<std::size_t>(-1);

[[nodiscard]] std::span<const VerbEntry> verbs();
[[nodiscard]] const VerbEntry& entry_of(Verb verb);

// Abbreviations are a convenience for people: in a script they would break with the next new verb.
enum class Abbreviations : std::uint8_t { allowed, refused };

struct UsageError {
  std::string text;
};

// The word as it is, or the only candidate that begins with it. Otherwise why not: "unknown KIND
// 'stauts'; did you mean 'status'?".
[[nodiscard]] Result<std::string_view, UsageError> resolve(
    std::string_view kind, std::string_view word, std::span<const std::string_view> candidates,
    Abbreviations abbreviations);

[[nodiscard]] Result<Verb, UsageError> parse_verb(std::string_view word,
                                                  Abbreviations abbreviations);

}  // namespace failover::cli
