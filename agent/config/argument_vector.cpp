#include "agent/config/argument_vector.hpp"

#include "protocol/limits.hpp"

namespace failover::config {
namespace {

constexpr std::string_view accepted_command =
    "a program and its arguments, like [\"/usr/bin/test\", \"-e\", \"/run/ready\"]";
constexpr std::string_view accepted_path = "an absolute path like \"/run/ready\"";

// There is no shell, and no PATH: what runs with privileges is what the file says.
bool is_program(const Value& value, std::string_view text) {
  if (is_absolute_path(text)) return true;
  value.reject(in_quotes(text) + " is no absolute path of a program; accepted: " +
               std::string(accepted_command) + ", without a shell and without PATH");
  return false;
}

bool is_argument(const Value& value, std::string_view text) {
  if (text.find('\0') == std::string_view::npos) return true;
  value.reject("has a NUL, which ends an argument; leave it out");
  return false;
}

}  // namespace

std::optional<ArgumentVector> command_in(const Value& value) {
  const auto* const array = array_in(value, accepted_command);
  if (value.describing != nullptr) (void)text_in(described_element(value), {});
  if (array == nullptr) return std::nullopt;
  if (array->empty()) value.reject("is empty; accepted: " + std::string(accepted_command));
  if (exceeds(value, array->size(), limits::command_arguments, "words")) return std::nullopt;
  ArgumentVector command;
  std::size_t bytes = 0;
  for (const Node& node : *array) {
    const KeyPath path(value.path, command.size());
    const Value word{node, path, value.errors};
    const auto text = text_in(word, accepted_command);
    if (!text || !(command.empty() ? is_program(word, *text) : is_argument(word, *text)))
      return std::nullopt;
    command.emplace_back(*text);
    bytes += text->size() + 1;
  }
  if (command.empty() || exceeds(value, bytes, limits::command_bytes, "bytes")) return std::nullopt;
  return command;
}

bool is_absolute_path(std::string_view text) {
  return text.starts_with('/') && !text.ends_with('/') && text.size() <= limits::path_bytes &&
         text.find('\0') == std::string_view::npos;
}

std::optional<std::string_view> path_in(const Value& value) {
  const auto text = text_in(value, accepted_path);
  if (!text || is_absolute_path(*text)) return text;
  value.reject(in_quotes(*text) + " is no path of a file; accepted: " + std::string(accepted_path));
  return std::nullopt;
}

}  // namespace failover::config
