#pragma once
// What a check connects to, as people write it: an address with a port, and a URL.
//
// Names are refused: a look-up may take longer than any check, and asks a server that may be the
// very thing that has failed.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/config/group_settings.hpp"
#include "protocol/address.hpp"
#include "protocol/result.hpp"

namespace failover::config {

struct Endpoint {
  IpAddress address;
  std::optional<std::uint16_t> port = {};  // nothing: none is written
};

// "192.0.2.1:80", "[2001:db8::1]:80", and the same without the port.
[[nodiscard]] Result<Endpoint, ParseError> parse_endpoint(std::string_view text);

// "http://ADDRESS[:PORT][/PATH][?QUERY]": all of an HttpTrack but the status.
[[nodiscard]] Result<HttpTrack, ParseError> parse_http_url(std::string_view text);

}  // namespace failover::config
