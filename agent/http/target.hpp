#pragma once
// The request target: a path and a query, percent-decoded once. Pure.

#include <map>
#include <string>
#include <string_view>

#include "protocol/result.hpp"

namespace failover::http {

struct Target {
  std::string path;                          // begins with '/'
  std::map<std::string, std::string> query;  // a key without '=' has an empty value
};

// Takes RFC 9112's origin form ("/v1/status?wait=30") and the absolute form of an http URL. Errors:
// another form, a '%' without two hexadecimal digits, a NUL, a query key that is given twice.
[[nodiscard]] Result<Target, ParseError> parse_target(std::string_view text);

}  // namespace failover::http
