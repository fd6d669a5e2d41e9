#include "protocol/advert_shape.hpp"

#include "protocol/carp/advert.hpp"
#include "protocol/vrrp/advert.hpp"

namespace failover {
namespace {

constexpr std::uint8_t carp_authentication_words = 7;

}  // namespace

Shape shape_of(std::span<const std::uint8_t> payload) {
  if (payload.empty()) return Shape::unclear;
  const unsigned version = payload[0] >> 4;
  if (version == 3) return Shape::vrrp3;
  if (version != 2 || payload.size() < 4) return Shape::unclear;
  const std::uint8_t count = payload[3];
  if (payload.size() == carp::advert_bytes && count == carp_authentication_words)
    return Shape::carp;
  const std::size_t message = vrrp::advert_bytes(vrrp::Version::v2, Family::ipv4, count);
  if (payload.size() == message || payload.size() == message + vrrp::trailer_bytes)
    return Shape::vrrp2;
  return Shape::unclear;
}

}  // namespace failover
