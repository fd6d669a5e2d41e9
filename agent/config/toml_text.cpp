// toml++ has a formatter of its own. It writes tables inside arrays over several lines, texts with
// line ends in them as multi-line strings, and wants the tree as one of its own, with every
// password copied into texts that nobody wipes. What is written here is less than what would have
// to be undone there.

#include "agent/config/toml_text.hpp"

#include <algorithm>
#include <cmath>

#include "agent/config/json_text.hpp"

namespace failover::config {
namespace {

// parse_toml() counts the dots of keys, and takes those of texts for some of them. What has more of
// them than these is written with escapes in their place.
constexpr std::ptrdiff_t plain_dots_in_name = 3;
constexpr std::ptrdiff_t plain_dots_in_text = 64;

bool is_bare(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

std::string string_text(std::string_view text, std::ptrdiff_t plain_dots) {
  constexpr std::string_view digits = "0123456789abcdef";
  const bool escapes_dots = std::ranges::count(text, '.') > plain_dots;
  std::string result = "\"";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x20 || byte == 0x7f || (letter == '.' && escapes_dots)) {
      result += {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
      continue;
    }
    if (letter == '"' || letter == '\\') result += '\\';
    result += letter;
  }
  return result + '"';
}

std::string name_text(std::string_view name) {
  const bool bare = !name.empty() && std::ranges::all_of(name, is_bare);
  return bare ? std::string(name) : string_text(name, plain_dots_in_name);
}

std::string value_text(const Node& node);

bool is_null(const Node& node) { return std::holds_alternative<Null>(node.value); }

std::string text_of(bool truth) { return truth ? "true" : "false"; }
std::string text_of(std::int64_t number) { return std::to_string(number); }
std::string text_of(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  return number_text(number);
}
std::string text_of(const Secret& text) {
  return string_text(characters(text), plain_dots_in_text);
}
// The tree does not keep which date it was: any is as good.
std::string text_of(DateTime /*date*/) { return "1970-01-01"; }
std::string text_of(Null /*null*/) { return {}; }

std::string text_of(const Array& array) {
  std::string text;
  for (const Node& element : array) {
    if (is_null(element)) continue;
    if (!text.empty()) text += ", ";
    text += value_text(element);
  }
  return "[" + text + "]";
}

std::string text_of(const Table& table) {
  std::string text;
  for (const Member& member : table) {
    if (is_null(member.node)) continue;
    text += text.empty() ? " " : ", ";
    text += name_text(member.name) + " = " + value_text(member.node);
  }
  return text.empty() ? "{}" : "{" + text + " }";
}

std::string value_text(const Node& node) {
  return std::visit([](const auto& value) { return text_of(value); }, node.value);
}

const Table* table_of(const Member& member) { return std::get_if<Table>(&member.node.value); }

// A table that has nothing but tables needs no header: theirs make it.
void write_table(const Table& table, const std::string& path, std::string& text) {
  const bool has_values =
      std::ranges::any_of(table, [](const Member& member) { return table_of(member) == nullptr; });
  if (!path.empty() && (has_values || table.empty())) {
    if (!text.empty()) text += '\n';
    text += "[" + path + "]\n";
  }
  for (const Member& member : table)
    if (table_of(member) == nullptr && !is_null(member.node))
      text += name_text(member.name) + " = " + value_text(member.node) + "\n";
  for (const Member& member : table)
    if (const Table* const inner = table_of(member))
      write_table(*inner, (path.empty() ? "" : path + ".") + name_text(member.name), text);
}

}  // namespace

std::string toml_text(const Table& tree) {
  std::string text;
  write_table(tree, {}, text);
  return text;
}

}  // namespace failover::config
