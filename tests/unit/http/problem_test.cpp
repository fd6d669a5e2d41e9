#include <nlohmann/json.hpp>

#include "agent/http/http_server.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {

using failover::http::problem_response;

TEST_CASE("a problem has type, title, status, code, detail, path and hint") {
  const auto response = problem_response({.status = 404,
                                          .code = "no-such-group",
                                          .title = "No such group",
                                          .detail = "there is no group \"web\"",
                                          .path = "/v1/status/group/web",
                                          .hint = "see failoverctl status"});
  CHECK(response.status == 404);
  CHECK(response.content_type == "application/problem+json");
  const auto document = nlohmann::json::parse(response.body);
  CHECK(document == nlohmann::json{{"type", "urn:failover:no-such-group"},
                                   {"title", "No such group"},
                                   {"status", 404},
                                   {"code", "no-such-group"},
                                   {"detail", "there is no group \"web\""},
                                   {"path", "/v1/status/group/web"},
                                   {"hint", "see failoverctl status"}});
}

TEST_CASE("a problem without a code is about:blank") {
  const auto document = nlohmann::json::parse(problem_response({}).body);
  CHECK(document["type"] == "about:blank");
}

TEST_CASE("a problem about a path that is not UTF-8 is still JSON") {
  const auto response = problem_response(
      {.status = 404, .code = "", .title = "", .detail = "", .path = "/\xff\"", .hint = ""});
  CHECK(nlohmann::json::parse(response.body)["path"] == "/\xef\xbf\xbd\"");
}

}  // namespace failover::tests
