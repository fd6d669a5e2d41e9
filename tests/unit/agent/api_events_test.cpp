// /v1/events: what is told, to how many, and what a follower that goes leaves behind.

#include <nlohmann/json.hpp>

#include "tests/unit/agent/fake_control.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {
namespace {

using Json = nlohmann::json;

class FakeStream final : public http::Stream {
 public:
  bool write(std::string_view text) override {
    written += text;
    return takes;
  }
  void close() override { closed = true; }

  std::string written;
  bool takes = true;
  bool closed = false;
};

struct Fixture : ControlScene {
  void happen(std::string text) {
    events.add({.at = real_now(), .kind = control::EventKind::config, .text = std::move(text)});
  }
  std::shared_ptr<FakeStream> follow(const std::map<std::string, std::string>& query = {
                                         {"follow", "1"}}) {
    auto response = get("/v1/events", query);
    CHECK(response.status == 200);
    REQUIRE(response.stays_open);
    auto stream = std::make_shared<FakeStream>();
    response.stays_open(stream);
    return stream;
  }
};

std::vector<Json> lines(const std::string& text) {
  std::vector<Json> all;
  std::size_t at = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
    all.push_back(Json::parse(text.substr(at, end - at)));
    at = end + 1;
  }
  CHECK(at == text.size());
  return all;
}

}  // namespace

TEST_CASE("PRODUCT 7: events are lines of JSON, with numbers to go on from") {
  Fixture fixture;
  fixture.happen("one");
  fixture.happen("two");
  const auto response = fixture.get("/v1/events");
  CHECK(response.content_type == "application/x-ndjson");
  CHECK_FALSE(response.stays_open);
  const auto all = lines(response.body);
  REQUIRE(all.size() == 2);
  CHECK(all[0].at("kind") == "config");
  CHECK(all[0].at("text") == "one");
  CHECK(all[0].at("at").get<std::string>().size() == 24);
  CHECK_FALSE(all[0].contains("group"));
  const auto later = lines(fixture.get("/v1/events", {{"since", all[0].at("seq").dump()}}).body);
  REQUIRE(later.size() == 1);
  CHECK(later[0].at("text") == "two");
}

TEST_CASE("an event says which group, router and track it is about") {
  Fixture fixture;
  fixture.events.add({.at = noon,
                      .kind = control::EventKind::track,
                      .group = "web",
                      .router = "eth0.carp.10",
                      .track = "site",
                      .text = "x"});
  const Json event = lines(fixture.get("/v1/events").body).at(0);
  CHECK(event.at("group") == "web");
  CHECK(event.at("router") == "eth0.carp.10");
  CHECK(event.at("track") == "site");
}

TEST_CASE("a follower gets what there is and then what happens, each line once") {
  Fixture fixture;
  fixture.happen("before");
  const auto stream = fixture.follow();
  fixture.happen("after");
  const auto all = lines(stream->written);
  REQUIRE(all.size() == 2);
  CHECK(all[0].at("text") == "before");
  CHECK(all[1].at("text") == "after");
}

TEST_CASE("what happens between the request and the opening of the stream is not missed") {
  Fixture fixture;
  const auto response = fixture.get("/v1/events", {{"follow", "1"}});
  fixture.happen("in between");
  const auto stream = std::make_shared<FakeStream>();
  response.stays_open(stream);
  CHECK(lines(stream->written).size() == 1);
}

TEST_CASE("a follower that is dropped or has gone hears nothing any more, the others do") {
  Fixture fixture;
  const auto slow = fixture.follow();
  auto leaves = fixture.follow();
  const auto stays = fixture.follow();
  slow->takes = false;
  fixture.happen("one");
  leaves.reset();
  fixture.happen("two");
  CHECK(lines(slow->written).size() == 1);
  CHECK(lines(stays->written).size() == 2);
}

TEST_CASE("at most limits::api_followers follow, and one that goes makes room") {
  Fixture fixture;
  std::vector<std::shared_ptr<FakeStream>> streams;
  for (std::size_t i = 0; i < limits::api_followers; ++i) streams.push_back(fixture.follow());
  const auto refused = fixture.get("/v1/events", {{"follow", "1"}});
  CHECK(refused.status == 503);
  CHECK(Json::parse(refused.body).at("code") == "too-many-followers");
  CHECK(fixture.get("/v1/events").status == 200);
  streams.pop_back();
  CHECK_FALSE(fixture.follow()->closed);
}

TEST_CASE("a query that is not understood is 400") {
  Fixture fixture;
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
           {"since", "-1"}, {"since", "1h"}, {"since", ""}, {"follow", "yes"}, {"follow", ""}}) {
    INFO(key << "=" << value);
    const auto refused = fixture.get("/v1/events", {{key, value}});
    CHECK(refused.status == 400);
    CHECK(Json::parse(refused.body).at("code") == "bad-query");
  }
}

}  // namespace failover::tests
