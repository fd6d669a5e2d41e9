#pragma once
// What the server itself refuses, in the words that clients see. Pure.

#include <string>
#include <string_view>

#include "agent/http/http_server.hpp"

namespace failover::http {

[[nodiscard]] Problem internal_error(std::string path);
[[nodiscard]] Problem too_many_connections(std::size_t places);
[[nodiscard]] Problem reads_only(std::string_view method, std::string path);
[[nodiscard]] Problem bad_target(std::string_view why, std::string target);
[[nodiscard]] Problem request_too_slow(Duration bound);
[[nodiscard]] Problem header_too_large(std::size_t bound);
[[nodiscard]] Problem body_too_large(std::size_t bound, std::string path);
[[nodiscard]] Problem malformed_request(std::string_view why);

}  // namespace failover::http
