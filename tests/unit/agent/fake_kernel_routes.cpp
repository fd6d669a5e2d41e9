// The routes and rules of the kernel of our own.

#include <algorithm>
#include <cerrno>

#include "netlink/route_words.hpp"
#include "tests/unit/agent/fake_kernel.hpp"

namespace failover::tests {

int FakeKernel::step(const netlink::AddRoute& step) {
  journal_.push_back("add route " + text(step.route));
  const auto refusal = refused_routes.find(step.route.destination);
  if (refusal != refused_routes.end()) return refusal->second;
  netlink::Route route = route_from(step.route);
  if (std::ranges::find(routes_, route.key, &netlink::Route::key) != routes_.end()) return EEXIST;
  routes_.push_back(route);
  notify(netlink::RouteChanged{std::move(route)}, own_port());
  return 0;
}

int FakeKernel::step(const netlink::RemoveRoute& step) {
  journal_.push_back("remove route " + text(step.key));
  const auto there = std::ranges::find_if(routes_, [&](const netlink::Route& route) {
    return route.key == step.key && is_ours(route);
  });
  if (there == routes_.end()) return 0;
  notify(netlink::RouteGone{*there}, own_port());
  routes_.erase(there);
  return 0;
}

int FakeKernel::step(const netlink::AddRule& step) {
  journal_.push_back("add rule " + text(step.rule));
  if (std::ranges::find(rules_, step.rule) != rules_.end()) return EEXIST;
  rules_.push_back(step.rule);
  notify(netlink::RuleChanged{step.rule}, own_port());
  return 0;
}

int FakeKernel::step(const netlink::RemoveRule& step) {
  journal_.push_back("remove rule " + text(step.rule));
  if (std::erase(rules_, step.rule) > 0) notify(netlink::RuleGone{step.rule}, own_port());
  return 0;
}

netlink::Route FakeKernel::route_from(const netlink::WantedRoute& wanted) const {
  netlink::Route route{.key = key_of(wanted),
                       .type = wanted.type,
                       .protocol = netlink::our_protocol,
                       .preferred_source = wanted.preferred_source,
                       .onlink = wanted.onlink};
  const auto link = std::ranges::find_if(
      links_, [&](const auto& entry) { return entry.second.name == wanted.interface; });
  if (wanted.type == netlink::RouteType::unicast)
    route.hops.push_back({.gateway = wanted.gateway,
                          .interface = link == links_.end() ? links_.begin()->first : link->first});
  return route;
}

void FakeKernel::add_route(std::string_view words, std::uint8_t protocol) {
  netlink::Route route = route_from(netlink::parse_route(words).value());
  route.protocol = protocol;
  routes_.push_back(route);
  notify(netlink::RouteChanged{std::move(route)}, 1234);
}

void FakeKernel::remove_route(std::string_view words) {
  const netlink::RouteKey key = key_of(netlink::parse_route(words).value());
  const auto there = std::ranges::find(routes_, key, &netlink::Route::key);
  if (there != routes_.end()) notify(netlink::RouteGone{*there}, 1234);
  remove_route_silently(words);
}

void FakeKernel::remove_route_silently(std::string_view words) {
  const netlink::RouteKey key = key_of(netlink::parse_route(words).value());
  std::erase_if(routes_, [&](const netlink::Route& route) { return route.key == key; });
}

void FakeKernel::add_rule(std::string_view words) {
  rules_.push_back(netlink::parse_rule(words).value());
  notify(netlink::RuleChanged{rules_.back()}, 1234);
}

void FakeKernel::remove_rule(std::string_view words) {
  const netlink::Rule rule = netlink::parse_rule(words).value();
  if (std::erase(rules_, rule) > 0) notify(netlink::RuleGone{rule}, 1234);
}

std::set<std::string> FakeKernel::routes() const {
  std::set<std::string> all;
  for (const netlink::Route& route : routes_) all.insert(text(route.key));
  return all;
}

std::set<std::string> FakeKernel::rules() const {
  std::set<std::string> all;
  for (const netlink::Rule& rule : rules_) all.insert(text(rule));
  return all;
}

}  // namespace failover::tests
