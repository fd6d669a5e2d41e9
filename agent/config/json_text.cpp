#include "agent/config/json_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace failover::config {
namespace {

enum class Layout { compact, pretty };

bool is_scalar(const Node& node) {
  return !std::holds_alternative<Array>(node.value) && !std::holds_alternative<Table>(node.value);
}

// One writer makes one text, and knows how deep it is.
class Writer {
 public:
  explicit Writer(Layout layout) : layout_(layout) {}

  void write(const Node& node) {
    std::visit([this](const auto& value) { write(value); }, node.value);
  }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  void write(bool truth) { text_ += truth ? "true" : "false"; }
  void write(std::int64_t number) { text_ += std::to_string(number); }
  void write(double number) { text_ += std::isfinite(number) ? number_text(number) : "null"; }
  void write(DateTime /*date*/) { text_ += "null"; }
  void write(Null /*null*/) { text_ += "null"; }
  void write(const Secret& text) { write_string(characters(text)); }

  void write(const Array& array) {
    const bool in_one_line = layout_ == Layout::pretty && std::ranges::all_of(array, is_scalar);
    open('[');
    for (std::size_t i = 0; i < array.size(); ++i) {
      if (i > 0) text_ += in_one_line ? ", " : ",";
      if (!in_one_line) begin_line();
      write(array[i]);
    }
    --depth_;
    if (!in_one_line) begin_line();
    text_ += ']';
  }

  void write(const Table& table) {
    open('{');
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (i > 0) text_ += ',';
      begin_line();
      write_string(table[i].name);
      text_ += layout_ == Layout::pretty ? ": " : ":";
      write(table[i].node);
    }
    --depth_;
    if (!table.empty()) begin_line();
    text_ += '}';
  }

  // DEL is escaped, too, though JSON does not ask for it: a person may look at the text.
  void write_string(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    text_ += '"';
    for (const char letter : text) {
      const auto byte = static_cast<unsigned char>(letter);
      if (byte < 0x20 || byte == 0x7f) {
        text_ += {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
        continue;
      }
      if (letter == '"' || letter == '\\') text_ += '\\';
      text_ += letter;
    }
    text_ += '"';
  }

  void open(char bracket) {
    text_ += bracket;
    ++depth_;
  }

  void begin_line() {
    if (layout_ == Layout::pretty) text_.append(1, '\n').append(2 * depth_, ' ');
  }

  Layout layout_;
  std::size_t depth_ = 0;
  std::string text_;
};

}  // namespace

std::string json_text(const Node& node) {
  Writer writer(Layout::pretty);
  writer.write(node);
  return std::move(writer).take() + "\n";
}

std::string compact_json_text(const Node& node) {
  Writer writer(Layout::compact);
  writer.write(node);
  return std::move(writer).take();
}

std::string number_text(double number) {
  std::array<char, 32> digits{};  // the longest has 24: "-2.2250738585072014e-308"
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  std::string text(digits.data(), end);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

}  // namespace failover::config
