#include "agent/control/lint_document.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "agent/config/json_text.hpp"
#include "agent/config/values.hpp"

namespace failover::control {

using config::number_value;
using config::table_value;
using config::text_value;

std::string lint_document(std::span<const lint::Finding> findings) {
  config::Array list;
  for (const lint::Finding& finding : findings) {
    config::Table table;
    add(table, "hint", text_value(finding.hint));
    add(table, "message", text_value(finding.message));
    add(table, "name", text_value(lint::rule_of(finding.rule).name));
    add(table, "place", text_value(finding.place));
    add(table, "rule", number_value(finding.rule));
    add(table, "severity", text_value(name(finding.severity)));
    list.push_back(table_value(std::move(table)));
  }
  config::Table document;
  add(document, "findings", {.place = {}, .value = std::move(list)});
  add(document, "schema", text_value("failover.lint.v1"));
  return config::json_text(table_value(std::move(document)));
}

std::string lint_text(std::span<const lint::Finding> findings, const std::string& file) {
  std::string text;
  for (const lint::Finding& finding : findings) {
    std::string line =
        fmt::format("{}: {}: {} {}: {} (better: {})", file, finding.place, name(finding.severity),
                    finding.rule, finding.message, finding.hint);
    std::ranges::replace_if(
        line, [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; }, '?');
    text += line + "\n";
  }
  return text;
}

}  // namespace failover::control
