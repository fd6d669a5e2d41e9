#include "agent/config/check_endpoint.hpp"

#include <algorithm>
#include <charconv>

#include "protocol/limits.hpp"

namespace failover::config {
namespace {

constexpr std::uint16_t http_port = 80;

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

// The text in front of the port, and the port behind its colon; no port when there is none.
struct Parts {
  std::string_view host;
  std::optional<std::string_view> port = {};
};

Result<Parts, ParseError> take_apart(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return failure(ParseError{"the bracket is not closed"});
    const auto behind = text.substr(end + 1);
    const auto host = text.substr(1, end - 1);
    if (behind.empty()) return Parts{.host = host};
    if (behind.starts_with(':')) return Parts{.host = host, .port = behind.substr(1)};
    return failure(ParseError{"behind the bracket there is something else than a port"});
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return Parts{.host = text};
  if (text.find(':', colon + 1) != std::string_view::npos)
    return failure(ParseError{"an IPv6 address is written in brackets here"});
  return Parts{.host = text.substr(0, colon), .port = text.substr(colon + 1)};
}

// Nothing that could end a request's line, or would have to be encoded.
bool is_target(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) {
    return letter > ' ' && letter < 0x7f &&
           std::string_view("\"#<>\\^`{|}").find(letter) == std::string_view::npos;
  });
}

}  // namespace

Result<Endpoint, ParseError> parse_endpoint(std::string_view text) {
  const auto parts = take_apart(text);
  if (!parts) return failure(parts.error());
  const auto address = IpAddress::parse(parts->host);
  if (!address) return failure(address.error());
  if (text.starts_with('[') && address->family() == Family::ipv4)
    return failure(ParseError{"only an IPv6 address is written in brackets"});
  if (!parts->port) return Endpoint{.address = *address};
  const auto port = parse_port(*parts->port);
  if (!port) return failure(ParseError{"a port is a number of 1..65535"});
  return Endpoint{.address = *address, .port = *port};
}

Result<HttpTrack, ParseError> parse_http_url(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  if (text.starts_with("https://"))
    return failure(
        ParseError{"https is not spoken here; use a track of type \"command\" with a program that "
                   "speaks it, like [\"/usr/bin/curl\", \"-fsS\", \"https://...\"]"});
  if (!text.starts_with(scheme)) return failure(ParseError{"not a URL of http"});
  if (text.size() > limits::track_url_bytes)
    return failure(ParseError{"longer than 2048 bytes, which servers need not take"});
  static_assert(limits::track_url_bytes == 2'048);
  text.remove_prefix(scheme.size());
  const auto authority = text.substr(0, text.find_first_of("/?#"));
  const auto target = text.substr(authority.size());
  const auto endpoint = parse_endpoint(authority);
  if (!endpoint) return failure(endpoint.error());
  if (!is_target(target))
    return failure(ParseError{"the path has a character that a URL cannot have, or a fragment"});
  HttpTrack http{.address = endpoint->address,
                 .port = endpoint->port.value_or(http_port),
                 .host = std::string(authority)};
  // ":80" says what is so anyway, and some servers compare the name with it.
  if (endpoint->port == http_port) http.host = authority.substr(0, authority.rfind(':'));
  http.target = (target.starts_with('/') ? "" : "/") + std::string(target);
  return http;
}

}  // namespace failover::config
