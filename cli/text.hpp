#pragma once
// Text on a terminal: columns, colours, and what must not get there. Pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace failover::cli {

enum class Terminal : std::uint8_t { none, there };  // what the output goes to
enum class Colour : std::uint8_t { off, on };
enum class Tint : std::uint8_t { none, good, bad, faint };

// Control characters come out as '?': a name or a reason must not be able to steer the terminal.
[[nodiscard]] std::string printable(std::string_view text);
[[nodiscard]] std::string tinted(std::string_view text, Tint tint, Colour colour);

struct Cell {
  std::string text;
  Tint tint = Tint::none;
};

// Columns as wide as their widest cell. The gap is the space behind a column; the last one needs
// none, and nothing ends in spaces.
class Table {
 public:
  explicit Table(std::vector<std::size_t> gaps) : gaps_(std::move(gaps)) {}
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] std::string text(Colour colour) const;

 private:
  std::vector<std::size_t> gaps_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace failover::cli
