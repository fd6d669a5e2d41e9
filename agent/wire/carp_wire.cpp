#include <algorithm>
#include <iterator>

#include "agent/wire/wire.hpp"
#include "protocol/assert.hpp"

namespace failover {

CarpWire::CarpWire(carp::Vhid vhid, std::span<const std::uint8_t> password,
                   const std::vector<IpAddress>& advertised, const carp::ReplaySettings& replay)
    : vhid_(vhid), authenticator_(password, vhid, advertised), protection_(replay.mode) {
  if (protection_ != carp::ReplayProtection::off) memory_.emplace(replay);
  std::vector<IpAddress> others;
  std::ranges::remove_copy_if(advertised, std::back_inserter(others), &IpAddress::is_link_local);
  if (others.size() < advertised.size()) without_link_local_.emplace(password, vhid, others);
}

std::size_t CarpWire::write(const router::Rank& rank, const Outbound& outbound,
                            std::span<std::uint8_t> out) {
  const auto* said = std::get_if<carp::Rank>(&rank);
  promise(said != nullptr);
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(outbound.now.time_since_epoch())
          .count();
  last_counter_ = std::max(last_counter_ + 1, static_cast<std::uint64_t>(microseconds));
  const carp::Advert advert{.vhid = vhid_.value(),
                            .rank = *said,
                            .counter = last_counter_,
                            .digest = authenticator_.digest(last_counter_)};
  sent_[sent_next_] = {.counter = advert.counter, .digest = advert.digest};
  sent_next_ = (sent_next_ + 1) % sent_.size();
  if (memory_) memory_->sent(last_counter_);
  const auto payload = carp::encode(advert);
  std::copy(payload.begin(), payload.end(), out.begin());
  return payload.size();
}

std::optional<Rejection> CarpWire::misfit(const Datagram& datagram, std::uint8_t least_ttl) const {
  return carp::misfit(datagram, least_ttl);
}

Result<Heard, Refusal> CarpWire::read(const Datagram& datagram, const IpAddress& own_source,
                                      RealTime now) {
  const auto advert = carp::decode(datagram.payload);
  if (!advert) return failure(advert.error());
  if (!authenticator_.matches(*advert) &&
      !(without_link_local_ && without_link_local_->matches(*advert)))
    return failure(Rejection::digest);
  // The counter alone proves nothing: ucarp and FreeBSD go on from the last one they heard.
  if (datagram.source == own_source && is_own(*advert)) return failure(Rejection::own);
  if (!memory_) return Heard{.rank = advert->rank};
  const auto judgement = memory_->judge(datagram.source, advert->counter, now.time_since_epoch());
  if (protection_ == carp::ReplayProtection::enforce &&
      judgement.freshness != carp::Freshness::fresh)
    return failure(Refusal(Rejection::replay, judgement));
  return Heard{.rank = advert->rank, .replay = judgement};
}

bool CarpWire::is_own(const carp::Advert& advert) const {
  return std::ranges::any_of(sent_, [&](const Sent& sent) {
    return sent.counter == advert.counter && sent.digest == advert.digest;
  });
}

void CarpWire::continue_from(const CarpWire& before) {
  last_counter_ = before.last_counter_;
  sent_ = before.sent_;
  sent_next_ = before.sent_next_;
  if (memory_ && before.memory_) memory_->continue_from(*before.memory_);
}

}  // namespace failover
