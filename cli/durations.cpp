#include "cli/durations.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace failover::cli {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  milliseconds length;
};
constexpr std::array units{Unit{"d", std::chrono::days(1)}, Unit{"h", std::chrono::hours(1)},
                           Unit{"m", std::chrono::minutes(1)}, Unit{"s", std::chrono::seconds(1)}};

std::string in_units(milliseconds duration, std::size_t parts) {
  duration = std::max(duration, milliseconds(0));
  std::string text;
  std::size_t written = 0;
  for (const auto& unit : units) {
    const auto count = duration / unit.length;
    duration %= unit.length;
    const bool last_unit = unit.name == "s";
    if (written == 0 && count == 0 && !last_unit) continue;
    if (count != 0 || written == 0) {
      text += (text.empty() ? "" : " ") + std::to_string(count) + std::string(unit.name);
    }
    if (++written == parts) break;
  }
  return text;
}

// The whole text as a number without a sign.
std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.starts_with('-')) {
    return std::nullopt;
  }
  return value;
}

// ".5" is 500 ms; what is finer than a millisecond is cut off.
std::optional<milliseconds> fraction(std::string_view text) {
  if (text.empty()) return milliseconds(0);
  if (!text.starts_with('.') || text.size() < 2) return std::nullopt;
  std::string digits(text.substr(1));
  if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  digits.resize(3, '0');
  return milliseconds(*number(digits));
}

}  // namespace

std::string duration_text(milliseconds duration) {
  return in_units(duration, duration < std::chrono::hours(1) ? 1 : 2);
}

std::string coarse_duration_text(milliseconds duration) { return in_units(duration, 1); }

std::optional<WallTime> parse_time(std::string_view text) {
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= shape.size() || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == 'd' ? !digit : text[i] != shape[i]) return std::nullopt;
  }
  const auto part = [&](std::size_t at, std::size_t length) {
    return static_cast<int>(*number(text.substr(at, length)));
  };
  const std::chrono::year_month_day day{std::chrono::year(part(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(part(8, 2)))};
  const auto rest = fraction(text.substr(shape.size(), text.size() - shape.size() - 1));
  if (!day.ok() || part(11, 2) > 23 || part(14, 2) > 59 || part(17, 2) > 60 || !rest) {
    return std::nullopt;
  }
  return std::chrono::sys_days(day) + std::chrono::hours(part(11, 2)) +
         std::chrono::minutes(part(14, 2)) + std::chrono::seconds(part(17, 2)) + *rest;
}

Result<Duration, ParseError> parse_duration(std::string_view text) {
  constexpr ParseError accepted{"a duration is a number with ms, s, m, h or d, such as 30s"};
  constexpr auto longest = std::chrono::days(365);
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789"));
  const std::string_view name = text.substr(digits.size());
  const auto count = number(digits);
  milliseconds unit{};
  if (name.empty()) unit = std::chrono::seconds(1);
  if (name == "ms") unit = milliseconds(1);
  for (const auto& known : units) {
    if (known.name == name) unit = known.length;
  }
  if (!count || unit == milliseconds(0)) return failure(accepted);
  if (*count > longest / unit) return failure(ParseError{"a duration is at most 365d"});
  return Duration(*count * unit);
}

}  // namespace failover::cli
