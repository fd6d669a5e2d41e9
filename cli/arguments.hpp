#pragma once
// The command line as a value. Pure.

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "cli/status_table.hpp"
#include "cli/verbs.hpp"
#include "protocol/time.hpp"

namespace failover::cli {

struct UntilDone {};
struct AtMost {
  Duration bound;
};
struct NotAtAll {};
using Waiting = std::variant<UntilDone, AtMost, NotAtAll>;

enum class Format : std::uint8_t { text, json };
enum class Loudness : std::uint8_t { normal, quiet };

struct Arguments {
  Verb verb = Verb::status;
  std::vector<std::string> operands;
  std::optional<std::string> socket;
  std::optional<std::string> reason;
  std::optional<std::string> data;              // of `api`, as written: JSON, @FILE or @-
  std::optional<std::chrono::seconds> lasting;  // --for
  bool force = false;
  bool all = false;
  bool dry_run = false;
  bool candidate = false;              // the draft, not what is in force
  std::optional<std::string> peer;     // of `lint`, the other node's file
  bool off_box = false;                // of `lint`
  bool defaults = false;               // also what is in force where nothing is set
  std::optional<std::string> confirm;  // of `apply`, a duration
  std::optional<std::string> gate;     // of `apply`
  std::optional<Duration> since;       // ago
  bool follow = false;
  Waiting waiting = UntilDone{};
  Format format = Format::text;
  Legend legend = Legend::shown;
  Loudness loudness = Loudness::normal;
};

[[nodiscard]] Result<Arguments, UsageError> parse_arguments(std::span<const std::string> words,
                                                            Abbreviations abbreviations);

// An option as it is written, and whether the next word is its text.
struct OptionWords {
  std::string name;     // "--data"
  std::string initial;  // "-d"; empty: none
  std::string says;
  bool takes_text = false;
};
// Those that the verb takes; without one, all.
[[nodiscard]] std::vector<OptionWords> options_of(std::optional<Verb> verb);

// What the options are for, as help shows it.
[[nodiscard]] std::string options_help();

}  // namespace failover::cli
