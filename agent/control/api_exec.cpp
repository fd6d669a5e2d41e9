// /v1/exec: what a person wants done becomes an operation.

#include <unistd.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>

#include "agent/control/answers.hpp"
#include "agent/control/api.hpp"
#include "agent/control/command_body.hpp"

namespace failover::control {
namespace {

// For an answer to leave before the agent does.
constexpr Duration time_to_answer = 20ms;

Target all_groups(const Directory& directory) {
  Target target{.name = "agent", .is_agent = true};
  for (const GroupEntry* group : directory.groups()) target.groups.push_back(group->id);
  return target;
}

}  // namespace

// "group/GROUP/VERB" or "agent/VERB".
void Api::execute(const http::Request& request, Rest path, const http::Reply& reply) {
  const std::string& verb = path.back();
  if (verb == "restart") return restart(request, reply);
  if (verb == "save") return save(request, reply);
  const auto kind = operation_kind(verb);
  if (!kind) return reply(no_such_path(request));  // the table has more than there is
  if (path[0] == "agent") return command(request, *kind, all_groups(view_.directory), reply);
  const GroupEntry* group = view_.directory.find_group(path[1]);
  if (group == nullptr) return reply(no_such_group(request, path[1]));
  command(request, *kind, {.name = path[1], .groups = {group->id}}, reply);
}

void Api::command(const http::Request& request, OperationKind kind, const Target& target,
                  const http::Reply& reply) {
  const auto wanted = command_in(kind, request.body);
  if (!wanted)
    return reply(http::problem_response({.status = 400,
                                         .code = "bad-body",
                                         .title = "The body is not understood",
                                         .detail = wanted.error(),
                                         .path = request.path,
                                         .hint = "see failover-api(7)"}));
  for (const GroupId id : target.groups)
    if (const Operation* running = view_.operations.running_on(id); running != nullptr)
      return reply(http::problem_response(
          {.status = 409,
           .code = "operation-running",
           .title = "Another operation is under way",
           .detail = "operation " + std::to_string(running->id) + " on " +
                     view_.directory.find_group(id)->settings.name + " has not ended",
           .path = request.path,
           .hint = "wait for it: GET /v1/operation/" + std::to_string(running->id) + "?wait=30"}));
  const Operation& started =
      commands_.start(*wanted, target, {.uid = request.client.uid, .pid = request.client.pid});
  auto response = json_answer(operation_document(started), 202);
  response.headers["Location"] = "/v1/operation/" + std::to_string(started.id);
  reply(std::move(response));
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
  reply(json_answer("{\"pid\": " + std::to_string(getpid()) + "}\n", 202));
  const auto timer = std::make_shared<boost::asio::steady_timer>(context_, time_to_answer);
  timer->async_wait([this, timer](const boost::system::error_code&) { restart_(); });
}

}  // namespace failover::control
