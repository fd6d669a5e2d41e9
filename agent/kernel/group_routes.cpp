#include "agent/kernel/group_routes.hpp"

#include <algorithm>
#include <cerrno>

#include "netlink/route_words.hpp"
#include "protocol/limits.hpp"

namespace failover {
namespace {

template <class T>
bool contains(const std::vector<T>& list, const T& what) {
  return std::ranges::find(list, what) != list.end();
}

}  // namespace

GroupRoutes::GroupRoutes(netlink::Kernel& kernel, const Clock& clock, netlink::WantedRoutes adopted)
    : kernel_(kernel), clock_(clock), adopted_(std::move(adopted)) {}

void GroupRoutes::put(KernelGroup group) {
  std::erase_if(adopted_.routes,
                [&](const auto& route) { return contains(group.wanted.routes, route); });
  std::erase_if(adopted_.rules,
                [&](const auto& rule) { return contains(group.wanted.rules, rule); });
  Held& held = groups_[group.id];
  held.claimed |= group.adopted;
  claiming_ |= held.claimed;
  held.group = std::move(group);
  look_ = true;
}

void GroupRoutes::forget(GroupId id) {
  groups_.erase(id);
  look_ = true;
}

void GroupRoutes::claim(GroupId id) {
  const auto group = groups_.find(id);
  if (group == groups_.end()) return;
  group->second.claimed = claiming_ = look_ = true;
}

void GroupRoutes::release(GroupId id) {
  const auto group = groups_.find(id);
  if (group == groups_.end()) return;
  group->second.claimed = false;
  look_ = true;
}

// Of links and addresses anything may matter: the kernel takes routes along with them, and refuses
// routes for want of them. A look costs no more than what we want and have.
void GroupRoutes::take_notice(const netlink::Notification& notification) {
  look_ |= !std::holds_alternative<netlink::NotificationsLost>(notification) && !groups_.empty();
}

void GroupRoutes::dumped() {
  wants_dump_ = false;
  look_ = true;
}

void GroupRoutes::overdue() { look_ |= retry_; }

netlink::Plan GroupRoutes::unwanted(const netlink::Found& found) const {
  netlink::WantedRoutes stays = wanted();
  stays.routes.insert(stays.routes.end(), adopted_.routes.begin(), adopted_.routes.end());
  stays.rules.insert(stays.rules.end(), adopted_.rules.begin(), adopted_.rules.end());
  return netlink::reconcile_routes(stays, found).removals;
}

void GroupRoutes::remove_unwanted(const netlink::Found& found) {
  if (!look_) return;
  const netlink::Plan removals = unwanted(found);
  if (removals.empty()) return;
  // What is left is found again by the next look.
  for (const netlink::KernelError& error : kernel_.execute(removals))
    log(Severity::error, error.text());
}

void GroupRoutes::add_wanted(const netlink::Found& found) {
  if (!std::exchange(look_, false)) return;
  const auto plan = netlink::reconcile_routes(wanted(), found);
  std::set<std::string> problems;
  for (const netlink::WantedRoute& route : plan.foreign)
    problems.insert(whose(route) + "somebody else has a route " + text(key_of(route)) +
                    "; it is left alone, and ours is added when it has gone");
  for (const netlink::WantedRoute& route : plan.waiting)
    problems.insert(whose(route) + "route " + text(route) + " waits for the interface to be up");
  retry_ = !plan.additions.empty() && !may_heal();
  if (retry_) return;
  for (const netlink::Step& step : plan.additions) carry_out(step, problems);
  if (!retry_) doubted_.clear();
  for (const std::string& problem : problems)
    if (!problems_.contains(problem)) log(Severity::warning, problem);
  problems_ = std::move(problems);
}

// One by one: what is refused is known by its step.
void GroupRoutes::carry_out(const netlink::Step& step, std::set<std::string>& problems) {
  for (const netlink::KernelError& error : kernel_.execute({step})) {
    std::string problem = whose(step) + error.text();
    retry_ = true;
    // Somebody else's that was not told of, or ours that only seemed to be gone.
    if (error.error == EEXIST && doubted_.insert(problem).second)
      wants_dump_ = true;
    else
      problems.insert(std::move(problem));
  }
}

// Like that of addresses: somebody who removes our routes as fast as we put them back gets a
// second's rest. A claim never waits.
bool GroupRoutes::may_heal() {
  if (std::exchange(claiming_, false)) return true;
  const Instant now = clock_.monotonic();
  if (now - restores_since_ > limits::restore_window) {
    restores_since_ = now;
    restores_ = 0;
  }
  if (++restores_ == limits::restores_in_a_row)
    log(Severity::warning,
        "the routes of failover groups are removed or refused again and again; adding them once a "
        "second now");
  return restores_ <= limits::restores_in_a_row;
}

netlink::WantedRoutes GroupRoutes::wanted() const {
  netlink::WantedRoutes all;
  for (const auto& [id, held] : groups_) {
    if (!held.claimed) continue;
    const netlink::WantedRoutes& its = held.group.wanted;
    all.routes.insert(all.routes.end(), its.routes.begin(), its.routes.end());
    all.rules.insert(all.rules.end(), its.rules.begin(), its.rules.end());
  }
  return all;
}

std::set<Prefix> GroupRoutes::destinations() const {
  std::set<Prefix> all;
  for (const auto& [id, held] : groups_)
    for (const netlink::WantedRoute& route : held.group.wanted.routes)
      all.insert(route.destination);
  return all;
}

std::string GroupRoutes::whose(const netlink::WantedRoute& route) const {
  for (const auto& [id, held] : groups_)
    if (held.claimed && contains(held.group.wanted.routes, route)) return held.group.name + ": ";
  return {};
}

std::string GroupRoutes::whose(const netlink::WantedRule& rule) const {
  for (const auto& [id, held] : groups_)
    if (held.claimed && contains(held.group.wanted.rules, rule)) return held.group.name + ": ";
  return {};
}

std::string GroupRoutes::whose(const netlink::Step& step) const {
  if (const auto* add = std::get_if<netlink::AddRoute>(&step)) return whose(add->route);
  if (const auto* add = std::get_if<netlink::AddRule>(&step)) return whose(add->rule);
  return {};
}

std::vector<KernelLog> GroupRoutes::take_log() { return std::exchange(log_, {}); }

void GroupRoutes::log(Severity severity, std::string text) {
  log_.push_back({.severity = severity, .text = std::move(text)});
}

}  // namespace failover
