#pragma once
// Records as rows. Pure: the time is given.

#include <span>

#include "cli/record.hpp"
#include "cli/status_table.hpp"

namespace failover::cli {

enum class Shown : std::uint8_t {
  as_written,
  yes_or_no,  // of a boolean
  age,        // how long ago a time is
  left,       // how long it is until a time
  lasting,    // of a number of milliseconds
};

struct Column {
  std::string_view head;
  std::string_view path;  // of text_at()
  Shown shown = Shown::as_written;
};

// "-" where a record has nothing.
[[nodiscard]] std::string cell_text(const Record& record, const Column& column, WallTime now);
[[nodiscard]] std::string record_table(std::span<const Record> records,
                                       std::span<const Column> columns, Legend legend, WallTime now,
                                       Colour colour);

// The document's own time, or this machine's where it has none.
[[nodiscard]] WallTime time_of(const Record& document);

}  // namespace failover::cli
