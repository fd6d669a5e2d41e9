#pragma once
// What one try of a check has shown, in a word for the program and in a sentence for people.

#include <boost/system/error_code.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/group/events.hpp"
#include "protocol/time.hpp"

namespace failover::checks {

enum class Verdict : std::uint8_t {
  good,
  bad,
  timed_out,  // counts as bad
  none,       // it could not be asked, for a reason that is ours: counts as nothing
};

struct Finding {
  Verdict verdict = Verdict::none;
  std::string detail = {};  // one line of UTF-8: "connection refused", "status 503"
  friend bool operator==(const Finding&, const Finding&) = default;
};

// What the group is told; nothing when there is nothing to tell.
[[nodiscard]] std::optional<group::Health> health(const Finding& finding);

// "no answer within 500ms"
[[nodiscard]] Finding no_answer(Duration timeout);

// What the machine said to a socket: "connection refused". Where it is our own machine that has
// no descriptor, port or memory left, nothing has been found out.
[[nodiscard]] Finding refusal(const boost::system::error_code& error);

// "no such file or directory"
[[nodiscard]] std::string system_message(int error_number);

// The last line of the text that says something, fit to be shown: at most limits::check_line_bytes,
// printable ASCII, everything else as '?'.
[[nodiscard]] std::string last_line(std::string_view text);

}  // namespace failover::checks
