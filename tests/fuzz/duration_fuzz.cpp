// Durations and times: read as they are written, and the same by the file and by the command line.

#include <chrono>

#include "agent/config/duration_text.hpp"
#include "agent/control/documents.hpp"
#include "agent/control/words.hpp"
#include "cli/durations.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

using std::chrono::milliseconds;

void check_configured(std::string_view text) {
  const auto duration = config::parse_duration(text);
  if (!duration) return;
  must(duration->count() >= 0, "a duration has no sign", text);
  const auto written = config::duration_text(*duration);
  // Finer ones are only shown: nobody configures nanoseconds.
  if (*duration % milliseconds(1) == Duration(0))
    must(config::parse_duration(written) == duration, "a duration is read as it is written",
         written);
  must(!config::parse_duration(std::string(text) + " ") && !config::parse_duration(" " + written),
       "a duration has nothing around it", text);
}

void check_typed(std::string_view text) {
  const auto duration = cli::parse_duration(text);
  must(duration || !duration.error().text.empty(), "a refusal says why");
  if (!duration) return;
  must(*duration >= Duration(0) && *duration <= std::chrono::days(365), "a duration is in range");
  const auto configured = config::parse_duration(text);
  must(!configured || *configured == *duration, "file and command line read the same", text);
  for (const auto& shown : {cli::duration_text(std::chrono::floor<milliseconds>(*duration)),
                            cli::coarse_duration_text(std::chrono::floor<milliseconds>(*duration))})
    must(!shown.empty() && shown.size() < 16, "a duration is shown in a few characters", shown);
}

void check_time(std::string_view text) {
  const auto time = cli::parse_time(text);
  if (!time) return;
  using std::chrono::sys_days;
  must(*time >= sys_days(std::chrono::year(0) / 1 / 1) &&
           *time <= sys_days(std::chrono::year(10'000) / 1 / 1) + milliseconds(999),
       "a time is in the years that four digits have", text);
  // Those that nanoseconds of 64 bits can tell.
  if (*time < sys_days(std::chrono::year(1700) / 1 / 1) ||
      *time > sys_days(std::chrono::year(2200) / 1 / 1))
    return;
  must(cli::parse_time(control::timestamp(*time)) == time, "a time is read as the agent writes it",
       control::timestamp(*time));
}

// Any number of milliseconds that a document may hold.
void check_shown(std::span<const std::uint8_t> bytes) {
  const milliseconds any(static_cast<std::int64_t>(ByteReader(bytes).u64()));
  must(!cli::duration_text(any).empty() && !cli::coarse_duration_text(any).empty(),
       "any duration can be shown");
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = failover::fuzz::text_of({data, size});
  failover::fuzz::check_configured(text);
  failover::fuzz::check_typed(text);
  failover::fuzz::check_time(text);
  failover::fuzz::check_shown({data, size});
  return 0;
}
