#include "agent/control/api.hpp"

#include <boost/asio/steady_timer.hpp>

#include "agent/config/schema_description.hpp"
#include "agent/control/answers.hpp"
#include "agent/control/openapi.hpp"
#include "agent/control/routes.hpp"

namespace failover::control {
namespace {

// methods: "GET, PUT"
bool takes(const std::string& methods, const std::string& method) {
  return !method.empty() && (", " + methods + ", ").find(", " + method + ", ") != std::string::npos;
}

}  // namespace

Api::Api(boost::asio::io_context& context, const View& view, Commands& commands,
         changes::Changes& changes, EventLog& events, std::function<AgentState()> agent_state,
         std::function<void()> restart)
    : context_(context),
      view_(view),
      commands_(commands),
      changes_(changes),
      events_(events),
      agent_state_(std::move(agent_state)),
      restart_(std::move(restart)) {
  events_.listen([this](const Event& event) { tell_followers(event); });
}

void Api::handle(const http::Request& request, http::Reply reply) {
  const auto parts = segments(request.path);
  const std::string methods = methods_of(parts);
  if (methods.empty()) return reply(no_such_path(request));
  if (!takes(methods, request.method)) return reply(wrong_method(request, methods));
  const Rest path = Rest(parts).subspan(1);
  if (path[0] == "exec") return execute(request, path.subspan(1), reply);
  const std::string& tree = path[0];
  if (tree == "config" || tree == "candidate" || tree == "revisions" || tree == "pending")
    return configuration(request, path, reply);
  if (tree == "lint") return reply(lint(request));
  read(request, path, reply);
}

// What changes nothing.
void Api::read(const http::Request& request, Rest path, const http::Reply& reply) {
  const std::string& tree = path[0];
  if (tree == "operation" && path.size() == 2) return operation(request, path[1], reply);
  if (tree == "events") return events(request, reply);
  reply(document(request, path));
}

http::Response Api::document(const http::Request& request, Rest path) const {
  const std::string& tree = path[0];
  if (tree == "status") return status(request, path.subspan(1));
  if (tree == "operation") return json_answer(operations_document(view_.operations));
  if (tree == "schema") return json_answer(config::json_schema_text());
  if (tree == "openapi.json") return json_answer(openapi_text());
  if (tree == "explain") return explanation(request, path[1]);
  if (tree == "history") return history(request, path[1]);
  if (tree != "healthz") return no_such_path(request);  // the table has more than there is
  const AgentState state = agent_state_();
  return json_answer(health_document(state), state.engine_alive ? 200 : 503);
}

// ?wait=SECONDS: the answer comes when the operation ends or the time is over, whichever is first.
void Api::operation(const http::Request& request, const std::string& number,
                    const http::Reply& reply) {
  const auto id = number_in<OperationId>(number);
  const Operation* found = id ? view_.operations.find(*id) : nullptr;
  if (found == nullptr)
    return reply(http::problem_response(
        {.status = 404,
         .code = "no-such-operation",
         .title = "There is no such operation",
         .detail = "the last ones are remembered, " + number + " is not among them",
         .path = request.path,
         .hint = "see /v1/operation"}));
  const auto asked = request.query.find("wait");
  if (asked == request.query.end() || found->ended)
    return reply(json_answer(operation_document(*found)));
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
  wait_for(*id, std::chrono::seconds(*wait), reply);
}

void Api::wait_for(OperationId id, std::chrono::seconds longest, const http::Reply& reply) {
  const auto timer = std::make_shared<boost::asio::steady_timer>(context_, longest);
  const auto ticket = commands_.operations().wait(id, [timer] { timer->cancel(); });
  timer->async_wait([this, reply, timer, ticket, id](const boost::system::error_code&) {
    commands_.operations().forget(ticket);
    if (const Operation* now = view_.operations.find(id); now != nullptr)
      reply(json_answer(operation_document(*now)));
  });
}

}  // namespace failover::control
