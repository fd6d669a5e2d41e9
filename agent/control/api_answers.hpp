#pragma once
// Requests that have a body, and answers to those that are refused, for what works on
// configurations.

#include <string>

#include "agent/changes/changes.hpp"
#include "agent/config/syntax_error.hpp"
#include "agent/config/tree.hpp"
#include "agent/http/http_server.hpp"

namespace failover::control {

[[nodiscard]] http::Response bad_body(const http::Request& request, std::string detail);
// With all that is wrong with a configuration, where it is that.
[[nodiscard]] http::Response refusal(const http::Request& request, const changes::Refused& refused);

[[nodiscard]] std::string syntax_text(const config::SyntaxError& error);
// The body as JSON; or what is wrong with it.
[[nodiscard]] Result<config::Node, std::string> json_in(const http::Request& request);
// Its members; none when it is empty.
[[nodiscard]] Result<config::Table, std::string> members_in(const http::Request& request);

}  // namespace failover::control
