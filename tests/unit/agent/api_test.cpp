// The API: every path and method, with what it answers and what it asks of the engine.

#include "agent/control/api.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;
using http::Response;

struct Fixture : ControlScene {
  Fixture() {
    directory.apply(configuration({carp_settings("eth0", vhid_10, "192.0.2.1/24"),
                                   carp_settings("eth0", vhid_11, "192.0.2.2/24")}));
    (void)asked_of_kernel(mailboxes);
  }
};

std::string code(const Response& response) {
  CHECK(response.content_type == "application/problem+json");
  const Json problem = Json::parse(response.body);
  CHECK(problem.at("status") == response.status);
  return problem.at("code");
}

const std::string web = "/v1/exec/group/eth0.carp.10/";

}  // namespace

TEST_CASE("PRODUCT 7: status and health are answered as JSON") {
  Fixture fixture;
  const Response status = fixture.get("/v1/status");
  CHECK(status.status == 200);
  CHECK(status.content_type == "application/json");
  CHECK(Json::parse(status.body).at("schema") == "failover.status.v1");
  CHECK(fixture.get("/v1/status/").status == 200);
  const Response health = fixture.get("/v1/healthz");
  CHECK(health.status == 200);
  CHECK(Json::parse(health.body).at("healthy") == true);
}

TEST_CASE("an engine that does not come round is unhealthy, status 503") {
  Fixture fixture;
  fixture.state.engine_alive = false;
  const Response health = fixture.get("/v1/healthz");
  CHECK(health.status == 503);
  CHECK(Json::parse(health.body).at("healthy") == false);
  CHECK(fixture.get("/v1/status").status == 200);
}

TEST_CASE("PRODUCT 7: a path that there is not is 404") {
  Fixture fixture;
  for (const char* path : {"/", "/v1", "/v2/status", "/v1/status/x", "/v1/exec/group/eth0.carp.10",
                           "/v1/exec/group/eth0.carp.10/dance", "/v1/operation/1/x",
                           "/v1/exec/host/eth0.carp.10/switchover", "/v1/exec/agent/switchover",
                           "/v1/exec/group/eth0.carp.10/freeze", "/v1/status/track/x",
                           "/v1/status/group/x/y", "/v1/explain", "/v1/history", "/v1/events/x"}) {
    INFO(path);
    const Response response = fixture.post(path);
    CHECK(response.status == 404);
    CHECK(code(response) == "no-such-path");
  }
}

TEST_CASE("PRODUCT 7: a wrong method is 405 and says which is right") {
  Fixture fixture;
  for (const char* path :
       {"/v1/status", "/v1/healthz", "/v1/operation", "/v1/operation/1", "/v1/status/group",
        "/v1/status/group/web/elements", "/v1/explain/web", "/v1/history/web", "/v1/events"})
    for (const char* method : {"POST", "PUT", "DELETE", "PATCH"}) {
      INFO(method << " " << path);
      const Response response = fixture.send(method, path);
      CHECK(response.status == 405);
      CHECK(response.headers.at("Allow") == "GET");
      CHECK(code(response) == "wrong-method");
    }
  const Response response = fixture.get(web + "switchover");
  CHECK(response.status == 405);
  CHECK(response.headers.at("Allow") == "POST");
}

TEST_CASE("PRODUCT 7: an action is answered with 202, its operation, and where that is") {
  Fixture fixture;
  const Response response = fixture.post(web + "switchover", R"({"reason": "kernel update"})");
  CHECK(response.status == 202);
  CHECK(response.headers.at("Location") == "/v1/operation/1");
  const Json operation = Json::parse(response.body);
  CHECK(operation.at("id") == 1);
  CHECK(operation.at("kind") == "switchover");
  CHECK(operation.at("state") == "running");
  CHECK(operation.at("reason") == "kernel update");
  CHECK(operation.at("uid") == 0);
  CHECK(operation.at("pid") == 4711);
  CHECK(asked_of_engine(fixture.mailboxes) == Words{"switchover 0 1"});
}

TEST_CASE("each action asks the engine for what its name says") {
  Fixture fixture;
  (void)fixture.post(web + "announce");
  (void)fixture.post("/v1/exec/group/eth0.carp.11/release", "{}");
  CHECK(asked_of_engine(fixture.mailboxes) == Words{"announce 0 1", "release 1 2"});
}

TEST_CASE("an action on a group that there is not is 404 and asks nobody") {
  Fixture fixture;
  const Response response = fixture.post("/v1/exec/group/web/switchover");
  CHECK(response.status == 404);
  CHECK(code(response) == "no-such-group");
  CHECK(asked_of_engine(fixture.mailboxes).empty());
}

TEST_CASE("a body that is not understood is 400 and asks nobody") {
  Fixture fixture;
  for (const char* body : {"x", "[]", "1", "\"reason\"", "null", R"({"reason": 1})",
                           R"({"reason": null})", R"({"cause": "x"})", R"({"reason": "x")",
                           "{\"reason\": \"\xff\"}", R"({"reason": "x", "for_s": 1})"}) {
    INFO(body);
    const Response response = fixture.post(web + "switchover", body);
    CHECK(response.status == 400);
    CHECK(code(response) == "bad-body");
  }
  CHECK(asked_of_engine(fixture.mailboxes).empty());
  CHECK(fixture.operations.all().empty());
}

TEST_CASE("PRODUCT 7: a second action while one runs is 409, on the same group only") {
  Fixture fixture;
  (void)fixture.post(web + "switchover");
  const Response response = fixture.post(web + "announce");
  CHECK(response.status == 409);
  CHECK(code(response) == "operation-running");
  CHECK(Json::parse(response.body).at("detail").get<std::string>().find("operation 1") == 0);
  CHECK(fixture.post("/v1/exec/group/eth0.carp.11/switchover").status == 202);
  fixture.finish(1, 0, router::Outcome::done);
  CHECK(fixture.post(web + "announce").status == 202);
}

TEST_CASE("operations are listed, and read by their number") {
  Fixture fixture;
  (void)fixture.post(web + "announce");
  CHECK(Json::parse(fixture.get("/v1/operation").body).at("operations").size() == 1);
  CHECK(Json::parse(fixture.get("/v1/operation/1").body).at("state") == "running");
  for (const char* number : {"2", "0", "-1", "1x", "one", "99999999999999999999999"}) {
    INFO(number);
    const Response response = fixture.get(std::string("/v1/operation/") + number);
    CHECK(response.status == 404);
    CHECK(code(response) == "no-such-operation");
  }
}

TEST_CASE("PRODUCT 7: who waits for an operation is answered when it ends") {
  Fixture fixture;
  (void)fixture.post(web + "switchover");
  const auto answer = fixture.ask("GET", "/v1/operation/1", {{"wait", "60"}});
  fixture.context.poll();
  CHECK_FALSE(*answer);
  fixture.finish(1, 0, router::Outcome::taken_back);
  fixture.context.restart();
  fixture.context.poll();
  REQUIRE(*answer);
  const Json operation = Json::parse((*answer)->body);
  CHECK(operation.at("state") == "failed");
  CHECK(operation.at("exit") == 5);
}

TEST_CASE("PRODUCT 7: who waits is answered when the time is over, too") {
  Fixture fixture;
  (void)fixture.post(web + "switchover");
  const auto answer = fixture.ask("GET", "/v1/operation/1", {{"wait", "0"}});
  fixture.context.run();
  REQUIRE(*answer);
  CHECK(Json::parse((*answer)->body).at("state") == "running");
  // Nobody waits any more: its end answers nothing twice.
  fixture.finish(1, 0, router::Outcome::done);
  CHECK(Json::parse((*answer)->body).at("state") == "running");
}

TEST_CASE("an operation that has ended is answered at once, whatever the wait") {
  Fixture fixture;
  (void)fixture.post(web + "switchover");
  fixture.finish(1, 0, router::Outcome::done);
  CHECK(Json::parse(fixture.get("/v1/operation/1", {{"wait", "60"}}).body).at("state") == "done");
}

TEST_CASE("a wait that is no number of seconds up to the bound is 400") {
  Fixture fixture;
  (void)fixture.post(web + "switchover");
  for (const char* wait : {"", "61", "-1", "1.5", "forever", "1s", "99999999999"}) {
    INFO(wait);
    const Response response = fixture.get("/v1/operation/1", {{"wait", wait}});
    CHECK(response.status == 400);
    CHECK(code(response) == "bad-wait");
  }
}

}  // namespace failover::tests
