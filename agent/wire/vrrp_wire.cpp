#include <algorithm>

#include "agent/wire/wire.hpp"
#include "protocol/assert.hpp"

namespace failover {

VrrpWire::VrrpWire(Setup setup) : setup_(std::move(setup)) {
  for (const IpAddress& address : setup_.addresses) addresses_[address.family()].push_back(address);
  sorted_ = addresses_;
  std::ranges::sort(sorted_.ipv4);
  std::ranges::sort(sorted_.ipv6);
  if (setup_.hmac) senders_.emplace(setup_.hmac->anti_replay, setup_.hmac->window);
}

std::size_t VrrpWire::write(const router::Rank& rank, const Outbound& outbound,
                            std::span<std::uint8_t> out) {
  const auto* said = std::get_if<vrrp::Rank>(&rank);
  promise(said != nullptr);
  const vrrp::Outgoing advert{.version = setup_.version,
                              .vrid = setup_.vrid,
                              .rank = *said,
                              .addresses = addresses_[outbound.source.family()],
                              .checksum = setup_.checksum,
                              .source = outbound.source,
                              .destination = outbound.destination,
                              .password = setup_.password};
  const std::size_t size = vrrp::encode(advert, out);
  if (!setup_.hmac || setup_.hmac->mode == vrrp::HmacMode::receive_only) return size;
  last_stamp_ = vrrp::next_stamp(last_stamp_, vrrp::Stamp::at(outbound.now.time_since_epoch()));
  const auto trailer =
      setup_.hmac->keys.front().sign(out.first(size), outbound.source, last_stamp_);
  return vrrp::append_trailer(advert, trailer, out);
}

std::optional<Rejection> VrrpWire::misfit(const Datagram& datagram, std::uint8_t least_ttl) const {
  return vrrp::misfit(datagram, setup_.version,
                      setup_.hmac ? vrrp::Trailer::allowed : vrrp::Trailer::refused, least_ttl);
}

Result<Heard, Refusal> VrrpWire::read(const Datagram& datagram, const IpAddress& own_source,
                                      RealTime now) {
  const auto decoded = vrrp::decode(datagram, setup_.version);
  if (!decoded) return failure(decoded.error());
  const vrrp::Advert& advert = decoded->advert;
  if (setup_.version == vrrp::Version::v2) {
    if (!vrrp::password_matches(advert, setup_.password)) return failure(Rejection::authentication);
    // RFC 3768, 7.1: the interval must be ours.
    if (advert.rank.centiseconds != setup_.centiseconds) return failure(Rejection::interval);
  }
  // An own advert says nothing that only we know; but nobody else has our source address.
  if (datagram.source == own_source) return failure(Rejection::own);
  if (const auto rejection = judge_trailer(advert, datagram.source, now))
    return failure(*rejection);
  Heard heard{.rank = advert.rank, .lists_others = !lists_ours(advert)};
  if (setup_.version == vrrp::Version::v3 && datagram.source.family() == Family::ipv4)
    heard.checksum = decoded->covered == vrrp::Covered::message ? vrrp::Checksum::rfc9568
                                                                : vrrp::Checksum::rfc5798;
  return heard;
}

// After everything else that can be wrong, so that only an advert that is otherwise good counts as
// its sender's last one.
std::optional<Rejection> VrrpWire::judge_trailer(const vrrp::Advert& advert,
                                                 const IpAddress& source, RealTime now) {
  if (!setup_.hmac) return std::nullopt;
  if (advert.trailer.empty())
    return setup_.hmac->mode == vrrp::HmacMode::enforce ? std::optional(Rejection::digest)
                                                        : std::nullopt;
  const auto stamp = vrrp::verify(setup_.hmac->keys, advert, source);
  if (!stamp) return Rejection::digest;
  if (senders_->judge(source, *stamp, now.time_since_epoch()) != vrrp::Freshness::fresh)
    return Rejection::replay;
  return std::nullopt;
}

void VrrpWire::continue_from(const VrrpWire& before) {
  last_stamp_ = before.last_stamp_;
  const bool same = setup_.hmac && before.setup_.hmac &&
                    setup_.hmac->anti_replay == before.setup_.hmac->anti_replay &&
                    setup_.hmac->window == before.setup_.hmac->window;
  if (same) senders_ = before.senders_;
}

// In any order.
bool VrrpWire::lists_ours(const vrrp::Advert& advert) const {
  const auto& ours = sorted_[advert.family];
  if (advert.count() != ours.size()) return false;
  for (std::size_t i = 0; i < advert.count(); ++i)
    if (!std::ranges::binary_search(ours, advert.address(i))) return false;
  return true;
}

}  // namespace failover
