#pragma once
// Who takes part in a rehearsal: the routers and groups of two nodes that have to do with each
// other. Pure.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/config/configuration.hpp"

namespace failover::rehearsal {

enum class Side : std::uint8_t { here, there };
[[nodiscard]] constexpr Side other(Side side) {
  return side == Side::here ? Side::there : Side::here;
}

// The configurations outlive it; numbers are indexes.
struct Cast {
  struct Router {
    Side side = Side::here;
    const config::RouterSettings* settings = nullptr;
    std::size_t group = 0;
    std::optional<std::size_t> twin = {};  // on the other node (twins.hpp)
    // Whether what the twin sends is accepted, as the real codecs judge it.
    PerFamily<bool> hears_twin{.ipv4 = false, .ipv6 = false};
    std::string_view refusal = {};  // why not, when it is not: "digest"
  };
  struct Group {
    Side side = Side::here;
    const config::GroupSettings* settings = nullptr;
  };
  std::vector<Router> routers;
  std::vector<Group> groups;
};

// Groups that have no router in common, by twins, do not know of each other: each cast has what
// belongs together. Those that only the other node has are left out.
[[nodiscard]] std::vector<Cast> casts_of(const config::Configuration& ours,
                                         const config::Configuration& theirs);

// Where a router's adverts come from, when nothing is configured: a made-up address.
[[nodiscard]] PerFamily<std::optional<IpAddress>> sources_of(const Cast::Router& router);

}  // namespace failover::rehearsal
