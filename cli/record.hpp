#pragma once
// A JSON document as texts: what is only shown needs no types of its own, and shows what an agent
// of another version has as far as it goes. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "cli/documents.hpp"

namespace failover::cli {

// The field of an object, or an empty record.
[[nodiscard]] const Record& field(const Record& record, std::string_view name);
// The elements of a field that is a list; none when it is absent or something else.
[[nodiscard]] const std::vector<Record>& list_in(const Record& record, std::string_view name);
// What is at the end of "rank.interval_s"; of a list on the way, all that there is:
// "overrides.kind" is "drain, hold".
[[nodiscard]] std::string text_at(const Record& record, std::string_view path);

// The objects of a document: a bare list's, those of the field `list`, or the one that it is.
[[nodiscard]] std::vector<Record> records_in(const Record& document, std::string_view list);

}  // namespace failover::cli
