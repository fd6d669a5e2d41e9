#include <nlohmann/json.hpp>

#include "agent/http/http_server.hpp"

namespace failover::http {

Response problem_response(const Problem& problem) {
  nlohmann::ordered_json document;
  document["type"] = problem.code.empty() ? "about:blank" : "urn:failover:" + problem.code;
  document["title"] = problem.title;
  document["status"] = problem.status;
  document["code"] = problem.code;
  document["detail"] = problem.detail;
  document["path"] = problem.path;
  document["hint"] = problem.hint;
  for (const Problem::Fault& fault : problem.errors)
    document["errors"].push_back(
        {{"key", fault.key}, {"message", fault.message}, {"text", fault.text}});
  // The path is the client's and may be anything; what is not UTF-8 is replaced, not thrown at us.
  constexpr auto not_utf8 = nlohmann::ordered_json::error_handler_t::replace;
  return Response{.status = problem.status,
                  .content_type = "application/problem+json",
                  .body = document.dump(-1, ' ', false, not_utf8) + "\n",
                  .headers = {}};
}

}  // namespace failover::http
