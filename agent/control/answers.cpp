#include "agent/control/answers.hpp"

#include <algorithm>

#include "agent/control/routes.hpp"

namespace failover::control {

http::Response json_answer(std::string body, unsigned status) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

http::Response no_such_path(const http::Request& request) {
  const std::string near = nearest_path(segments(request.path));
  return http::problem_response({.status = 404,
                                 .code = "no-such-path",
                                 .title = "There is nothing here",
                                 .detail = request.path + " is no path of this API",
                                 .path = request.path,
                                 .hint = near.empty() ? "GET /v1/openapi.json lists the paths"
                                                      : "did you mean " + near + "?"});
}

http::Response no_such_group(const http::Request& request, const std::string& name) {
  return http::problem_response({.status = 404,
                                 .code = "no-such-group",
                                 .title = "There is no such group",
                                 .detail = name + " is not configured",
                                 .path = request.path,
                                 .hint = "see /v1/status for those that are"});
}

http::Response wrong_method(const http::Request& request, const std::string& allowed) {
  auto response = http::problem_response({.status = 405,
                                          .code = "wrong-method",
                                          .title = "This path does not take " + request.method,
                                          .detail = "it takes " + allowed,
                                          .path = request.path,
                                          .hint = "use " + allowed});
  response.headers["Allow"] = allowed;
  return response;
}

std::vector<std::string> segments(const std::string& path) {
  std::vector<std::string> parts;
  std::size_t at = 1;
  while (at <= path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    if (end > at) parts.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace failover::control
