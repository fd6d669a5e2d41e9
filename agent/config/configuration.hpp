#pragma once
// The configuration as types that cannot be wrong: what a file says, once it has been read and
// checked. The keys, ranges and defaults are those of failover.toml(5).

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/config/group_settings.hpp"
#include "agent/config/secret.hpp"
#include "netlink/reconcile.hpp"
#include "protocol/address.hpp"
#include "protocol/bounded.hpp"
#include "protocol/carp/parameters.hpp"
#include "protocol/carp/replay.hpp"
#include "protocol/limits.hpp"
#include "protocol/preempt.hpp"
#include "protocol/vrrp/hmac.hpp"
#include "protocol/vrrp/parameters.hpp"

namespace failover::config {

enum class LogLevel : std::uint8_t { error, warning, notice, info, debug };

struct AgentSettings {
  std::string node = {};  // empty: the host name
  LogLevel log_level = LogLevel::info;
  friend bool operator==(const AgentSettings&, const AgentSettings&) = default;
};

// The kernel's word for a lifetime that does not end.
inline constexpr std::chrono::seconds forever{4'294'967'295};

struct AddressSettings {
  Prefix prefix;
  std::string label = {};  // of IPv4 addresses only
  netlink::Scope scope = netlink::Scope::global;
  std::optional<std::chrono::seconds> preferred_lifetime = {};  // nothing: the family's default
  bool noprefixroute = false;
  bool advertise = true;  // false: held, but not in the advert
  friend bool operator==(const AddressSettings&, const AddressSettings&) = default;
};

// What [interface.IF.carp.VHID] has for itself.
struct CarpSettings {
  carp::Vhid vhid;
  Secret password = {};  // 1..19 bytes
  carp::AdvBase advbase = carp::AdvBase::of<1>();
  carp::AdvSkew advskew = carp::AdvSkew::of<0>();
  carp::DeadRatio dead_ratio = carp::DeadRatio::of<3>();
  carp::ReplayProtection replay_protection = carp::ReplayProtection::monitor;
  Duration replay_window = limits::replay_window_default;
  friend bool operator==(const CarpSettings&, const CarpSettings&) = default;
};

struct HmacKeySettings {
  vrrp::KeyId id = vrrp::KeyId::of<1>();
  Secret secret = {};  // 32..64 bytes
  friend bool operator==(const HmacKeySettings&, const HmacKeySettings&) = default;
};

// [interface.IF.vrrp.VRID.hmac]
struct HmacSettings {
  std::vector<HmacKeySettings> keys = {};  // each id once; the first one signs
  vrrp::HmacMode mode = vrrp::HmacMode::enforce;
  vrrp::AntiReplay anti_replay = vrrp::AntiReplay::time;
  std::optional<vrrp::ReplayWindow> window = {};  // nothing: three intervals, 5 s at least
  friend bool operator==(const HmacSettings&, const HmacSettings&) = default;
};

// What [interface.IF.vrrp.VRID] has for itself.
struct VrrpSettings {
  vrrp::Vrid vrid;
  vrrp::Version version = vrrp::Version::v3;
  vrrp::Priority priority = vrrp::Priority::of<100>();
  // Version 3: 1..4095. Version 2: whole seconds, 100..25500.
  vrrp::Centiseconds interval = vrrp::Centiseconds::of<100>();
  vrrp::DeadRatio dead_ratio = vrrp::DeadRatio::of<3>();
  vrrp::Checksum checksum = vrrp::Checksum::rfc5798;  // of version 3 over IPv4
  bool accept = true;                                 // RFC 9568's Accept_Mode; an owner's is true
  Secret password = {};                               // version 2: 1..8 bytes, or empty for none
  std::optional<HmacSettings> hmac = {};
  friend bool operator==(const VrrpSettings&, const VrrpSettings&) = default;
};

// The source MAC of adverts, and the one that failover IPs answer with: the interface's own, or the
// one that the id has with every node.
enum class MacMode : std::uint8_t { interface, virtual_mac };

// Routers that a unicast advert may have passed; 255: its hop limit is not looked at.
using MaxHops = Bounded<struct MaxHopsTag, std::uint8_t, 0, 255>;

// One [interface.IF.carp.VHID] or [interface.IF.vrrp.VRID].
struct RouterSettings {
  std::string interface;
  std::vector<AddressSettings> addresses = {};  // at least one, each once, in the order of the file
  std::string group = {};         // its group's name; its own name when it is alone in one
  Preempt preempt = Preempt::on;  // its group's
  Duration handover_timeout = limits::handover_timeout_default;
  std::vector<IpAddress> sources = {};  // at most one of each family; none: the interface's own
  // Each once; of each family that there are addresses of. Empty: multicast.
  std::vector<IpAddress> peers = {};
  MaxHops max_hops = MaxHops::of<255>();  // of unicast; keepalived sends IPv6 with a limit of 64
  MacMode mac = MacMode::interface;
  std::variant<CarpSettings, VrrpSettings> protocol;
  // "eth0.carp.10", "eth0.vrrp.20": the router's name, and that of the group which it is alone in.
  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::uint8_t id() const;
  // Whether it advertises addresses of that family.
  [[nodiscard]] bool has(Family family) const;
  friend bool operator==(const RouterSettings&, const RouterSettings&) = default;
};

struct Configuration {
  AgentSettings agent = {};
  std::vector<RouterSettings> routers = {};  // by interface name, then CARP before VRRP, then id
  // By name: those of [group.NAME] that have a router, and one for each router that has no `group`.
  std::vector<GroupSettings> groups = {};
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

}  // namespace failover::config
