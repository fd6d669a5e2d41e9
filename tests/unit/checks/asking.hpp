#pragma once
// Asking: a loop as the control thread's, and one try of a probe.

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <ostream>
#include <vector>

#include "agent/checks/probe.hpp"
#include "tests/unit/catch.hpp"

namespace failover::checks {

inline std::ostream& operator<<(std::ostream& out, const Finding& finding) {
  static constexpr std::string_view words[] = {"good", "bad", "timed out", "none"};
  return out << words[static_cast<std::size_t>(finding.verdict)] << ": " << finding.detail;
}

namespace test {

inline Finding good(std::string detail) { return {Verdict::good, std::move(detail)}; }
inline Finding bad(std::string detail) { return {Verdict::bad, std::move(detail)}; }

// Without what was not judged: a machine that runs many tests may well hold this one up.
inline std::vector<Finding> judged(std::vector<Finding> found) {
  std::erase_if(found, [](const Finding& one) { return one.verdict == Verdict::none; });
  return found;
}

// Runs the context until the condition holds; false when it does not for 30 s.
[[nodiscard]] inline bool run_until(boost::asio::io_context& context,
                                    const std::function<bool()>& holds) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > patience) return false;
    if (context.stopped()) context.restart();
    context.run_one_for(std::chrono::milliseconds(5));
    context.poll();
  }
  return true;
}

// What it finds, without a bound on the time; the timeout is only passed on.
inline Finding finding_of(boost::asio::io_context& context, Probe& probe, Duration timeout = 5s) {
  std::optional<Finding> found;
  probe.ask(timeout, [&](const Finding& finding) {
    CHECK_FALSE(found.has_value());
    found = finding;
  });
  const bool came = run_until(context, [&] { return found.has_value(); });
  REQUIRE(came);
  return *found;
}

}  // namespace test
}  // namespace failover::checks
