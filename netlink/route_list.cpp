#include "netlink/route_list.hpp"

#include <algorithm>

#include "protocol/limits.hpp"

namespace failover::netlink {
namespace {

Family family_of(const RouteKey& key) { return key.destination.address().family(); }

}  // namespace

void RouteList::clear() {
  routes_.clear();
  rules_.clear();
}

void RouteList::put(const Route& route) {
  if (routes_.size() < limits::netlink_routes || routes_.contains(route.key))
    routes_.insert_or_assign(route.key, route);
}

void RouteList::erase(const Route& gone) {
  const auto found = routes_.find(gone.key);
  // Somebody else's with that key may have been told of since, or before.
  if (found == routes_.end() || found->second.protocol != gone.protocol) return;
  std::erase_if(found->second.hops, [&](const Hop& hop) {
    return std::ranges::find(gone.hops, hop) != gone.hops.end();
  });
  if (found->second.hops.empty()) routes_.erase(found);
}

void RouteList::put(const Rule& rule) {
  if (rules_.size() < limits::netlink_rules && std::ranges::find(rules_, rule) == rules_.end())
    rules_.push_back(rule);
}

void RouteList::erase(const Rule& gone) { std::erase(rules_, gone); }

void RouteList::interface_lost(int index, Family family) {
  for (auto at = routes_.begin(); at != routes_.end();) {
    auto& [key, route] = *at;
    const auto leads_there = [&](const Hop& hop) { return hop.interface == index; };
    const bool lost = family_of(key) == family && std::erase_if(route.hops, leads_there) > 0;
    at = lost && route.hops.empty() ? routes_.erase(at) : std::next(at);
  }
}

void RouteList::address_lost(const IpAddress& address) {
  for (auto at = routes_.begin(); at != routes_.end();) {
    const bool lost = at->second.preferred_source == address;
    if (lost) at->second.preferred_source.reset();
    at = lost && address.family() == Family::ipv4 ? routes_.erase(at) : std::next(at);
  }
}

const Route* RouteList::find(const RouteKey& key) const {
  const auto route = routes_.find(key);
  return route == routes_.end() ? nullptr : &route->second;
}

std::vector<Route> RouteList::to(const Prefix& destination) const {
  std::vector<Route> routes;
  const RouteKey first{.destination = destination, .table = 0, .metric = 0};
  for (auto route = routes_.lower_bound(first);
       route != routes_.end() && route->first.destination == destination; ++route)
    routes.push_back(route->second);
  return routes;
}

std::vector<Route> RouteList::ours() const {
  std::vector<Route> routes;
  for (const auto& [key, route] : routes_)
    if (is_ours(route)) routes.push_back(route);
  return routes;
}

}  // namespace failover::netlink
