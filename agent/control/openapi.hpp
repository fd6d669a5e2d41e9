#pragma once
// The API in OpenAPI 3.0.3, made of what answers it: the table of paths (routes.cpp), and for the
// configuration the description that its readers give of themselves.

#include <string>

namespace failover::control {

// The same text each time.
[[nodiscard]] std::string openapi_text();

}  // namespace failover::control
