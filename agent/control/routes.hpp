#pragma once
// What there is in the API, as data: every path with the methods that it takes. A request that is
// not in here is refused before anything looks at it, so the OpenAPI document, which is made of the
// same table (openapi.cpp), cannot leave out anything that is answered.

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace failover::control {

struct Route {
  std::string_view method;
  std::string_view path;    // "/v1/status/group/{group}"; "{...}" at the end: one or more names
  std::string_view says;    // a line for people
  std::string_view answer;  // the document that 2xx comes with, as openapi.cpp calls it
  std::array<unsigned, 7> statuses;  // what it may answer, 0: no more; not what HTTP itself refuses
  std::string_view body = {};        // the document that it takes; empty: none
  std::array<std::string_view, 4> query = {};  // keys behind the question mark
};

[[nodiscard]] std::span<const Route> routes();

// "GET, PUT": what the path with these names takes, in the table's order. Empty: there is none.
[[nodiscard]] std::string methods_of(std::span<const std::string> path);

// The path that a mistyped one was most likely meant to be; empty when none is near enough.
[[nodiscard]] std::string nearest_path(std::span<const std::string> path);

}  // namespace failover::control
