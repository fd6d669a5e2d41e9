#pragma once
// Watches: what groups track of the machine's own network. The kernel tells of it, so nothing is
// polled: whoever has read notifications looks, and reports what has changed.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "agent/mailbox/watch.hpp"
#include "netlink/found.hpp"

namespace failover {

using WatchId = std::uint32_t;

enum class WatchState : std::uint8_t { good, bad };
struct WatchReport {
  WatchId id = 0;
  WatchState state = WatchState::bad;
  std::string detail;  // "eth2 has no carrier"
  friend bool operator==(const WatchReport&, const WatchReport&) = default;
};

// Lives on the kernel thread. A look costs a few lookups for each watch.
class Watches {
 public:
  // A watch with that id is replaced; the next look() reports on it in any case.
  void add(WatchId id, Watch watch);
  void remove(WatchId id);
  // Those whose state or detail is not what it was at the look before, by id.
  [[nodiscard]] std::vector<WatchReport> look(const netlink::Found& found);
  // What the kernel has to be asked to tell of: Kernel::watch_routes().
  [[nodiscard]] std::set<Prefix> destinations() const;

 private:
  struct Watched {
    Watch watch;
    std::optional<WatchReport> last;
  };
  std::map<WatchId, Watched> watched_;
};

}  // namespace failover
