#include "agent/config/duration_text.hpp"

#include <array>
#include <cstdint>
#include <limits>

namespace failover::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr std::array units{Unit{"ms", 1'000'000}, Unit{"s", 1'000'000'000},
                           Unit{"m", 60'000'000'000}, Unit{"h", 3'600'000'000'000}};

constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

std::optional<std::int64_t> nanoseconds_of(std::string_view unit) {
  for (const Unit& known : units)
    if (known.name == unit) return known.nanoseconds;
  return std::nullopt;
}

// Takes the digits from the front of text, each worth a tenth of the one before; the first digit
// before the point is worth `unit`. Integers only: a binary fraction would not be what was written.
std::optional<std::int64_t> fraction(std::string_view digits, std::int64_t unit) {
  std::int64_t sum = 0;
  for (const char digit : digits) {
    if (unit % 10 != 0) {
      if (digit != '0') return std::nullopt;
      continue;
    }
    unit /= 10;
    sum += (digit - '0') * unit;
  }
  return sum;
}

std::optional<std::int64_t> whole(std::string_view digits, std::int64_t unit) {
  const std::int64_t longest = std::numeric_limits<std::int64_t>::max() / unit - 1;
  std::int64_t number = 0;
  for (const char digit : digits) {
    number = number * 10 + (digit - '0');
    if (number > longest) return std::nullopt;
  }
  return number * unit;
}

std::string_view take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  const auto digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  const auto before_point = take_digits(text);
  if (before_point.empty()) return std::nullopt;
  std::string_view after_point;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    after_point = take_digits(text);
    if (after_point.empty()) return std::nullopt;
  }
  const auto unit = nanoseconds_of(text);
  if (!unit) return std::nullopt;
  const auto units_part = whole(before_point, *unit);
  const auto rest = fraction(after_point, *unit);
  if (!units_part || !rest) return std::nullopt;
  return Duration(*units_part + *rest);
}

std::string duration_text(Duration duration) {
  const auto count = duration.count();
  if (count % 1'000'000'000 == 0) return std::to_string(count / 1'000'000'000) + "s";
  if (count % 1'000'000 == 0) return std::to_string(count / 1'000'000) + "ms";
  return std::to_string(count) + "ns";
}

}  // namespace failover::config
