#include "protocol/carp/advert.hpp"

#include <algorithm>

#include "protocol/bytes.hpp"

namespace failover::carp {
namespace {

constexpr std::uint8_t version_and_type = 0x21;
constexpr std::uint8_t authentication_words = 7;

}  // namespace

std::optional<Vhid> named_vhid(std::span<const std::uint8_t> payload) {
  if (payload.size() < 2) return std::nullopt;
  return Vhid::from(payload[1]);
}

std::optional<Rejection> misfit(const Datagram& datagram, std::uint8_t least_ttl) {
  const auto& payload = datagram.payload;
  if (payload.size() != advert_bytes || payload[3] != authentication_words)
    return Rejection::length;
  if (datagram.ttl < least_ttl) return Rejection::ttl;
  if (payload[0] != version_and_type) return Rejection::version;
  return std::nullopt;
}

Result<Advert, Rejection> decode(std::span<const std::uint8_t> payload) {
  if (internet_checksum(payload) != 0) return failure(Rejection::checksum);
  ByteReader reader(payload);
  Advert advert;
  (void)reader.u8();  // version and type: misfit()
  advert.vhid = reader.u8();
  advert.rank.advskew = reader.u8();
  (void)reader.u8();  // authentication length: misfit()
  advert.rank.demote = reader.u8();
  advert.rank.advbase = reader.u8();
  (void)reader.u16();  // checksum
  advert.counter = reader.u64();
  const auto digest = reader.take(digest_bytes);
  if (!reader.ok()) return failure(Rejection::length);
  std::copy(digest.begin(), digest.end(), advert.digest.begin());
  return advert;
}

std::array<std::uint8_t, advert_bytes> encode(const Advert& advert) {
  std::array<std::uint8_t, advert_bytes> bytes{};
  ByteWriter writer(bytes);
  writer.u8(version_and_type);
  writer.u8(advert.vhid);
  writer.u8(advert.rank.advskew);
  writer.u8(authentication_words);
  writer.u8(advert.rank.demote);
  writer.u8(advert.rank.advbase);
  writer.u16(0);
  writer.u64(advert.counter);
  writer.bytes(advert.digest);
  ByteWriter(std::span(bytes).subspan(6)).u16(internet_checksum(bytes));
  return bytes;
}

}  // namespace failover::carp
