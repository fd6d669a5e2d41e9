#pragma once
// The configuration as types that cannot be wrong: what a file says, once it has been read and
// checked. The keys, ranges and defaults are those of failover.toml(5).

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/secret.hpp"
#include "netlink/reconcile.hpp"
#include "protocol/address.hpp"
#include "protocol/carp/parameters.hpp"
#include "protocol/limits.hpp"

namespace failover::config {

enum class LogLevel : std::uint8_t { error, warning, notice, info, debug };

struct AgentSettings {
  std::string node = {};  // empty: the host name
  LogLevel log_level = LogLevel::info;
  friend bool operator==(const AgentSettings&, const AgentSettings&) = default;
};

struct AddressSettings {
  Prefix prefix;
  std::string label = {};
  netlink::Scope scope = netlink::Scope::global;
  std::optional<std::chrono::seconds> preferred_lifetime = {};  // nothing: forever
  bool noprefixroute = false;
  bool advertise = true;  // false: held, but not in the advert's digest
  friend bool operator==(const AddressSettings&, const AddressSettings&) = default;
};

// One [interface.IF.carp.VHID].
struct CarpSettings {
  std::string interface;
  carp::Vhid vhid;
  std::vector<AddressSettings> addresses = {};  // at least one, each once, in the order of the file
  Secret password = {};                         // 1..19 bytes
  carp::AdvBase advbase = carp::AdvBase::of<1>();
  carp::AdvSkew advskew = carp::AdvSkew::of<0>();
  carp::DeadRatio dead_ratio = carp::DeadRatio::of<3>();
  carp::Preempt preempt = carp::Preempt::on;
  Duration handover_timeout = limits::handover_timeout_default;
  std::optional<IpAddress> source = {};  // IPv4; nothing: the interface's own address
  // "eth0.carp.10": the router's name, and that of the group which it is alone in.
  [[nodiscard]] std::string name() const;
  friend bool operator==(const CarpSettings&, const CarpSettings&) = default;
};

struct Configuration {
  AgentSettings agent = {};
  std::vector<CarpSettings> routers = {};  // in the order of interface name, then VHID
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

}  // namespace failover::config
