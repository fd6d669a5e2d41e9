#include "agent/config/tree_path.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "agent/config/key_path.hpp"
#include "protocol/limits.hpp"

namespace failover::config {
namespace {

bool may_stand_bare(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

// What a code point is in UTF-8; nothing when it is none.
std::optional<std::string> encoded(std::uint32_t code) {
  const auto tail = [code](unsigned shift) {
    return static_cast<char>(0x80 | (code >> shift & 0x3f));
  };
  if (code < 0x80) return std::string{static_cast<char>(code)};
  if (code < 0x800) return std::string{static_cast<char>(0xc0 | code >> 6), tail(0)};
  if (code >= 0xd800 && code < 0xe000) return std::nullopt;
  if (code < 0x10000) return std::string{static_cast<char>(0xe0 | code >> 12), tail(6), tail(0)};
  if (code > 0x10ffff) return std::nullopt;
  return std::string{static_cast<char>(0xf0 | code >> 18), tail(12), tail(6), tail(0)};
}

// Takes one path apart, from the left.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<TreePath, std::string> read() {
    TreePath path;
    do {
      auto name = read_name();
      if (!name) return failure(name.error());
      path.push_back(std::move(*name));
      if (path.size() > limits::configuration_depth)
        return complain("too many names; accepted: at most " +
                        std::to_string(limits::configuration_depth));
    } while (take('.'));
    if (at_ < text_.size())
      return complain(
          "a dot is expected between names; a name with other characters than "
          "letters, digits, - and _ must be in quotes");
    return path;
  }

 private:
  [[nodiscard]] tl::unexpected<std::string> complain(const std::string& what) const {
    return failure("column " + std::to_string(at_ + 1) + ": " + what);
  }

  bool take(char letter) {
    if (at_ == text_.size() || text_[at_] != letter) return false;
    ++at_;
    return true;
  }

  Result<std::string, std::string> read_name() {
    if (take('"')) return read_basic();
    if (take('\'')) return read_literal();
    const auto begin = at_;
    while (at_ < text_.size() && may_stand_bare(text_[at_])) ++at_;
    if (at_ == begin)
      return complain(
          "a name is expected; one with other characters than letters, digits, - and "
          "_ must be in quotes");
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<std::string, std::string> read_literal() {
    const auto end = text_.find('\'', at_);
    if (end == std::string_view::npos) return complain("the quote ' in front is not closed");
    std::string name(text_.substr(at_, end - at_));
    at_ = end + 1;
    return name;
  }

  Result<std::string, std::string> read_basic() {
    const auto begin = at_;
    std::string name;
    while (at_ < text_.size()) {
      if (take('"')) return name;
      if (take('\\')) {
        const auto letter = read_escape();
        if (!letter) return complain("unknown escape sequence; a backslash is written \\\\");
        name += *letter;
      } else {
        name += text_[at_++];
      }
    }
    at_ = begin;
    return complain("the quote \" in front is not closed");
  }

  // What stands behind a backslash; nothing when nobody knows it.
  std::optional<std::string> read_escape() {
    constexpr std::string_view letters = "\"\\bfnrt";
    constexpr std::string_view meanings = "\"\\\b\f\n\r\t";
    if (at_ == text_.size()) return std::nullopt;
    const char letter = text_[at_++];
    if (const auto index = letters.find(letter); index != std::string_view::npos)
      return std::string{meanings[index]};
    if (letter == 'x') return read_code(2);
    if (letter == 'u') return read_code(4);
    if (letter == 'U') return read_code(8);
    return std::nullopt;
  }

  std::optional<std::string> read_code(std::size_t digits) {
    const auto hex = text_.substr(at_, digits);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
    if (hex.size() != digits || error != std::errc{} || end != hex.data() + hex.size())
      return std::nullopt;
    at_ += digits;
    return encoded(code);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<TreePath, std::string> parse_path(std::string_view dotted) { return Reader(dotted).read(); }

std::string path_text(const TreePath& path) {
  std::string text;
  for (const std::string& name : path) {
    if (!text.empty()) text += '.';
    text += key_text(name);
  }
  return text;
}

}  // namespace failover::config
