#include "agent/control/api_answers.hpp"

#include "agent/config/json_document.hpp"

namespace failover::control {
namespace {

using changes::Refused;

unsigned status_of(Refused::Kind kind) {
  switch (kind) {
    case Refused::Kind::invalid: return 422;
    case Refused::Kind::conflict: return 409;
    case Refused::Kind::stale: return 412;
    case Refused::Kind::missing: return 404;
    case Refused::Kind::machine: return 507;
  }
  return 500;
}

}  // namespace

http::Response bad_body(const http::Request& request, std::string detail) {
  return http::problem_response({.status = 400,
                                 .code = "bad-body",
                                 .title = "The body is not understood",
                                 .detail = std::move(detail),
                                 .path = request.path,
                                 .hint = "see failover-api(7)"});
}

http::Response refusal(const http::Request& request, const Refused& refused) {
  http::Problem problem{.status = status_of(refused.kind),
                        .code = refused.code,
                        .title = refused.title,
                        .detail = refused.detail,
                        .path = request.path,
                        .hint = refused.hint};
  for (const config::ConfigError& error : refused.errors)
    problem.errors.push_back({.key = error.key, .message = error.message, .text = error.text()});
  return http::problem_response(problem);
}

std::string syntax_text(const config::SyntaxError& error) {
  return "line " + std::to_string(error.place.line) + ", column " +
         std::to_string(error.place.column) + ": " + error.message;
}

Result<config::Node, std::string> json_in(const http::Request& request) {
  auto node = config::parse_json(request.body, 0);
  if (!node) return failure(syntax_text(node.error()));
  return std::move(*node);
}

Result<config::Table, std::string> members_in(const http::Request& request) {
  if (request.body.empty()) return config::Table{};
  auto node = json_in(request);
  if (!node) return failure(node.error());
  auto* const table = std::get_if<config::Table>(&node->value);
  if (table == nullptr) return failure(std::string("it must be an object"));
  return std::move(*table);
}

}  // namespace failover::control
