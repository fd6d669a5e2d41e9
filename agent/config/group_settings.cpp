#include "agent/config/group_settings.hpp"

#include <array>

#include "protocol/assert.hpp"

namespace failover::config {
namespace {

// In the order of Tracked.
constexpr std::array<std::string_view, 10> type_names{
    "link", "address", "route", "process", "file", "command", "tcp", "http", "icmp", "unit"};
static_assert(type_names.size() == std::variant_size_v<Tracked>);

struct AskedAddress {
  std::optional<IpAddress> operator()(const TcpTrack& track) const { return track.address; }
  std::optional<IpAddress> operator()(const HttpTrack& track) const { return track.address; }
  std::optional<IpAddress> operator()(const IcmpTrack& track) const { return track.address; }
  template <class Other>
  std::optional<IpAddress> operator()(const Other&) const {
    return std::nullopt;
  }
};

}  // namespace

std::string_view type_name(const Tracked& tracked) { return type_names.at(tracked.index()); }

bool is_told_by_kernel(const Tracked& tracked) {
  return std::holds_alternative<LinkTrack>(tracked) ||
         std::holds_alternative<AddressTrack>(tracked) ||
         std::holds_alternative<RouteTrack>(tracked);
}

std::optional<IpAddress> asked_address(const Tracked& tracked) {
  return std::visit(AskedAddress{}, tracked);
}

std::string_view name(HookKind kind) {
  switch (kind) {
    case HookKind::active: return "active";
    case HookKind::backup: return "backup";
    case HookKind::before_release: return "before_release";
    case HookKind::fault: return "fault";
    case HookKind::reconcile: return "reconcile";
  }
  broken_promise();
}

const std::vector<ArgumentVector>& HookSettings::of(HookKind kind) const {
  switch (kind) {
    case HookKind::active: return active;
    case HookKind::backup: return backup;
    case HookKind::before_release: return before_release;
    case HookKind::fault: return fault;
    case HookKind::reconcile: return reconcile;
  }
  broken_promise();
}

}  // namespace failover::config
