#include "agent/wire/configured.hpp"

#include <algorithm>

namespace failover {
namespace {

struct ElectionOf {
  router::Election operator()(const config::CarpSettings& carp) const {
    return carp::Election{
        .advbase = carp.advbase, .advskew = carp.advskew, .dead_ratio = carp.dead_ratio};
  }
  router::Election operator()(const config::VrrpSettings& vrrp) const {
    return vrrp::Election{.version = vrrp.version,
                          .priority = vrrp.priority,
                          .interval = vrrp.interval,
                          .dead_ratio = vrrp.dead_ratio};
  }
};

// keepalived's window unless it is configured: three intervals, 5 s at least.
vrrp::ReplayWindow window_of(const config::VrrpSettings& vrrp) {
  constexpr int least = 5;
  const int three_intervals = (3 * vrrp.interval.value() + 99) / 100;
  const int seconds = std::clamp<int>(three_intervals, least, vrrp::ReplayWindow::max);
  return vrrp.hmac->window.value_or(*vrrp::ReplayWindow::from(seconds));
}

std::optional<VrrpWire::Setup::Hmac> hmac_of(const config::VrrpSettings& vrrp) {
  if (!vrrp.hmac) return std::nullopt;
  VrrpWire::Setup::Hmac hmac{.keys = {},
                             .mode = vrrp.hmac->mode,
                             .anti_replay = vrrp.hmac->anti_replay,
                             .window = window_of(vrrp)};
  for (const config::HmacKeySettings& key : vrrp.hmac->keys)
    hmac.keys.push_back(vrrp::HmacKey::from(key.id, key.secret.bytes()).value());
  return hmac;
}

struct WireOf {
  std::vector<IpAddress> advertised;

  Wire operator()(const config::CarpSettings& carp) const {
    // Whatever the others' advskew is.
    const carp::Rank fastest{.advbase = carp.advbase.value()};
    return CarpWire(carp.vhid, carp.password.bytes(), advertised,
                    {.mode = carp.replay_protection,
                     .window = carp.replay_window,
                     .interval = fastest.interval()});
  }
  Wire operator()(const config::VrrpSettings& vrrp) const {
    return VrrpWire({.vrid = vrrp.vrid,
                     .version = vrrp.version,
                     .checksum = vrrp.checksum,
                     .centiseconds = vrrp.interval.value(),
                     .password = vrrp::password_from(vrrp.password.bytes()),
                     .addresses = advertised,
                     .hmac = hmac_of(vrrp)});
  }
};

group::TrackSettings track_settings(const config::TrackSettings& track) {
  group::TrackSettings settings{.number = group::track_number(track.name),
                                .rise = track.rise,
                                .fall = track.fall,
                                .demote = track.demote};
  if (config::is_told_by_kernel(track.what)) settings.well_for = track.rise * track.interval;
  return settings;
}

}  // namespace

router::Election election_of(const config::RouterSettings& settings) {
  return std::visit(ElectionOf{}, settings.protocol);
}

router::Settings router_settings(const config::RouterSettings& settings) {
  return {.election = election_of(settings),
          .preempt = settings.preempt,
          .handover_timeout = settings.handover_timeout,
          .addresses = settings.addresses.size(),
          .speaks = {.ipv4 = settings.has(Family::ipv4), .ipv6 = settings.has(Family::ipv6)}};
}

Wire wire_of(const config::RouterSettings& settings) {
  return std::visit(WireOf{advertised_by(settings)}, settings.protocol);
}

std::vector<IpAddress> advertised_by(const config::RouterSettings& settings) {
  std::vector<IpAddress> advertised;
  for (const config::AddressSettings& address : settings.addresses)
    if (address.advertise) advertised.push_back(address.prefix.address());
  return advertised;
}

group::Settings group_settings(const config::GroupSettings& group) {
  const bool waits = group.mode == config::GroupMode::none;
  group::Settings settings{
      .preempt = group.preempt,
      .preempt_delay = group.preempt_delay,
      .start_delay = group.start_delay,
      .takes_over = waits ? group::TakesOver::when_told : group::TakesOver::by_itself,
      .damping_moves = group.damping.moves,
      .damping_window = group.damping.window};
  for (const config::TrackSettings& track : group.tracks)
    settings.tracks.push_back(track_settings(track));
  return settings;
}

}  // namespace failover
