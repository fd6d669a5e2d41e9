#include "agent/config/router_keys.hpp"

#include <filesystem>

#include "agent/config/address_keys.hpp"
#include "agent/config/input_file.hpp"

namespace failover::config {
namespace {

constexpr DurationRange handover_timeouts{.shortest = limits::handover_timeout_shortest,
                                          .longest = limits::handover_timeout_longest};

const std::string& accepted_password() {
  static const std::string accepted =
      "1.." + std::to_string(limits::carp_password) + " bytes, none of them NUL";
  return accepted;
}

bool is_password(std::string_view text) {
  return !text.empty() && text.size() <= limits::carp_password &&
         text.find('\0') == std::string_view::npos;
}

// Without the message quoting it.
void read_password(const Value& value, CarpSettings& router) {
  const auto text = text_in(value, accepted_password());
  if (!text) return;
  if (is_password(*text))
    router.password = Secret(*text);
  else
    value.reject("the password does not fit; accepted: " + accepted_password());
}

// The first line without its end, "\n" or "\r\n".
std::string_view first_line(std::string_view text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return text;
  auto line = text.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void read_password_file(const Value& value, CarpSettings& router) {
  constexpr std::string_view accepted = "the name of a file";
  const auto text = text_in(value, accepted);
  if (!text) return;
  if (text->empty() || text->find('\0') != std::string_view::npos) {
    value.reject(in_quotes(*text) + " is not a file name; accepted: " + std::string(accepted));
    return;
  }
  const std::filesystem::path named_in(value.errors.file_name(value.node.place));
  const auto file = named_in.parent_path() / *text;
  constexpr std::size_t line_end_bytes = 2;
  const auto content = read_private_file(file, limits::carp_password + line_end_bytes);
  if (!content)
    value.reject(file.string() + " " + content.error().message);
  else if (const auto line = first_line(content->text()); is_password(line))
    router.password = Secret(line);
  else
    value.reject("the password in the first line of " + file.string() +
                 " does not fit; accepted: " + accepted_password());
}

constexpr std::array carp_keys{
    Key<CarpSettings>{"addresses", read_addresses},
    Key<CarpSettings>{"advbase", number<&CarpSettings::advbase>},
    Key<CarpSettings>{"advskew", number<&CarpSettings::advskew>},
    Key<CarpSettings>{"dead_ratio", number<&CarpSettings::dead_ratio>},
    Key<CarpSettings>{"handover_timeout",
                      duration<&CarpSettings::handover_timeout, handover_timeouts>},
    Key<CarpSettings>{"password", read_password},
    Key<CarpSettings>{"password_file", read_password_file},
    Key<CarpSettings>{"preempt", truth<&CarpSettings::preempt>},
    Key<CarpSettings>{"source", read_source},
};

void require_one_password(const Value& value, const Table& table) {
  const Member* first = find(table, "password");
  const Member* second = find(table, "password_file");
  if (first == nullptr && second == nullptr)
    value.reject("password is missing; set password or password_file, the same on all nodes");
  if (first == nullptr || second == nullptr) return;
  if (second->place < first->place) std::swap(first, second);
  value.errors.add(second->node.place, KeyPath(value.path, second->name).text(),
                   "only one of password and password_file is accepted, and " + first->name +
                       " is set at " + value.errors.place_text(first->node.place));
}

}  // namespace

CarpSettings read_router(const Value& value, std::string interface, carp::Vhid vhid) {
  CarpSettings router{.interface = std::move(interface), .vhid = vhid};
  read_members(value, carp_keys, router);
  const auto* const table = std::get_if<Table>(&value.node.value);
  if (table == nullptr) return router;
  if (find(*table, "addresses") == nullptr)
    value.reject("addresses is missing; a router needs at least one address");
  require_one_password(value, *table);
  return router;
}

}  // namespace failover::config
