#include "agent/control/routes.hpp"

#include <algorithm>
#include <vector>

#include "agent/config/nearest.hpp"
#include "agent/control/answers.hpp"

namespace failover::control {
namespace {

constexpr std::string_view any_names = "{...}";

constexpr std::array all_routes{
    Route{"GET", "/v1/status", "The agent, all groups, all interfaces", "Status", {200}},
    Route{"GET", "/v1/status/group", "The failover groups", "Groups", {200}},
    Route{"GET", "/v1/status/group/{group}", "A failover group", "Group", {200, 404}},
    Route{"GET",
          "/v1/status/group/{group}/elements",
          "What a group consists of and depends on",
          "Elements",
          {200, 404}},
    Route{"GET", "/v1/status/router", "The virtual routers", "Routers", {200}},
    Route{"GET", "/v1/status/router/{router}", "A virtual router", "Router", {200, 404}},
    Route{"GET", "/v1/status/ip", "The failover IPs", "Ips", {200}},
    Route{"GET", "/v1/status/ip/{ip}", "A failover IP", "Ip", {200, 404}},
    Route{"GET", "/v1/status/track", "What groups depend on", "Tracks", {200}},
    Route{"GET", "/v1/status/peer", "The nodes that have been heard", "Peers", {200}},
    Route{"GET", "/v1/status/override", "The overrides in force", "Overrides", {200}},
    Route{"GET", "/v1/status/interface", "The interfaces", "Interfaces", {200}},
    Route{"GET", "/v1/status/interface/{interface}", "An interface", "Interface", {200, 404}},
    Route{"GET", "/v1/healthz", "Whether the agent's engine runs", "Health", {200, 503}},
    Route{"GET",
          "/v1/explain/{name}",
          "Why a group, or the one that holds a failover IP, has its role",
          "Explanation",
          {200, 404}},
    Route{"GET", "/v1/history/{group}", "A group's transitions", "History", {200, 404}},
    Route{"GET",
          "/v1/events",
          "What has happened, a document for each line",
          "Events",
          {200, 400, 503},
          {},
          {"since", "follow"}},
    Route{"GET", "/v1/operation", "The operations that are remembered", "Operations", {200}},
    Route{"GET",
          "/v1/operation/{operation}",
          "An operation, now or when it has ended",
          "Operation",
          {200, 400, 404},
          {},
          {"wait"}},
    Route{"POST",
          "/v1/exec/group/{group}/switchover",
          "Hand the group over",
          "Operation",
          {202, 400, 404, 409},
          "HandOver"},
    Route{"POST",
          "/v1/exec/group/{group}/drain",
          "Hand the group over, and stay backup",
          "Operation",
          {202, 400, 404, 409},
          "Drain"},
    Route{"POST",
          "/v1/exec/group/{group}/undrain",
          "End a drain",
          "Operation",
          {202, 400, 404, 409},
          "Reason"},
    Route{"POST",
          "/v1/exec/group/{group}/hold",
          "Keep the group in a role",
          "Operation",
          {202, 400, 404, 409},
          "Hold"},
    Route{"POST",
          "/v1/exec/group/{group}/release",
          "End a hold, and yielding",
          "Operation",
          {202, 400, 404, 409},
          "Reason"},
    Route{"POST",
          "/v1/exec/group/{group}/announce",
          "Announce the addresses again",
          "Operation",
          {202, 400, 404, 409},
          "Reason"},
    Route{
        "POST", "/v1/exec/agent/drain", "Drain all groups", "Operation", {202, 400, 409}, "Drain"},
    Route{"POST",
          "/v1/exec/agent/undrain",
          "End the drains of all groups",
          "Operation",
          {202, 400, 409},
          "Reason"},
    Route{"POST",
          "/v1/exec/agent/freeze",
          "Let nothing move by itself",
          "Operation",
          {202, 400, 409},
          "Freeze"},
    Route{"POST", "/v1/exec/agent/thaw", "End a freeze", "Operation", {202, 400, 409}, "Reason"},
    Route{"POST",
          "/v1/exec/agent/restart",
          "Let the program on disk go on in the same role",
          "Restart",
          {202, 409}},
    Route{"POST",
          "/v1/exec/agent/save",
          "Write the configuration in force to a file",
          "Saved",
          {200, 400, 409, 507},
          "Save"},
    Route{"GET",
          "/v1/config",
          "The configuration in force",
          "Configuration",
          {200},
          {},
          {"view", "format"}},
    Route{"PUT",
          "/v1/config",
          "Replace the configuration",
          "Change",
          {200, 400, 409, 412, 422, 507},
          "Configuration",
          {"reason", "dry_run"}},
    Route{"PATCH",
          "/v1/config",
          "Merge into the configuration",
          "Change",
          {200, 400, 409, 412, 422, 507},
          "Patch",
          {"reason", "dry_run"}},
    Route{"POST",
          "/v1/config",
          "Add what is not there yet",
          "Change",
          {200, 201, 400, 409, 412, 422, 507},
          "Addition",
          {"reason", "dry_run"}},
    Route{"GET",
          "/v1/config/{...}",
          "A value of the configuration",
          "Value",
          {200, 404},
          {},
          {"view"}},
    Route{"PUT",
          "/v1/config/{...}",
          "Replace a value, or make it",
          "Change",
          {200, 400, 409, 412, 422, 507},
          "Value",
          {"reason", "dry_run"}},
    Route{"PATCH",
          "/v1/config/{...}",
          "Merge into a value",
          "Change",
          {200, 400, 409, 412, 422, 507},
          "Patch",
          {"reason", "dry_run"}},
    Route{"POST",
          "/v1/config/{...}",
          "Add below a value what is not there yet",
          "Change",
          {200, 201, 400, 409, 412, 422, 507},
          "Addition",
          {"reason", "dry_run"}},
    Route{"DELETE",
          "/v1/config/{...}",
          "Remove a value",
          "Change",
          {200, 404, 409, 412, 422, 507},
          {},
          {"reason", "dry_run"}},
    Route{"GET",
          "/v1/candidate",
          "The draft, or what is in force",
          "Configuration",
          {200},
          {},
          {"format"}},
    Route{"PUT",
          "/v1/candidate",
          "Make the draft",
          "Draft",
          {200, 400, 409, 422},
          "Configuration",
          {"from"}},
    Route{"PATCH", "/v1/candidate", "Change the draft", "Draft", {200, 400, 409, 422}, "Patch"},
    Route{"DELETE", "/v1/candidate", "Give the draft up", "Pending", {200}},
    Route{"GET", "/v1/candidate/diff", "What the draft changes", "Draft", {200}},
    Route{"GET", "/v1/candidate/plan", "What that does to each group", "Change", {200, 409, 422}},
    Route{"POST",
          "/v1/candidate/apply",
          "Put the draft in force",
          "Change",
          {200, 400, 409, 422, 507},
          "Apply"},
    Route{"POST",
          "/v1/candidate/confirm",
          "Let the last change stay",
          "Change",
          {200, 400, 409, 507},
          "Reason"},
    Route{"POST",
          "/v1/candidate/rollback",
          "Back to a revision",
          "Change",
          {200, 400, 404, 409, 422, 507},
          "Rollback"},
    Route{"GET", "/v1/revisions", "What has been in force, the newest first", "Revisions", {200}},
    Route{"GET", "/v1/revisions/{revision}", "A revision", "Revision", {200, 404}},
    Route{"GET", "/v1/pending", "What waits to be applied, confirmed or saved", "Pending", {200}},
    Route{"GET", "/v1/lint", "What is valid and wrong in what is in force", "Lint", {200}},
    Route{"POST",
          "/v1/lint",
          "The same of a text, or beside the other node's",
          "Lint",
          {200, 400, 422},
          "ToLint"},
    Route{"GET", "/v1/schema", "The configuration as a JSON Schema", "Schema", {200}},
    Route{"GET", "/v1/openapi.json", "This API in OpenAPI", "OpenApi", {200}},
};

bool is_placeholder(std::string_view name) { return name.starts_with('{'); }

// The template with the request's own names in its places, as far as the two are of one length.
std::vector<std::string> filled(std::string_view path, std::span<const std::string> names) {
  std::vector<std::string> all = segments(std::string(path));
  if (all.back() == any_names) {
    all.pop_back();
    if (names.size() <= all.size()) return {};
    all.insert(all.end(), names.begin() + static_cast<std::ptrdiff_t>(all.size()), names.end());
  }
  if (all.size() != names.size()) return {};
  for (std::size_t i = 0; i < all.size(); ++i)
    if (is_placeholder(all[i])) all[i] = names[i];
  return all;
}

bool matches(std::string_view path, std::span<const std::string> names) {
  return !names.empty() && std::ranges::equal(filled(path, names), names);
}

std::string path_of(std::span<const std::string> names) {
  std::string path;
  for (const std::string& name : names) path += '/' + name;
  return path;
}

}  // namespace

std::span<const Route> routes() { return all_routes; }

std::string methods_of(std::span<const std::string> path) {
  std::string methods;
  for (const Route& route : all_routes)
    if (matches(route.path, path))
      methods += (methods.empty() ? "" : ", ") + std::string(route.method);
  return methods;
}

std::string nearest_path(std::span<const std::string> path) {
  std::vector<std::string> candidates;
  for (const Route& route : all_routes) {
    const auto names = filled(route.path, path);
    if (!names.empty()) candidates.push_back(path_of(names));
  }
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  return std::string(config::nearest(path_of(path), views).value_or(""));
}

}  // namespace failover::control
