#pragma once
// Values as TOML has them.

#include <string>
#include <string_view>
#include <vector>

#include "protocol/time.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {

inline std::string toml_string(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (is_control(letter) || letter == '"' || letter == '\\')
      result += {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    else
      result += letter;
  }
  return result + '"';
}

inline std::string toml_strings(const std::vector<std::string>& texts) {
  std::string result = "[";
  for (const std::string& text : texts) result += toml_string(text) + ",";
  return result + "]";
}

// To the nanosecond, which config::duration_text() has no unit for that could be read again.
inline std::string toml_duration(Duration duration) {
  const auto fraction = std::to_string(1'000'000'000 + duration.count() % 1'000'000'000).substr(1);
  return "\"" + std::to_string(duration.count() / 1'000'000'000) + "." + fraction + "s\"";
}

}  // namespace failover::fuzz
