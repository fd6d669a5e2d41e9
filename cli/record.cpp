#include "cli/record.hpp"

#include <algorithm>

namespace failover::cli {
namespace {

bool is_list(const Record& record) { return !record.elements.empty() && record.names.empty(); }

void collect(const Record& record, std::string_view path, std::vector<std::string>& texts) {
  if (is_list(record)) {
    for (const auto& element : record.elements) collect(element, path, texts);
    return;
  }
  if (path.empty()) {
    if (!record.text.empty()) texts.push_back(record.text);
    return;
  }
  const auto dot = path.find('.');
  collect(field(record, path.substr(0, dot)),
          dot == std::string_view::npos ? "" : path.substr(dot + 1), texts);
}

}  // namespace

const Record& field(const Record& record, std::string_view name) {
  static const Record nothing;
  const auto found = std::ranges::find(record.names, name);
  if (found == record.names.end()) return nothing;
  return record.elements[static_cast<std::size_t>(found - record.names.begin())];
}

const std::vector<Record>& list_in(const Record& record, std::string_view name) {
  static const std::vector<Record> none;
  const Record& value = field(record, name);
  return is_list(value) ? value.elements : none;
}

std::string text_at(const Record& record, std::string_view path) {
  std::vector<std::string> texts;
  collect(record, path, texts);
  std::string text;
  for (const auto& part : texts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::vector<Record> records_in(const Record& document, std::string_view list) {
  if (is_list(document)) return document.elements;
  if (std::ranges::find(document.names, list) != document.names.end()) {
    return list_in(document, list);
  }
  if (document.names.empty()) return {};
  return {document};
}

}  // namespace failover::cli
