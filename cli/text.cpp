#include "cli/text.hpp"

#include <algorithm>

namespace failover::cli {
namespace {

// Characters, not bytes, of UTF-8.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

std::string_view sequence(Tint tint) {
  switch (tint) {
    case Tint::none: return "";
    case Tint::good: return "\033[32m";
    case Tint::bad: return "\033[31m";
    case Tint::faint: return "\033[2m";
  }
  return "";
}

}  // namespace

std::string printable(std::string_view text) {
  std::string clean(text);
  // 0xc2 0x80..0x9f are the C1 controls in UTF-8; some terminals obey them too.
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const auto byte = static_cast<unsigned char>(clean[i]);
    const bool c1 = byte == 0xc2 && i + 1 < clean.size() &&
                    static_cast<unsigned char>(clean[i + 1]) >= 0x80 &&
                    static_cast<unsigned char>(clean[i + 1]) < 0xa0;
    if (c1) clean.erase(i + 1, 1);
    if (byte < 0x20 || byte == 0x7f || c1) clean[i] = '?';
  }
  return clean;
}

std::string tinted(std::string_view text, Tint tint, Colour colour) {
  if (colour == Colour::off || tint == Tint::none) return std::string(text);
  return std::string(sequence(tint)) + std::string(text) + "\033[0m";
}

std::string Table::text(Colour colour) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], width(row[i].text));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    std::size_t spaces = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!row[i].text.empty()) {
        text += std::string(spaces, ' ') + tinted(row[i].text, row[i].tint, colour);
        spaces = 0;
      }
      spaces += widths[i] - width(row[i].text) + (i < gaps_.size() ? gaps_[i] : 0);
    }
    text += '\n';
  }
  return text;
}

}  // namespace failover::cli
