#include "agent/control/api.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <memory>

namespace failover::control {
namespace {

// For an answer to leave before the agent does.
constexpr Duration time_to_answer = 20ms;

// "/v1/exec/group/web/switchover" -> {"v1", "exec", "group", "web", "switchover"}
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

http::Response json(std::string body, unsigned status = 200) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

http::Response no_such_path(const http::Request& request) {
  return http::problem_response({.status = 404,
                                 .code = "no-such-path",
                                 .title = "There is nothing here",
                                 .detail = request.path + " is no path of this API",
                                 .path = request.path,
                                 .hint = "try /v1/status"});
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

bool reads(const http::Request& request) { return request.method == "GET"; }

std::optional<OperationKind> operation_kind(const std::string& verb) {
  if (verb == "switchover") return OperationKind::switchover;
  if (verb == "announce") return OperationKind::announce;
  if (verb == "release") return OperationKind::release;
  return std::nullopt;
}

template <class Number>
std::optional<Number> number_in(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Api::Api(boost::asio::io_context& context, Mailboxes& mailboxes, Directory& directory,
         Operations& operations, std::function<AgentState()> agent_state,
         std::function<void()> restart)
    : context_(context),
      mailboxes_(mailboxes),
      directory_(directory),
      operations_(operations),
      agent_state_(std::move(agent_state)),
      restart_(std::move(restart)) {}

void Api::handle(const http::Request& request, http::Reply reply) {
  const auto parts = segments(request.path);
  const auto is = [&](std::initializer_list<std::string_view> expected) {
    return std::ranges::equal(parts, expected);
  };
  if (is({"v1", "status"})) {
    if (!reads(request)) return reply(wrong_method(request, "GET"));
    return reply(json(status_document(agent_state_(), directory_)));
  }
  if (is({"v1", "healthz"})) {
    if (!reads(request)) return reply(wrong_method(request, "GET"));
    const AgentState state = agent_state_();
    return reply(json(health_document(state), state.engine_alive ? 200 : 503));
  }
  if (is({"v1", "operation"})) {
    if (!reads(request)) return reply(wrong_method(request, "GET"));
    return reply(json(operations_document(operations_)));
  }
  if (parts.size() == 3 && parts[0] == "v1" && parts[1] == "operation") {
    if (!reads(request)) return reply(wrong_method(request, "GET"));
    return operation(request, parts[2], reply);
  }
  if (is({"v1", "exec", "agent", "restart"})) {
    if (request.method != "POST") return reply(wrong_method(request, "POST"));
    return restart(request, reply);
  }
  if (parts.size() == 5 && parts[0] == "v1" && parts[1] == "exec" && parts[2] == "group") {
    if (request.method != "POST") return reply(wrong_method(request, "POST"));
    return execute(request, parts[3], parts[4], reply);
  }
  reply(no_such_path(request));
}

// Answered before it happens: the next agent knows nothing of this client.
void Api::restart(const http::Request& request, const http::Reply& reply) {
  if (!agent_state_().has_parent)
    return reply(http::problem_response(
        {.status = 409,
         .code = "no-parent",
         .title = "Nobody would start the agent again",
         .detail = "this failoverd runs with --alone, or its parent has died",
         .path = request.path,
         .hint = "start failoverd again with the same --run-dir: it takes the agent's place"}));
  reply(json("{\"pid\": " + std::to_string(getpid()) + "}\n", 202));
  const auto timer = std::make_shared<boost::asio::steady_timer>(context_, time_to_answer);
  timer->async_wait([this, timer](const boost::system::error_code&) { restart_(); });
}

void Api::execute(const http::Request& request, const std::string& group, const std::string& verb,
                  const http::Reply& reply) {
  const auto kind = operation_kind(verb);
  if (!kind) return reply(no_such_path(request));
  const RouterEntry* router = directory_.find(group);
  if (router == nullptr)
    return reply(http::problem_response({.status = 404,
                                         .code = "no-such-group",
                                         .title = "There is no such group",
                                         .detail = group + " is not configured",
                                         .path = request.path,
                                         .hint = "see /v1/status for those that are"}));
  const auto reason = reason_in(request.body);
  if (!reason)
    return reply(http::problem_response(
        {.status = 400,
         .code = "bad-body",
         .title = "The body is not understood",
         .detail = "accepted: nothing, or {\"reason\": \"TEXT\"} with at most " +
                   std::to_string(limits::operation_reason_bytes) + " bytes of text",
         .path = request.path,
         .hint = {}}));
  if (const Operation* running = operations_.running_on(router->id); running != nullptr)
    return reply(http::problem_response(
        {.status = 409,
         .code = "operation-running",
         .title = "Another operation is under way",
         .detail = "operation " + std::to_string(running->id) + " on " + group + " has not ended",
         .path = request.path,
         .hint = "wait for it: GET /v1/operation/" + std::to_string(running->id) + "?wait=30"}));
  Operation& started = operations_.start(*kind, router->id, group);
  started.reason = *reason;
  started.uid = request.client.uid;
  started.pid = request.client.pid;
  start(*kind, *router, started);
  auto response = json(operation_document(started), 202);
  response.headers["Location"] = "/v1/operation/" + std::to_string(started.id);
  reply(std::move(response));
}

void Api::start(OperationKind kind, const RouterEntry& router, const Operation& operation) {
  switch (kind) {
    case OperationKind::switchover:
      return mailboxes_.control_to_engine.post(
          HandOver{.id = router.id, .operation = operation.id});
    case OperationKind::announce:
      return mailboxes_.control_to_engine.post(
          AnnounceNow{.id = router.id, .operation = operation.id});
    case OperationKind::release:
      return mailboxes_.control_to_engine.post(
          EndYield{.id = router.id, .operation = operation.id});
  }
}

// ?wait=SECONDS: the answer comes when the operation ends or the time is over, whichever is first.
void Api::operation(const http::Request& request, const std::string& number,
                    const http::Reply& reply) {
  const auto id = number_in<OperationId>(number);
  const Operation* found = id ? operations_.find(*id) : nullptr;
  if (found == nullptr)
    return reply(http::problem_response(
        {.status = 404,
         .code = "no-such-operation",
         .title = "There is no such operation",
         .detail = "the last ones are remembered, " + number + " is not among them",
         .path = request.path,
         .hint = "see /v1/operation"}));
  const auto asked = request.query.find("wait");
  if (asked == request.query.end() || found->ended) return reply(json(operation_document(*found)));
  constexpr auto longest =
      std::chrono::duration_cast<std::chrono::seconds>(limits::api_longest_wait);
  const auto wait = number_in<unsigned>(asked->second);
  if (!wait || *wait > longest.count())
    return reply(http::problem_response(
        {.status = 400,
         .code = "bad-wait",
         .title = "wait is not understood",
         .detail = "accepted: 0.." + std::to_string(longest.count()) + " seconds",
         .path = request.path,
         .hint = "ask again when it has run out"}));
  const auto timer =
      std::make_shared<boost::asio::steady_timer>(context_, std::chrono::seconds(*wait));
  const auto ticket = operations_.wait(*id, [timer] { timer->cancel(); });
  timer->async_wait([this, reply, timer, ticket, wanted = *id](const boost::system::error_code&) {
    operations_.forget(ticket);
    if (const Operation* now = operations_.find(wanted); now != nullptr)
      reply(json(operation_document(*now)));
  });
}

}  // namespace failover::control
