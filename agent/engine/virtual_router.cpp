#include "agent/engine/virtual_router.hpp"

#include <algorithm>

namespace failover {

VirtualRouter::VirtualRouter(std::unique_ptr<EngineRouter> setup, const Clock& clock)
    : setup_(std::move(setup)), clock_(clock), machine_(setup_->settings) {
  status_.since = clock_.real();
  publish();
}

void VirtualRouter::replace_setup(std::unique_ptr<EngineRouter> setup) {
  setup_ = std::move(setup);
  changed = true;
}

OutgoingAdvert VirtualRouter::make_advert(const carp::Rank& rank, int interface, MacAddress mac,
                                          const IpAddress& source) {
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(clock_.real().time_since_epoch())
          .count();
  last_counter_ = std::max(last_counter_ + 1, static_cast<std::uint64_t>(microseconds));
  const carp::Advert advert{.vhid = setup_->vhid.value(),
                            .rank = rank,
                            .counter = last_counter_,
                            .digest = setup_->authenticator.digest(last_counter_)};
  sent_[sent_next_] = {.counter = advert.counter, .digest = advert.digest};
  sent_next_ = (sent_next_ + 1) % sent_.size();

  OutgoingAdvert out{.router = id(), .interface = interface};
  write_advert_headers(out.frame,
                       {.source_mac = mac,
                        .source = source,
                        .payload_bytes = static_cast<std::uint16_t>(carp::advert_bytes)});
  const auto payload = carp::encode(advert);
  std::copy(payload.begin(), payload.end(), out.frame.begin() + ethernet_header + ipv4_header);
  return out;
}

std::optional<carp::Advert> VirtualRouter::accept(const Ipv4Datagram& datagram, MacAddress sender,
                                                  const IpAddress& own_source, Instant heard) {
  const auto advert = carp::decode(datagram.payload);
  if (!advert) {
    count_rejection(advert.error());
    return std::nullopt;
  }
  if (!setup_->authenticator.matches(*advert)) {
    count_rejection(Rejection::digest);
    status_.wrong_digest = {.address = datagram.source, .mac = sender, .heard = heard};
    return std::nullopt;
  }
  // The counter alone proves nothing: ucarp and FreeBSD go on from the last one they heard.
  if (datagram.source == own_source && is_own(*advert)) {
    count_rejection(Rejection::own);
    return std::nullopt;
  }
  return *advert;
}

bool VirtualRouter::is_own(const carp::Advert& advert) const {
  return std::ranges::any_of(sent_, [&](const Sent& sent) {
    return sent.counter == advert.counter && sent.digest == advert.digest;
  });
}

void VirtualRouter::peer_heard(const carp::Advert& advert, const IpAddress& source, MacAddress mac,
                               Instant heard) {
  ++status_.adverts_received;
  peer_entry(source) = {.address = source,
                        .mac = mac,
                        .rank = advert.rank,
                        .heard = heard,
                        .heard_at = clock_.real(),
                        .leaving = advert.rank.is_farewell()};
  changed = true;
}

PeerStatus& VirtualRouter::peer_entry(const IpAddress& address) {
  const auto known_end = status_.peers.begin() + status_.peer_count;
  const auto known = std::find_if(status_.peers.begin(), known_end,
                                  [&](const PeerStatus& peer) { return peer.address == address; });
  if (known != known_end) return *known;
  if (status_.peer_count < status_.peers.size()) return status_.peers[status_.peer_count++];
  return *std::ranges::min_element(status_.peers, {}, &PeerStatus::heard);
}

void VirtualRouter::role_changed(const carp::Transition& transition) {
  if (transition.from != transition.to) status_.since = clock_.real();
  if (transition.to == carp::Role::active) announcer_.reset();
  changed = true;
}

void VirtualRouter::saw_two_active(const IpAddress& peer) {
  ++status_.two_active;
  status_.two_active_at = clock_.real();
  status_.two_active_peer = peer_entry(peer);
  changed = true;
}

void VirtualRouter::publish() {
  status_.role = machine_.role();
  status_.reason = machine_.reason();
  status_.waiting_for = machine_.waiting_for();
  status_.yielded = machine_.yielded();
  status_.rank = machine_.rank();
  status_.demotion = machine_.demotion_cost();
  setup_->status->write(status_);
  changed = false;
}

}  // namespace failover
