#include "agent/config/key_path.hpp"

#include <algorithm>

namespace failover::config {
namespace {

constexpr std::size_t longest_shown = 64;

bool is_bare(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; }

std::string escaped(char letter) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(letter);
  return {'\\', 'x', digits[byte >> 4], digits[byte & 0xf]};
}

}  // namespace

std::string in_quotes(std::string_view text) {
  const bool cut = text.size() > longest_shown;
  if (cut) {
    std::size_t end = longest_shown;
    // Not in the middle of a UTF-8 sequence.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text = text.substr(0, end);
  }
  std::string result = "\"";
  for (const char letter : text) {
    if (is_control(letter)) {
      result += escaped(letter);
      continue;
    }
    if (letter == '"' || letter == '\\') result += '\\';
    result += letter;
  }
  return result + (cut ? "...\"" : "\"");
}

std::string key_text(std::string_view name) {
  if (!name.empty() && name.size() <= longest_shown && std::ranges::all_of(name, is_bare))
    return std::string(name);
  return in_quotes(name);
}

std::string KeyPath::text() const {
  if (parent_ == nullptr) return {};
  std::string text = parent_->text();
  if (element_) return text + "[" + std::to_string(*element_) + "]";
  if (!text.empty()) text += '.';
  return text + key_text(name_);
}

}  // namespace failover::config
