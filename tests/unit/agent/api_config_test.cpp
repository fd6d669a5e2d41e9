// /v1/config, /v1/candidate, /v1/revisions, /v1/pending (PRODUCT 4 and 7): what requests make of
// the configuration, and what they are told.

#include <nlohmann/json.hpp>

#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Json = nlohmann::json;

constexpr const char* begin_with = R"([interface.eth0.carp.10]
addresses = ["203.0.113.10/24"]
password = "very secret"
)";
const std::string router = "/v1/config/interface/eth0/carp/10";

struct Scene : ControlScene {
  Scene() {
    files.write("failover.toml", begin_with);
    const auto file = files / "failover.toml";
    auto document = config::read_document(file);
    changes.begin({.tree = std::move(document->tree)}, *config::read_configuration(file));
    changes.read_revisions();
  }
  Json patch(const std::string& path, const Json& body, unsigned status = 200) {
    return said(send("PATCH", path, body.dump()), status);
  }
  Json said(const http::Response& response, unsigned status = 200) {
    INFO(response.body);
    CHECK(response.status == status);
    return Json::parse(response.body);
  }
  Json read(const std::string& path) { return said(get(path)); }
};

}  // namespace

TEST_CASE("PRODUCT 7: the tree is read at every level, and no secret in it") {
  Scene scene;
  CHECK(scene.read("/v1/config")["interface"]["eth0"]["carp"]["10"]["password"] == "(set)");
  CHECK(scene.read(router + "/password") == "(set)");
  CHECK(scene.read(router + "/addresses") == Json{"203.0.113.10/24"});
  CHECK(scene.said(scene.get(router + "/advskew"), 404)["code"] == "no-such-value");
  CHECK(scene.get(router).headers.at("ETag") == "\"1\"");
}

TEST_CASE("PRODUCT 4: PATCH merges, acts at once, and says what has changed") {
  Scene scene;
  const Json change = scene.patch(router, {{"advskew", 7}});
  CHECK(change["revision"] == 2);
  CHECK(change["previous"] == 1);
  CHECK(change["saved"] == false);
  CHECK(change["changes"] ==
        Json::array({{{"path", "interface.eth0.carp.10.advskew"}, {"after", 7}}}));
  REQUIRE(scene.applied.size() == 1);
  CHECK(carp_of(scene.applied[0].routers.at(0)).advskew == carp::AdvSkew::of<7>());
  SECTION("null removes") {
    CHECK(scene.patch(router, {{"advskew", nullptr}})["changes"][0]["before"] == 7);
    CHECK(scene.read("/v1/pending")["saved"] == true);
  }
  SECTION("what is the same already is no revision") {
    CHECK(scene.patch(router, {{"advskew", 7}})["revision"] == 2);
    CHECK(scene.applied.size() == 1);
  }
}

TEST_CASE("PRODUCT 4: a secret that is written back as it was read stays") {
  Scene scene;
  Json whole = scene.read("/v1/config");
  whole["interface"]["eth0"]["carp"]["10"]["advskew"] = 9;
  const Json change = scene.said(scene.send("PUT", "/v1/config", whole.dump()));
  CHECK(change["changes"].size() == 1);
  CHECK(carp_of(scene.applied.at(0).routers.at(0)).password == Secret("very secret"));
}

TEST_CASE("a changed secret is a change, and neither value is told") {
  Scene scene;
  const http::Response response = scene.send("PATCH", router, R"({"password": "other secret"})");
  CHECK(scene.said(response)["changes"][0]["path"] == "interface.eth0.carp.10.password");
  CHECK(response.body.find("secret\"") == std::string::npos);
  CHECK(scene.get("/v1/revisions/2").body.find("other") == std::string::npos);
  for (const std::string& line : scene.log) CHECK(line.find("other") == std::string::npos);
}

TEST_CASE("PRODUCT 7: PUT replaces, POST adds what is new, DELETE removes") {
  Scene scene;
  const std::string eleven = R"({"addresses": ["203.0.113.11/24"], "password": "another"})";
  CHECK(scene.said(scene.send("POST", "/v1/config/interface/eth0/carp", "{\"11\": " + eleven + "}"),
                   201)["revision"] == 2);
  CHECK(scene.said(scene.send("POST", "/v1/config/interface/eth0/carp", "{\"11\": " + eleven + "}"),
                   409)["code"] == "exists");
  scene.said(scene.send("PUT", "/v1/config/interface/eth0/carp/11/advskew", "3"));
  CHECK(scene.read("/v1/config/interface/eth0/carp/11/advskew") == 3);
  scene.said(scene.send("DELETE", "/v1/config/interface/eth0/carp/11"));
  CHECK(scene.applied.back().routers.size() == 1);
  CHECK(scene.said(scene.send("DELETE", "/v1/config/interface/eth0/carp/11"), 404)["code"] ==
        "no-such-value");
  CHECK(scene.send("DELETE", "/v1/config").status == 405);
}

TEST_CASE("PRODUCT 4: every error is told, with its key, and nothing has changed") {
  Scene scene;
  const Json problem = scene.patch(router, {{"advskew", 300}, {"advbas", 1}}, 422);
  CHECK(problem["code"] == "configuration-invalid");
  REQUIRE(problem["errors"].size() == 2);
  CHECK(problem["errors"][1]["key"] == "interface.eth0.carp.10.advskew");
  CHECK(scene.applied.empty());
  CHECK(scene.read("/v1/revisions")["revisions"].size() == 1);
  CHECK(scene.said(scene.send("PATCH", router, "{"), 400)["code"] == "bad-body");
  CHECK(scene.said(scene.send("PUT", router + "/password/deeper", "1"), 409)["code"] == "no-table");
}

TEST_CASE("a reason that could not be kept is refused, and one in any language is kept") {
  Scene scene;
  const std::string body = R"({"advskew": 7})";
  for (const std::string& reason : {std::string(1025, 'x'), std::string("\xff\xfe")}) {
    const auto answer = scene.ask("PATCH", router, {{"reason", reason}}, body)->value();
    CHECK(scene.said(answer, 400)["code"] == "bad-reason");
  }
  CHECK(scene.applied.empty());
  scene.said(scene.ask("PATCH", router, {{"reason", "größer"}}, body)->value());
  CHECK(scene.read("/v1/revisions")["revisions"][0]["reason"] == "größer");
}

TEST_CASE("a change can be looked at without making it") {
  Scene scene;
  const auto answer =
      scene.ask("PATCH", router, {{"dry_run", "true"}}, R"({"advskew": 7})")->value();
  const Json plan = scene.said(answer);
  CHECK(plan["revision"].is_null());
  CHECK(plan["groups"][0]["effect"] == "updated");
  CHECK(scene.applied.empty());
}

TEST_CASE("PRODUCT 7: a draft is put together, looked at, and applied, as one change") {
  Scene scene;
  const Json patch{{"interface", {{"eth0", {{"carp", {{"10", {{"advskew", 300}}}}}}}}}};
  CHECK(scene.patch("/v1/candidate", patch)["errors"][0]["key"] ==
        "interface.eth0.carp.10.advskew");
  CHECK(scene.said(scene.get("/v1/candidate/plan"), 422)["errors"].size() == 1);
  scene.patch("/v1/candidate", {{"interface", {{"eth0", {{"carp", {{"10", {{"advskew", 8}}}}}}}}}});
  CHECK(scene.read("/v1/candidate/diff")["changes"][0]["after"] == 8);
  CHECK(scene.read("/v1/candidate/plan")["revision"].is_null());
  CHECK(scene.read("/v1/pending")["candidate"] == true);
  CHECK(scene.applied.empty());
  CHECK(scene.said(scene.post("/v1/candidate/apply", R"({"reason": "night work"})"))["revision"] ==
        2);
  CHECK(scene.read("/v1/revisions")["revisions"][0]["reason"] == "night work");
  CHECK(scene.said(scene.post("/v1/candidate/apply"), 409)["code"] == "no-candidate");
}

TEST_CASE("a draft can be the agent's own file, or be given up") {
  Scene scene;
  scene.files.write("failover.toml", std::string(begin_with) + "advskew = 12\n");
  CHECK(scene.said(scene.ask("PUT", "/v1/candidate", {{"from", "file"}})
                       ->value())["changes"][0]["after"] == 12);
  CHECK(scene.said(scene.send("DELETE", "/v1/candidate"))["candidate"] == false);
  CHECK(scene.applied.empty());
}

TEST_CASE("PRODUCT 4: without a confirmation in its time a change is rolled back") {
  Scene scene;
  const Json patch{{"interface", {{"eth0", {{"carp", {{"10", {{"advskew", 8}}}}}}}}}};
  scene.patch("/v1/candidate", patch);
  CHECK(scene.said(scene.post("/v1/candidate/apply", R"({"confirm": "1s"})"), 400)["detail"]
            .get<std::string>()
            .find("5s") != std::string::npos);
  scene.said(scene.post("/v1/candidate/apply", R"({"confirm": "60s"})"));
  CHECK(scene.read("/v1/pending")["confirm"]["back_to"] == 1);
  SECTION("until then there is no other") {
    CHECK(scene.patch(router, {{"advskew", 9}}, 409)["code"] == "confirm-pending");
  }
  SECTION("it can be confirmed, once") {
    scene.said(scene.post("/v1/candidate/confirm"));
    CHECK(scene.read("/v1/pending")["confirm"].is_null());
    CHECK(scene.said(scene.post("/v1/candidate/confirm"), 409)["code"] == "nothing-pending");
    CHECK(scene.read(router + "/advskew") == 8);
  }
  SECTION("it can be rolled back by hand") {
    CHECK(scene.said(scene.post("/v1/candidate/rollback"))["changes"][0]["before"] == 8);
    CHECK(scene.read("/v1/pending")["saved"] == true);
  }
  SECTION("who goes on after its time rolls it back") {
    auto kept = config::read_in_force(scene.files / "configuration.json");
    REQUIRE(kept);
    REQUIRE(kept->unconfirmed);
    CHECK(kept->unconfirmed->back_to == 1);
    kept->unconfirmed->until = 0;
    const auto now = config::judge(config::document_of(kept->tree, "configuration"));
    scene.changes.begin(std::move(*kept), *now);
    scene.changes.read_revisions();
    while (scene.changes.unconfirmed()) scene.context.run_one();
    CHECK(scene.said(scene.get(router + "/advskew"), 404)["code"] == "no-such-value");
    CHECK(scene.read("/v1/revisions")["revisions"][0]["source"] == "rollback");
  }
}

TEST_CASE("PRODUCT 7: any revision that is kept can be gone back to") {
  Scene scene;
  scene.patch(router, {{"advskew", 7}});
  scene.patch(router, {{"advskew", 8}});
  CHECK(scene.said(scene.post("/v1/candidate/rollback", R"({"revision": 2})"))["revision"] == 4);
  CHECK(scene.read(router + "/advskew") == 7);
  CHECK(scene.said(scene.post("/v1/candidate/rollback", R"({"revision": 77})"), 404)["code"] ==
        "no-such-revision");
  CHECK(scene.said(scene.get("/v1/revisions/77"), 404)["code"] == "no-such-revision");
  SECTION("by the next agent, too") {
    std::vector<std::string> told;
    changes::Revisions kept(scene.files / "",
                            [&](const std::string& text) { told.push_back(text); });
    kept.read();
    CHECK(told.empty());
    CHECK(kept.tree_of(2).has_value());
    CHECK_FALSE(kept.tree_of(77).has_value());
    REQUIRE(kept.all().size() == 4);
    CHECK(kept.latest()->source == changes::Source::rollback);
  }
}

TEST_CASE("revisions: numbers go on where the state directory was lost") {
  std::vector<std::string> told;
  const auto tell = [&](const std::string& text) { told.push_back(text); };
  changes::Revisions lost(std::nullopt, tell);
  lost.read();
  CHECK(lost.add({.number = 14}, {}) == 14);
  CHECK(lost.add({}, {}) == 15);
  CHECK(lost.tree_of(14).has_value());
  CHECK(told.empty());
}

TEST_CASE("revisions: a file that is not understood is told, and no revision") {
  Scene scene;
  scene.files.write("revisions/7.json", "{\n");
  std::vector<std::string> told;
  changes::Revisions kept(scene.files / "", [&](const std::string& text) { told.push_back(text); });
  kept.read();
  CHECK(kept.all().size() == 1);
  REQUIRE(told.size() == 1);
  CHECK(told[0].find("7.json") != std::string::npos);
}

TEST_CASE("revisions: the oldest go, the numbers go on") {
  Scene scene;
  for (unsigned i = 0; i < limits::revisions_kept + 5; ++i)
    scene.patch(router, {{"advskew", i % 200 + 1}});
  const Json list = scene.read("/v1/revisions")["revisions"];
  CHECK(list.size() == limits::revisions_kept);
  CHECK(list[0]["revision"] == limits::revisions_kept + 6);
}

TEST_CASE("save writes what is in force, and keeps what was there") {
  Scene scene;
  scene.patch(router, {{"advskew", 7}});
  const Json saved = scene.said(scene.post("/v1/exec/agent/save"));
  CHECK(std::filesystem::exists(saved["backup"].get<std::string>()));
  CHECK(scene.read("/v1/pending")["saved"] == true);
  const auto again = config::read_configuration(scene.files / "failover.toml");
  REQUIRE(again);
  CHECK(*again == scene.applied.back());
  SECTION("not beside fragments, which would say the same twice") {
    scene.files.write("conf.d/more.toml", "");
    CHECK(scene.said(scene.post("/v1/exec/agent/save"), 409)["code"] == "fragments");
  }
  SECTION("not over another file") {
    const auto other = scene.files.write("other.toml", "");
    CHECK(scene.said(scene.post("/v1/exec/agent/save", Json{{"file", other.string()}}.dump()),
                     409)["code"] == "exists");
  }
}

TEST_CASE("a change that cannot be kept for the next agent is not made") {
  Scene scene;
  std::filesystem::create_directory(scene.files / "configuration.json.new");
  CHECK(scene.patch(router, {{"advskew", 7}}, 507)["code"] == "not-kept");
  CHECK(scene.applied.empty());
  CHECK(scene.read("/v1/revisions")["revisions"].size() == 1);
}

TEST_CASE("PRODUCT 7: each place tells what may stand there, whether something does or not") {
  Scene scene;
  const auto node = [&](const std::string& path) {
    return scene.said(scene.get(path, {{"view", "node"}}));
  };
  const Json unset = node(router + "/advskew");
  CHECK(unset["type"] == Json{"integer"});
  CHECK(unset["accepted"] == "0..254");
  CHECK(unset["default"] == 0);
  CHECK(unset["is_default"] == true);
  CHECK(unset["delete_allowed"] == false);
  CHECK(node(router + "/password")["value"] == "(set)");
  CHECK(node(router + "/addresses")["default_allowed"] == false);
  CHECK(node(router)["children"] == 2);
  CHECK(scene.get(router + "/advskwe", {{"view", "node"}}).status == 404);
  CHECK(scene.read("/v1/schema")["properties"].contains("interface"));
}

TEST_CASE("PRODUCT 7: who asks for what is not there is told the nearest, or the default") {
  Scene scene;
  CHECK(scene.said(scene.get(router + "/advskwe"), 404)["hint"] == "did you mean \"advskew\"?");
  CHECK(scene.said(scene.get("/v1/config/interfaces"), 404)["hint"] ==
        "did you mean \"interface\"?");
  CHECK(scene.said(scene.get(router + "/advskew"), 404)["hint"] == "the default is in force: 0");
}

TEST_CASE("the configuration is read with its defaults, as a file, and never with its secrets") {
  Scene scene;
  const auto shown = [&](const std::string& path, const std::map<std::string, std::string>& query) {
    return scene.get(path, query);
  };
  const Json complete = scene.said(shown(router, {{"view", "defaults"}}));
  CHECK(complete["advskew"] == 0);
  CHECK(complete["password"] == "(set)");
  CHECK(scene.said(shown(router + "/mode", {{"view", "defaults"}})) == "warm");
  const auto file = shown("/v1/config", {{"format", "toml"}});
  CHECK(file.content_type == "application/toml");
  CHECK(file.body ==
        "[interface.eth0.carp.10]\naddresses = [\"203.0.113.10/24\"]\npassword = \"(set)\"\n");
  CHECK(shown("/v1/candidate", {{"format", "toml"}}).body == file.body);
  CHECK(shown("/v1/config", {{"format", "toml"}, {"view", "defaults"}}).body.find("mode = ") !=
        std::string::npos);
}

TEST_CASE("paths and methods that there are not") {
  Scene scene;
  CHECK(scene.get("/v1/candidate/nothing").status == 404);
  CHECK(scene.get("/v1/pending/more").status == 404);
  CHECK(scene.send("POST", "/v1/candidate/diff").status == 405);
  CHECK(scene.get("/v1/candidate/apply").status == 405);
  CHECK(scene.send("DELETE", "/v1/revisions").status == 405);
}

TEST_CASE("what the kernel refuses is taken back, all of it, and kept as two revisions") {
  Scene scene;
  scene.kernel_refuses = {"eth0.carp.10: add 203.0.113.11/24 on eth0: Permission denied"};
  const Json problem = scene.patch(
      router, {{"addresses", {"203.0.113.10/24", "203.0.113.11/24"}}, {"advskew", 7}}, 409);
  CHECK(problem["code"] == "kernel-refused");
  CHECK(problem["detail"] == "eth0.carp.10: add 203.0.113.11/24 on eth0: Permission denied");
  CHECK(problem["hint"] == "everything is as it was before");
  REQUIRE(scene.applied.size() == 2);
  CHECK(scene.tried == std::vector<bool>{true, false});  // the way back is made, whatever comes
  CHECK(scene.applied[1] == *config::read_configuration(scene.files / "failover.toml"));
  CHECK(scene.read(router + "/addresses") == Json{"203.0.113.10/24"});
  const Json revisions = scene.read("/v1/revisions")["revisions"];
  REQUIRE(revisions.size() == 3);
  CHECK(revisions[0]["source"] == "rollback");
  CHECK(revisions[0]["owner"] == "failoverd");
  CHECK(scene.read("/v1/pending")["saved"] == true);
  CHECK(scene.patch(router, {{"advskew", 7}})["revision"] == 4);
}

TEST_CASE("a change that waits to be confirmed does so still when a file over it is refused") {
  Scene scene;
  scene.patch("/v1/candidate", {{"interface", {{"eth0", {{"carp", {{"10", {{"advskew", 7}}}}}}}}}});
  scene.said(scene.post("/v1/candidate/apply", R"({"confirm": "60s"})"));
  const Json waits = scene.read("/v1/pending")["confirm"];
  REQUIRE_FALSE(waits.is_null());
  scene.kernel_refuses = {"no"};
  std::string code;
  scene.changes.reload({.source = changes::Source::reload, .owner = "SIGHUP"},
                       [&](const changes::Changed& change) { code = change.error().code; });
  CHECK(code == "kernel-refused");
  CHECK(scene.read(router + "/advskew") == 7);
  const Json still = scene.read("/v1/pending")["confirm"];
  CHECK(still["revision"] == 4);  // the way back from the refused one
  CHECK(still["back_to"] == waits["back_to"]);
  CHECK(still["until"] == waits["until"]);
  CHECK(scene.said(scene.post("/v1/candidate/rollback"))["revision"].is_number());
  CHECK(scene.read("/v1/pending")["confirm"].is_null());
}

TEST_CASE("PRODUCT 7: a second change while the kernel is asked for one is refused") {
  Scene scene;
  scene.kernel_answers = false;
  const auto first = scene.ask("PATCH", router, {}, R"({"advskew": 7})");
  CHECK_FALSE(first->has_value());
  CHECK(scene.patch(router, {{"advskew", 8}}, 409)["code"] == "apply-running");
  CHECK(scene.said(scene.post("/v1/candidate/rollback"), 409)["code"] == "apply-running");
  scene.kernel_answers = true;
  SECTION("and the first one is answered when the kernel has") {
    scene.kernel_owes({});
    CHECK(scene.said(first->value())["revision"] == 2);
    CHECK(scene.patch(router, {{"advskew", 8}})["revision"] == 3);
  }
  SECTION("but a reload waits for it") {
    bool reloaded = false;
    scene.changes.reload({.source = changes::Source::reload, .owner = "SIGHUP"},
                         [&](const changes::Changed& change) { reloaded = change.has_value(); });
    CHECK_FALSE(reloaded);
    scene.kernel_owes({});
    CHECK(reloaded);
    CHECK(scene.read("/v1/pending")["saved"] == true);
  }
}

}  // namespace failover::tests
