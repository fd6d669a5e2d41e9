#include "tests/sim/router_insight.hpp"

namespace failover::sim {
namespace {

// Each Window declares the function that the explicit instantiation of Opened defines.
struct StateWindow {
  friend const auto& look(StateWindow, const router::Router& router);
};
struct LingeringWindow {
  friend const auto& look(LingeringWindow, const router::Router& router);
};
struct HeardWindow {
  friend const auto& look(HeardWindow, const router::Router& router);
};
struct LostWindow {
  friend const auto& look(LostWindow, const router::Router& router);
};
struct FollowedWindow {
  friend const auto& look(FollowedWindow, const router::Router& router);
};
struct OperationWindow {
  friend const auto& look(OperationWindow, const router::Router& router);
};
template <class Window, auto Member>
struct Opened {
  friend const auto& look(Window, const router::Router& router) { return router.*Member; }
};
template struct Opened<StateWindow, &router::Router::state_>;
template struct Opened<LingeringWindow, &router::Router::lingering_>;
template struct Opened<HeardWindow, &router::Router::heard_active_>;
template struct Opened<LostWindow, &router::Router::lost_active_>;
template struct Opened<FollowedWindow, &router::Router::followed_>;
template struct Opened<OperationWindow, &router::Router::operation_>;

template <class State>
void add_state(Fingerprint& print, const State& state) {
  if constexpr (requires { state.active_is_dead; }) {
    print.add(state.active_is_dead);
    print.add(state.listen_until);
    print.add(state.silent_at.ipv4);
    print.add(state.silent_at.ipv6);
    print.add(state.listened_out);
    print.add(static_cast<std::uint64_t>(state.cause));
    print.add(std::uint64_t{state.half_deaf});
  } else if constexpr (requires { state.next_advert; }) {
    print.add(state.next_advert);
    print.add(state.advertised);
    print.add(state.announced);
    print.add(state.announce_soon);
    print.add(state.announce_later);
    print.add(static_cast<std::uint64_t>(state.adverts_until_announce * 4 + (state.held ? 2 : 0) +
                                         (state.listening ? 1 : 0)));
  } else if constexpr (requires { state.gives_up; }) {
    print.add(state.gives_up);
    print.add(state.next_farewell);
  } else {
    print.add(static_cast<std::uint64_t>(state.what));
  }
}

void add_address(Fingerprint& print, const std::optional<IpAddress>& address) {
  print.add(address ? std::uint64_t{address->bytes().back()} : std::uint64_t{0});
}

}  // namespace

void add_rank(Fingerprint& print, const router::Rank& rank) {
  if (const auto* carp = std::get_if<carp::Rank>(&rank))
    print.add(carp->advbase * std::uint64_t{256} + carp->advskew);
  if (const auto* vrrp = std::get_if<vrrp::Rank>(&rank))
    print.add((vrrp->priority + std::uint64_t{256}) << 16U | vrrp->centiseconds);
}

void add_router(Fingerprint& print, const router::Router& router) {
  const auto& state = look(StateWindow{}, router);
  print.add(static_cast<std::uint64_t>(state.index()));
  std::visit([&](const auto& now) { add_state(print, now); }, state);
  const auto& lingering = look(LingeringWindow{}, router);
  print.add(std::uint64_t{lingering.has_value()});
  if (lingering) {
    print.add(lingering->release_at());
    print.add(std::uint64_t{lingering->has_spoken()});
    print.add(static_cast<std::uint64_t>(lingering->successor()));
  }
  add_address(print, look(HeardWindow{}, router));
  add_address(print, look(LostWindow{}, router));
  if (const auto& followed = look(FollowedWindow{}, router)) add_rank(print, *followed);
  print.add(std::uint64_t{look(OperationWindow{}, router)});
  print.add(std::uint64_t{router.yielded()});
}

}  // namespace failover::sim
