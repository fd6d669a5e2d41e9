// /v1/status, /v1/explain and /v1/history: what is, why, and since when.

#include "agent/control/answers.hpp"
#include "agent/control/api.hpp"
#include "agent/control/object_documents.hpp"

namespace failover::control {
namespace {

http::Response no_such_object(const http::Request& request, const std::string& kind,
                              const std::string& name) {
  return http::problem_response({.status = 404,
                                 .code = "no-such-object",
                                 .title = "There is none of that name",
                                 .detail = "there is no " + kind + " " + name,
                                 .path = request.path,
                                 .hint = "see /v1/status/" + kind + " for those that there are"});
}

// The group of that name, or the one that holds that failover IP.
const GroupEntry* group_or_holder(const Directory& directory, const std::string& name) {
  if (const GroupEntry* group = directory.find_group(name)) return group;
  const auto address = IpAddress::parse(name);
  if (!address) return nullptr;
  for (const RouterEntry* router : directory.routers())
    for (const config::AddressSettings& held : router->settings.addresses)
      if (held.prefix.address() == *address) return directory.find_group(router->group);
  return nullptr;
}

}  // namespace

http::Response Api::status(const http::Request& request, Rest path) const {
  if (path.empty()) return json_answer(status_document(agent_state_(), view_));
  const auto kind = object_kind(path[0]);
  if (!kind) return no_such_path(request);  // the table has more than there is
  if (path.size() == 1) return json_answer(objects_document(view_, *kind));
  if (*kind == ObjectKind::group && view_.directory.find_group(path[1]) == nullptr)
    return no_such_group(request, path[1]);
  auto document =
      path.size() == 3 ? elements_document(view_, path[1]) : object_document(view_, *kind, path[1]);
  return document ? json_answer(std::move(*document)) : no_such_object(request, path[0], path[1]);
}

http::Response Api::explanation(const http::Request& request, const std::string& name) const {
  const GroupEntry* group = group_or_holder(view_.directory, name);
  if (group == nullptr) return no_such_group(request, name);
  return json_answer(explain_document(
      explain(group_view(view_, *group), {.now = monotonic_now(), .real = real_now()})));
}

http::Response Api::history(const http::Request& request, const std::string& group) const {
  if (view_.directory.find_group(group) == nullptr) return no_such_group(request, group);
  return json_answer(history_document(view_, group));
}

}  // namespace failover::control
