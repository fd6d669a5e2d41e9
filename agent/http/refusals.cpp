#include "agent/http/refusals.hpp"

namespace failover::http {

Problem internal_error(std::string path) {
  return {.status = 500,
          .code = "internal",
          .title = "Internal error",
          .detail = "the agent could not answer this request",
          .path = std::move(path),
          .hint = "the agent's log may say more"};
}

Problem too_many_connections(std::size_t places) {
  return {.status = 503,
          .code = "too-many-connections",
          .title = "Too many connections",
          .detail = "all " + std::to_string(places) + " connections for this user are in use",
          .path = "",
          .hint = "close some, or try again in a moment"};
}

Problem reads_only(std::string_view method, std::string path) {
  return {.status = 403,
          .code = "reads-only",
          .title = "This socket only answers reads",
          .detail = "GET and HEAD are accepted here, " + std::string(method) + " is not",
          .path = std::move(path),
          .hint = "use control.sock, as root or as a member of the group failover"};
}

Problem bad_target(std::string_view why, std::string target) {
  return {.status = 400,
          .code = "bad-target",
          .title = "Bad request target",
          .detail = std::string(why),
          .path = std::move(target),
          .hint = "encode what is not a letter, a digit or one of -._~ as %XX, once"};
}

Problem request_too_slow(Duration bound) {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(bound).count();
  return {.status = 408,
          .code = "request-too-slow",
          .title = "Request too slow",
          .detail = "a request must arrive whole within " + std::to_string(milliseconds) + " ms",
          .path = "",
          .hint = "send it at once"};
}

Problem header_too_large(std::size_t bound) {
  return {.status = 431,
          .code = "header-too-large",
          .title = "Header too large",
          .detail = "the header of a request may have " + std::to_string(bound) + " bytes",
          .path = "",
          .hint = "send fewer or shorter header fields, or a shorter target"};
}

Problem body_too_large(std::size_t bound, std::string path) {
  return {.status = 413,
          .code = "body-too-large",
          .title = "Body too large",
          .detail = "a body may have " + std::to_string(bound) + " bytes here",
          .path = std::move(path),
          .hint = "send less at a time"};
}

Problem malformed_request(std::string_view why) {
  return {.status = 400,
          .code = "malformed-request",
          .title = "Malformed request",
          .detail = "this is not an HTTP/1.1 request: " + std::string(why),
          .path = "",
          .hint = "send HTTP/1.1, as curl --unix-socket does"};
}

}  // namespace failover::http
