#pragma once
// [group.NAME]: what moves as one, what it depends on, what happens when it moves. The keys, ranges
// and defaults are those of failover.toml(5).

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/bounded.hpp"
#include "protocol/limits.hpp"
#include "protocol/preempt.hpp"
#include "protocol/time.hpp"

namespace failover::config {

// How ready a backup keeps itself.
enum class GroupMode : std::uint8_t {
  hot,   // addresses in place and silenced; every router of the group has mac = "virtual"
  warm,  // addresses are added on take-over
  cold,  // `follow` is started first, addresses when it is ready
  none,  // never takes over by itself
};

// A program with its arguments; the first is an absolute path. No shell.
using ArgumentVector = std::vector<std::string>;

// --- Tracks: [group.NAME.track.TRACK] ---

struct LinkTrack {  // exists, is up, has a carrier
  std::string interface;
  friend bool operator==(const LinkTrack&, const LinkTrack&) = default;
};
struct AddressTrack {  // is there and usable
  IpAddress address;
  std::string interface = {};  // empty: on any
  friend bool operator==(const AddressTrack&, const AddressTrack&) = default;
};
struct RouteTrack {  // in the kernel's table
  Prefix destination;
  std::optional<IpAddress> gateway = {};
  std::string interface = {};  // empty: any
  std::uint32_t table = 254;
  friend bool operator==(const RouteTrack&, const RouteTrack&) = default;
};
struct ProcessTrack {  // at least `count` processes of that name run
  std::string name;    // the program's, as in /proc/PID/comm, or an absolute path of the executable
  unsigned count = 1;
  friend bool operator==(const ProcessTrack&, const ProcessTrack&) = default;
};
struct FileTrack {  // is there; with `newer_than`, was written within that time
  std::string path;
  std::optional<Duration> newer_than = {};
  friend bool operator==(const FileTrack&, const FileTrack&) = default;
};
struct CommandTrack {  // exits with 0
  ArgumentVector command;
  std::string user = {};  // empty: as failoverd was started
  friend bool operator==(const CommandTrack&, const CommandTrack&) = default;
};
struct TcpTrack {  // takes a connection
  IpAddress address;
  std::uint16_t port = 0;
  friend bool operator==(const TcpTrack&, const TcpTrack&) = default;
};
struct HttpTrack {           // answers with the status
  IpAddress address;         // of the URL
  std::uint16_t port = 80;   // of the URL
  std::string host;          // the URL's host as written, with the port where it is not 80
  std::string target = "/";  // path and query
  unsigned status_least = 200;
  unsigned status_most = 399;
  friend bool operator==(const HttpTrack&, const HttpTrack&) = default;
};
struct IcmpTrack {  // answers an echo request
  IpAddress address;
  friend bool operator==(const IcmpTrack&, const IcmpTrack&) = default;
};
struct UnitTrack {  // of the service manager: is active
  std::string unit;
  friend bool operator==(const UnitTrack&, const UnitTrack&) = default;
};

using Tracked = std::variant<LinkTrack, AddressTrack, RouteTrack, ProcessTrack, FileTrack,
                             CommandTrack, TcpTrack, HttpTrack, IcmpTrack, UnitTrack>;
// "link", "address", ... as in the file.
[[nodiscard]] std::string_view type_name(const Tracked& tracked);
// Those are told by the kernel; the others are asked every interval.
[[nodiscard]] bool is_told_by_kernel(const Tracked& tracked);
// Who is asked over the network, by tcp, http and icmp; nothing for the others.
[[nodiscard]] std::optional<IpAddress> asked_address(const Tracked& tracked);

struct TrackSettings {
  std::string name;
  Tracked what;
  Duration interval = limits::track_interval_default;  // between two checks
  Duration timeout = limits::track_timeout_default;    // of one; never longer than the interval
  unsigned rise = limits::track_rise_default;          // successes in a row until it is up
  unsigned fall = limits::track_fall_default;          // failures in a row until it is down
  // What it costs while it is down, in advskew or priority. Nothing: the group yields.
  std::optional<unsigned> demote = {};
  friend bool operator==(const TrackSettings&, const TrackSettings&) = default;
};

// --- Hooks: [group.NAME.hooks] ---

enum class HookKind : std::uint8_t { active, backup, before_release, fault, reconcile };
[[nodiscard]] std::string_view name(HookKind kind);

struct HookSettings {
  std::vector<ArgumentVector> active = {};
  std::vector<ArgumentVector> backup = {};
  std::vector<ArgumentVector> before_release = {};  // awaited before the addresses go
  std::vector<ArgumentVector> fault = {};
  std::vector<ArgumentVector> reconcile = {};
  Duration timeout = limits::hook_timeout_default;  // of each command
  std::string user = {};                            // empty: as failoverd was started
  [[nodiscard]] const std::vector<ArgumentVector>& of(HookKind kind) const;
  friend bool operator==(const HookSettings&, const HookSettings&) = default;
};

// More unplanned moves than `moves` within `window`: the group does not preempt any more until the
// window has passed without one.
struct DampingSettings {
  unsigned moves = limits::damping_moves_default;  // 0: no damping
  Duration window = limits::damping_window_default;
  friend bool operator==(const DampingSettings&, const DampingSettings&) = default;
};

struct GroupSettings {
  std::string name;
  std::string description = {};
  GroupMode mode = GroupMode::warm;
  Preempt preempt = Preempt::on;
  Duration preempt_delay = Duration{0};
  Duration start_delay = Duration{0};
  DampingSettings damping = {};
  std::vector<std::string> follow = {};    // units, "haproxy.service"
  std::vector<TrackSettings> tracks = {};  // by name
  HookSettings hooks = {};
  std::vector<std::string> routes = {};  // in the words of `ip route`
  std::vector<std::string> rules = {};   // in the words of `ip rule`
  friend bool operator==(const GroupSettings&, const GroupSettings&) = default;
};

}  // namespace failover::config
