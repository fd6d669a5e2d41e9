// /v1/events: what has happened, and what happens while a client listens.

#include "agent/control/answers.hpp"
#include "agent/control/api.hpp"

namespace failover::control {
namespace {

std::string lines_of(const std::vector<Event>& events) {
  std::string lines;
  for (const Event& event : events) lines += event_document(event);
  return lines;
}

http::Response bad_query(const http::Request& request, std::string key, std::string accepted) {
  return http::problem_response({.status = 400,
                                 .code = "bad-query",
                                 .title = key + " is not understood",
                                 .detail = "accepted: " + accepted,
                                 .path = request.path,
                                 .hint = "see failover-api(7)"});
}

http::Response too_many_followers(const http::Request& request) {
  return http::problem_response(
      {.status = 503,
       .code = "too-many-followers",
       .title = "Too many clients follow the events",
       .detail = "there are " + std::to_string(limits::api_followers) + ", and no more at once",
       .path = request.path,
       .hint = "close one, or ask now and then with since and without follow"});
}

std::string value_of(const http::Request& request, const std::string& key) {
  const auto found = request.query.find(key);
  return found == request.query.end() ? "0" : found->second;
}

}  // namespace

void Api::events(const http::Request& request, const http::Reply& reply) {
  const auto since = number_in<std::uint64_t>(value_of(request, "since"));
  if (!since)
    return reply(
        bad_query(request, "since", "the number of an event, of which later ones are told"));
  const std::string follow = value_of(request, "follow");
  if (follow != "0" && follow != "1") return reply(bad_query(request, "follow", "0 or 1"));
  http::Response response;
  response.content_type = "application/x-ndjson";
  if (follow == "0") {
    response.body = lines_of(events_.since(*since));
  } else if (count_followers() >= limits::api_followers) {
    return reply(too_many_followers(request));
  } else {
    response.stays_open = [this, since = *since](const std::weak_ptr<http::Stream>& stream) {
      open_follower(since, stream);
    };
  }
  reply(std::move(response));
}

// What has happened until now, in one piece with what comes: nothing is missed in between.
void Api::open_follower(std::uint64_t since, const std::weak_ptr<http::Stream>& stream) {
  const auto open = stream.lock();
  if (!open) return;
  if (count_followers() >= limits::api_followers) return open->close();
  const std::string lines = lines_of(events_.since(since));
  if (lines.empty() || open->write(lines)) followers_.push_back(stream);
}

void Api::tell_followers(const Event& event) {
  if (followers_.empty()) return;
  const std::string line = event_document(event);
  std::erase_if(followers_, [&](const std::weak_ptr<http::Stream>& follower) {
    const auto open = follower.lock();
    return !open || !open->write(line);
  });
}

std::size_t Api::count_followers() {
  std::erase_if(followers_, [](const auto& follower) { return follower.expired(); });
  return followers_.size();
}

}  // namespace failover::control
