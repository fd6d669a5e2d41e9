#include "agent/config/toml_document.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/bytes.hpp"
#include "protocol/limits.hpp"

namespace failover::config {
namespace {

Place place_of(const toml::source_region& region, unsigned file) {
  return {.file = file, .line = region.begin.line, .column = region.begin.column};
}

Table to_table(toml::table& from, unsigned file);

// Takes the text out of the library's hands and leaves nothing of it there. What its parser had in
// buffers of its own is out of reach.
Secret take_text(std::string& text) {
  Secret taken(text);
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return taken;
}

Node to_node(toml::node& from, unsigned file) {
  Node node{.place = place_of(from.source(), file), .value = DateTime{}};
  if (auto* const table = from.as_table()) {
    node.value = to_table(*table, file);
  } else if (auto* const array = from.as_array()) {
    Array elements;
    elements.reserve(array->size());
    for (toml::node& element : *array) elements.push_back(to_node(element, file));
    node.value = std::move(elements);
  } else if (auto* const text = from.as_string()) {
    node.value = take_text(text->get());
  } else if (const auto* const integer = from.as_integer()) {
    node.value = integer->get();
  } else if (const auto* const number = from.as_floating_point()) {
    node.value = number->get();
  } else if (const auto* const truth = from.as_boolean()) {
    node.value = truth->get();
  }
  return node;
}

// toml++ keeps its tables in the order of names, as Table wants it.
Table to_table(toml::table& from, unsigned file) {
  Table table;
  table.reserve(from.size());
  for (auto&& [key, value] : from)
    table.push_back({.name = std::string(key.str()),
                     .place = place_of(key.source(), file),
                     .node = to_node(value, file)});
  return table;
}

// What the library says in words of its own, and what helps more.
struct Rewording {
  std::string_view theirs;
  std::string_view ours;
};
constexpr std::array rewordings{
    Rewording{"could not determine", "this is no value; strings must be in quotes"},
    Rewording{"exceeded maximum nested", "nested too deeply; accepted: at most 256 levels"},
    Rewording{"not representable", "the number does not fit 64 bits"},
    Rewording{"unescaped control", "a control character or the end of the line inside a string"},
    Rewording{"unknown escape", "unknown escape sequence; a backslash is written \\\\"},
};

// The library quotes what it saw, which may be half a password; the place says as much. What it
// expected is TOML's, and what it cannot redefine is a key; nothing else that it quotes is shown.
std::string reason_text(std::string_view reason) {
  if (reason.starts_with("cannot")) return std::string(reason);
  if (reason.starts_with("expected")) return std::string(reason.substr(0, reason.find(", saw ")));
  for (const Rewording& rewording : rewordings)
    if (reason.find(rewording.theirs) != std::string_view::npos) return std::string(rewording.ours);
  return reason.find('\'') == std::string_view::npos ? std::string(reason) : "not accepted here";
}

// "Error while parsing SCOPE: REASON" to "syntax error in SCOPE: REASON".
std::string syntax_message(std::string_view description) {
  constexpr std::string_view prefix = "Error while parsing ";
  if (!description.starts_with(prefix))
    return description.find("utf-8") == std::string_view::npos
               ? "syntax error"
               : "this is not UTF-8, which TOML files are written in";
  description.remove_prefix(prefix.size());
  const auto colon = std::min(description.find(": "), description.size());
  const auto reason = description.substr(std::min(colon + 2, description.size()));
  return "syntax error in " + std::string(description.substr(0, colon)) + ": " +
         reason_text(reason);
}

// Each dot of a key is a level of the tree, and the library takes as many as there are. Counted in
// a run without anything that ends a key; in comments and texts there are never so many.
std::optional<Place> too_deep(std::string_view text, unsigned file) {
  Place place{.file = file, .line = 1, .column = 0};
  std::size_t dots = 0;
  for (const char letter : text) {
    ++place.column;
    if (letter == '.' && ++dots > limits::configuration_key_dots) return place;
    if (std::string_view(",=[]{}#\n").find(letter) != std::string_view::npos) dots = 0;
    if (letter == '\n') place = {.file = file, .line = place.line + 1, .column = 0};
  }
  return std::nullopt;
}

}  // namespace

Result<Table, SyntaxError> parse_toml(std::string_view text, unsigned file) {
  if (const auto place = too_deep(text, file))
    return failure(SyntaxError{*place, "a key with too many dots; accepted: at most " +
                                           std::to_string(limits::configuration_key_dots)});
  try {
    toml::table root = toml::parse(text);
    return to_table(root, file);
  } catch (const toml::parse_error& error) {
    return failure(
        SyntaxError{place_of(error.source(), file), syntax_message(error.description())});
  }
}

}  // namespace failover::config
