#include "agent/kernel/watches.hpp"

#include <algorithm>

#include "netlink/subnets.hpp"
#include "netlink/words.hpp"

namespace failover {
namespace {

struct Seen {
  WatchState state = WatchState::bad;
  std::string detail;
};

struct Look {
  const netlink::Found& found;

  Seen operator()(const LinkWatch& watch) const {
    const netlink::Link* link = found.link(watch.interface);
    if (link == nullptr) return {WatchState::bad, watch.interface + " is not there"};
    if (!link->up) return {WatchState::bad, watch.interface + " is down"};
    if (!link->carrier) return {WatchState::bad, watch.interface + " has no carrier"};
    return {WatchState::good, watch.interface + " is up"};
  }

  Seen operator()(const AddressWatch& watch) const {
    const std::string address = watch.address.text();
    std::string tentative_on;
    for (const netlink::Address& held : found.holders(watch.address)) {
      const std::string on = name_of(held.interface);
      if (!watch.interface.empty() && on != watch.interface) continue;
      if (!held.tentative) return {WatchState::good, address + " is on " + on};
      tentative_on = on;
    }
    if (!tentative_on.empty())
      return {WatchState::bad, address + " is tentative on " + tentative_on};
    return {WatchState::bad, watch.interface.empty() ? address + " is on no interface"
                                                     : address + " is not on " + watch.interface};
  }

  Seen operator()(const RouteWatch& watch) const {
    for (const netlink::Route& route : found.routes().to(netlink::network_of(watch.destination)))
      for (const netlink::Hop& hop : route.hops)
        if (route.key.table == watch.table && fits(watch, hop))
          return {WatchState::good, "there is a " + words(watch.destination, hop.gateway,
                                                          name_of(hop.interface), watch.table)};
    return {WatchState::bad,
            "there is no " + words(watch.destination, watch.gateway, watch.interface, watch.table)};
  }

 private:
  [[nodiscard]] std::string name_of(int index) const {
    const netlink::Link* link = found.link(index);
    return link == nullptr ? "interface " + std::to_string(index) : link->name;
  }

  [[nodiscard]] bool fits(const RouteWatch& watch, const netlink::Hop& hop) const {
    return (!watch.gateway || hop.gateway == watch.gateway) &&
           (watch.interface.empty() || name_of(hop.interface) == watch.interface);
  }

  [[nodiscard]] static std::string words(const Prefix& destination,
                                         const std::optional<IpAddress>& gateway,
                                         const std::string& interface, std::uint32_t table) {
    return "route to " + destination.text() + (gateway ? " via " + gateway->text() : "") +
           (interface.empty() ? "" : " dev " + interface) +
           (table == netlink::main_table ? "" : " table " + netlink::table_text(table));
  }
};

}  // namespace

void Watches::add(WatchId id, Watch watch) {
  watched_.insert_or_assign(id, Watched{.watch = std::move(watch), .last = {}});
}

void Watches::remove(WatchId id) { watched_.erase(id); }

std::vector<WatchReport> Watches::look(const netlink::Found& found) {
  std::vector<WatchReport> reports;
  for (auto& [id, watched] : watched_) {
    Seen seen = std::visit(Look{found}, watched.watch);
    WatchReport report{.id = id, .state = seen.state, .detail = std::move(seen.detail)};
    if (watched.last == report) continue;
    watched.last = report;
    reports.push_back(std::move(report));
  }
  return reports;
}

std::set<Prefix> Watches::destinations() const {
  std::set<Prefix> all;
  for (const auto& [id, watched] : watched_)
    if (const auto* route = std::get_if<RouteWatch>(&watched.watch))
      all.insert(netlink::network_of(route->destination));
  return all;
}

}  // namespace failover
