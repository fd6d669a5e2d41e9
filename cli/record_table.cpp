#include "cli/record_table.hpp"

#include <charconv>

namespace failover::cli {
namespace {

using std::chrono::milliseconds;

// A document may have any number; what is longer than a number here can say is cut off.
std::string lasting_text(const std::string& text) {
  long long count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc{} ? duration_text(milliseconds(count)) : text;
}

std::string in_words(const std::string& text, Shown shown, WallTime now) {
  const auto time = parse_time(text);
  switch (shown) {
    case Shown::as_written: return text;
    case Shown::yes_or_no: return text == "true" ? "yes" : text == "false" ? "no" : text;
    case Shown::age: return time ? duration_text(now - *time) : text;
    case Shown::left: return time ? duration_text(*time - now) : text;
    case Shown::lasting: return lasting_text(text);
  }
  return text;
}

}  // namespace

std::string cell_text(const Record& record, const Column& column, WallTime now) {
  const std::string text = text_at(record, column.path);
  return text.empty() ? "-" : printable(in_words(text, column.shown, now));
}

std::string record_table(std::span<const Record> records, std::span<const Column> columns,
                         Legend legend, WallTime now, Colour colour) {
  Table table(std::vector<std::size_t>(columns.size(), 2));
  if (legend == Legend::shown) {
    std::vector<Cell> heads;
    for (const auto& column : columns) heads.push_back({std::string(column.head), Tint::faint});
    table.add(std::move(heads));
  }
  for (const auto& record : records) {
    std::vector<Cell> row;
    for (const auto& column : columns) row.push_back({cell_text(record, column, now)});
    table.add(std::move(row));
  }
  return table.text(colour);
}

WallTime time_of(const Record& document) {
  const auto told = parse_time(text_at(document, "generated_at"));
  if (told) return *told;
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

}  // namespace failover::cli
