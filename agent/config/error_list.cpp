#include "agent/config/error_list.hpp"

#include <algorithm>

#include "protocol/limits.hpp"

namespace failover::config {
namespace {

std::string place_text_of(const std::string& file, unsigned line, unsigned column) {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace

std::string ConfigError::text() const {
  std::string text = place_text_of(file, line, column) + ": ";
  if (!key.empty()) text += key + ": ";
  text += message;
  // A name out of the file may hold anything; one line stays one line.
  std::ranges::replace_if(
      text, [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; }, '?');
  return text;
}

unsigned ErrorList::add_file(std::string name) {
  files_.push_back(std::move(name));
  return static_cast<unsigned>(files_.size() - 1);
}

std::string ErrorList::place_text(const Place& place) const {
  return place_text_of(file_name(place), place.line, place.column);
}

void ErrorList::add(const Place& place, std::string key, std::string message) {
  const auto behind = std::ranges::upper_bound(kept_, place, {}, &Kept::place);
  kept_.insert(behind, Kept{place, std::move(key), std::move(message)});
  if (kept_.size() <= limits::configuration_errors_shown) return;
  kept_.pop_back();
  ++dropped_;
}

ConfigErrors ErrorList::all() const {
  ConfigErrors errors;
  for (const Kept& kept : kept_)
    errors.push_back({.file = file_name(kept.place),
                      .line = kept.place.line,
                      .column = kept.place.column,
                      .key = kept.key,
                      .message = kept.message});
  if (dropped_ > 0)
    errors.push_back({.file = files_.front(),
                      .line = 0,
                      .column = 0,
                      .key = {},
                      .message = "and " + std::to_string(dropped_) + " more"});
  return errors;
}

}  // namespace failover::config
