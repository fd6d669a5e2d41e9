#include "agent/config/password_keys.hpp"

#include <filesystem>

#include "agent/config/input_file.hpp"

namespace failover::config {
namespace {

std::string accepted(const SecretKind& kind) {
  return std::to_string(kind.shortest) + ".." + std::to_string(kind.longest) +
         " bytes, none of them NUL";
}

bool fits(std::string_view text, const SecretKind& kind) {
  return text.size() >= kind.shortest && text.size() <= kind.longest &&
         text.find('\0') == std::string_view::npos;
}

// The first line without its end, "\n" or "\r\n".
std::string_view first_line(std::string_view text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return text;
  auto line = text.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

void read_secret(const Value& value, const SecretKind& kind, Secret& secret) {
  const auto text = text_in(value, accepted(kind));
  note_secret(value);
  if (!text) return;
  if (fits(*text, kind))
    secret = Secret(*text);
  else
    value.reject("the " + std::string(kind.name) + " does not fit; accepted: " + accepted(kind));
}

void read_secret_file(const Value& value, const SecretKind& kind, Secret& secret) {
  constexpr std::string_view file_name = "the name of a file";
  const auto text = text_in(value, file_name);
  if (!text) return;
  if (text->empty() || text->find('\0') != std::string_view::npos) {
    value.reject(in_quotes(*text) + " is not a file name; accepted: " + std::string(file_name));
    return;
  }
  const std::filesystem::path named_in(value.errors.file_name(value.node.place));
  const auto file = named_in.parent_path() / *text;
  constexpr std::size_t line_end_bytes = 2;
  const auto content = read_private_file(file, kind.longest + line_end_bytes);
  if (!content)
    value.reject(file.string() + " " + content.error().message);
  else if (const auto line = first_line(content->text()); fits(line, kind))
    secret = Secret(line);
  else
    value.reject("the " + std::string(kind.name) + " in the first line of " + file.string() +
                 " does not fit; accepted: " + accepted(kind));
}

void refuse_two_passwords(const Value& router) {
  const auto* const table = std::get_if<Table>(&router.node.value);
  if (table == nullptr) return;
  const Member* first = find(*table, "password");
  const Member* second = find(*table, "password_file");
  if (first == nullptr || second == nullptr) return;
  if (second->place < first->place) std::swap(first, second);
  router.errors.add(second->node.place, KeyPath(router.path, second->name).text(),
                    "only one of password and password_file is accepted, and " + first->name +
                        " is set at " + router.errors.place_text(first->node.place));
}

}  // namespace failover::config
