#include "agent/config/names.hpp"

#include <net/if.h>

#include "protocol/limits.hpp"

namespace failover::config {
namespace {

bool is_letter_or_digit(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9');
}

// Letters, digits and these.
bool is_made_of(std::string_view name, std::string_view others) {
  return std::ranges::all_of(name, [others](char letter) {
    return is_letter_or_digit(letter) || others.find(letter) != std::string_view::npos;
  });
}

// The kernel's dev_valid_name(), and no control characters, which nobody could type.
bool fits_interface(std::string_view name) {
  if (name == "." || name == "..") return false;
  return std::ranges::none_of(name, [](char letter) {
    return (letter >= 0 && letter <= ' ') || letter == 0x7f || letter == '/' || letter == ':';
  });
}

// They are parts of paths of the API and words on a command line.
bool fits_group(std::string_view name) {
  return is_letter_or_digit(name.front()) && is_made_of(name, "_-.");
}

// systemd.unit(5), and nothing that looks like an option.
bool fits_unit(std::string_view name) {
  return is_letter_or_digit(name.front()) && is_made_of(name, ":_-.\\@");
}

// POSIX's portable user names.
bool fits_user(std::string_view name) { return name.front() != '-' && is_made_of(name, "_-."); }

constexpr std::string_view letters_of_groups =
    "letters, digits, '_', '-' and '.', the first a letter or a digit";

std::string accepted(const NameKind& kind) {
  return "1.." + std::to_string(kind.longest) + " " + std::string(kind.made_of);
}

}  // namespace

constexpr NameKind interface_names{
    .what = "interface name",
    .longest = IFNAMSIZ - 1,
    .made_of = "bytes without '/', ':' and white space, not \".\" or \"..\"",
    .fits = fits_interface,
    .pattern = R"(^(?!\.{1,2}$)[^\u0000-\u0020\u007f/:]{1,15}$)"};
constexpr NameKind group_names{.what = "group name",
                               .longest = limits::group_name_bytes,
                               .made_of = letters_of_groups,
                               .fits = fits_group,
                               .pattern = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"};
constexpr NameKind track_names{.what = "track name",
                               .longest = limits::track_name_bytes,
                               .made_of = letters_of_groups,
                               .fits = fits_group,
                               .pattern = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"};
constexpr NameKind unit_names{
    .what = "unit",
    .longest = limits::unit_name_bytes,
    .made_of = "letters, digits and any of \":_-.\\@\", the first a letter or a digit",
    .fits = fits_unit,
    .pattern = R"(^[A-Za-z0-9][A-Za-z0-9:_.\\@-]*$)"};
constexpr NameKind user_names{.what = "user name",
                              .longest = limits::user_name_bytes,
                              .made_of = "letters, digits, '_', '-' and '.', the first not '-'",
                              .fits = fits_user,
                              .pattern = "^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,31}$"};

bool is_name(std::string_view name, const NameKind& kind) {
  return !name.empty() && name.size() <= kind.longest && kind.fits(name);
}

std::string refusal(std::string_view name, const NameKind& kind) {
  return in_quotes(name) + " is no " + std::string(kind.what) + "; accepted: " + accepted(kind);
}

std::optional<std::string_view> name_in(const Value& value, const NameKind& kind) {
  const auto text = text_in(value, accepted(kind));
  note_pattern(value, kind.pattern);
  if (!text) return std::nullopt;
  if (is_name(*text, kind)) return text;
  value.reject(refusal(*text, kind));
  return std::nullopt;
}

}  // namespace failover::config
