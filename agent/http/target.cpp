#include "agent/http/target.hpp"

#include <optional>

namespace failover::http {
namespace {

std::optional<unsigned> hexadecimal(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10;
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A') + 10;
  return std::nullopt;
}

Result<std::string, ParseError> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char character = text[i];
    if (character == '%') {
      const auto high = i + 1 < text.size() ? hexadecimal(text[i + 1]) : std::nullopt;
      const auto low = i + 2 < text.size() ? hexadecimal(text[i + 2]) : std::nullopt;
      if (!high || !low) {
        return failure(ParseError{"a '%' in the request target lacks its two hexadecimal digits"});
      }
      character = static_cast<char>(*high * 16 + *low);
      i += 2;
    }
    if (character == '\0') return failure(ParseError{"the request target has a NUL in it"});
    decoded.push_back(character);
  }
  return decoded;
}

// Nothing, or what is wrong with it.
std::optional<ParseError> parse_query(std::string_view text,
                                      std::map<std::string, std::string>& query) {
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    const std::string_view name = pair.substr(0, pair.find('='));
    const std::string_view rest = pair.substr(std::min(name.size() + 1, pair.size()));
    auto key = percent_decoded(name);
    if (!key) return key.error();
    auto value = percent_decoded(rest);
    if (!value) return value.error();
    if (!query.emplace(std::move(*key), std::move(*value)).second) {
      return ParseError{"a query key is given twice"};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Target, ParseError> parse_target(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  if (text.starts_with(scheme)) {
    text.remove_prefix(scheme.size());
    const auto authority = text.find_first_of("/?");
    text.remove_prefix(std::min(authority, text.size()));
    if (text.empty()) text = "/";
  }
  if (!text.starts_with('/')) return failure(ParseError{"the request target is not a path"});

  const std::string_view path = text.substr(0, text.find('?'));
  const std::string_view query = text.substr(std::min(path.size() + 1, text.size()));
  Target target;
  auto decoded = percent_decoded(path);
  if (!decoded) return failure(decoded.error());
  target.path = std::move(*decoded);
  if (const auto wrong = parse_query(query, target.query)) return failure(*wrong);
  return target;
}

}  // namespace failover::http
