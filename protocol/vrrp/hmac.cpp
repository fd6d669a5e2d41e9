#include "protocol/vrrp/hmac.hpp"

#include <algorithm>

#include "protocol/assert.hpp"
#include "protocol/bytes.hpp"

namespace failover::vrrp {
namespace {

constexpr std::uint8_t trailer_type = 1;
constexpr std::size_t stamp_offset = 4;
constexpr std::size_t digest_offset = 12;
constexpr std::size_t digest_bytes = 16;
constexpr std::size_t pseudo_header_bytes = 20;

// Family, version and VRID keep an advert from being moved to another router that has the same key,
// the source ties it to its sender.
std::array<std::uint8_t, pseudo_header_bytes> pseudo_header(std::span<const std::uint8_t> message,
                                                            const IpAddress& source) {
  std::array<std::uint8_t, pseudo_header_bytes> bytes{};
  ByteWriter writer(bytes);
  writer.u8(source.family() == Family::ipv4 ? 4 : 6);
  writer.u8(message[0] >> 4);
  writer.u8(message[1]);
  writer.u8(0);
  writer.bytes(source.bytes());
  return bytes;
}

}  // namespace

std::optional<HmacKey> HmacKey::from(KeyId id, std::span<const std::uint8_t> secret) {
  if (secret.size() < shortest_key || secret.size() > longest_key) return std::nullopt;
  return HmacKey(id, secret);
}

HmacKey::HmacKey(KeyId id, std::span<const std::uint8_t> secret) : id_(id) {
  hmac_sha256_set_key(&prepared_, secret.size(), secret.data());
}

HmacKey::~HmacKey() { wipe({reinterpret_cast<std::uint8_t*>(&prepared_), sizeof prepared_}); }

TrailerBytes HmacKey::sign(std::span<const std::uint8_t> message, const IpAddress& source,
                           const Stamp& stamp) const {
  promise(message.size() >= fixed_bytes);
  TrailerBytes trailer{};
  ByteWriter writer(trailer);
  writer.u8(trailer_type);
  writer.u8(id_.value());
  writer.u16(0);
  writer.u64(stamp.sequence());
  hmac_sha256_ctx context = prepared_;
  const auto feed = [&](std::span<const std::uint8_t> bytes) {
    hmac_sha256_update(&context, bytes.size(), bytes.data());
  };
  feed(pseudo_header(message, source));
  feed(message.first(checksum_offset));
  feed(std::array<std::uint8_t, checksum_bytes>{});
  feed(message.subspan(checksum_offset + checksum_bytes));
  feed(trailer);  // its digest still is zeros
  hmac_sha256_digest(&context, digest_bytes, trailer.data() + digest_offset);
  wipe({reinterpret_cast<std::uint8_t*>(&context), sizeof context});
  return trailer;
}

Stamp Stamp::at(std::chrono::nanoseconds since_epoch) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto rest = static_cast<std::uint64_t>((since_epoch - seconds).count());
  return {.seconds = static_cast<std::uint32_t>(seconds.count()),
          .fraction = static_cast<std::uint16_t>((rest << 16) / 1'000'000'000U)};
}

Stamp Stamp::from_sequence(std::uint64_t sequence) {
  return {.seconds = static_cast<std::uint32_t>(sequence >> 32),
          .fraction = static_cast<std::uint16_t>(sequence >> 16),
          .counter = static_cast<std::uint16_t>(sequence)};
}

std::uint64_t Stamp::sequence() const {
  return std::uint64_t{seconds} << 32 | std::uint64_t{fraction} << 16 | counter;
}

bool Stamp::is_newer_than(const Stamp& other) const {
  return static_cast<std::int64_t>(sequence() - other.sequence()) > 0;
}

Stamp next_stamp(const Stamp& last, const Stamp& now) {
  return now.is_newer_than(last) ? now : Stamp::from_sequence(last.sequence() + 1);
}

std::optional<Stamp> verify(std::span<const HmacKey> keys, std::span<const std::uint8_t> message,
                            const IpAddress& source, std::span<const std::uint8_t> trailer) {
  if (message.size() < fixed_bytes || trailer.size() != trailer_bytes) return std::nullopt;
  const auto id = KeyId::from(trailer[1]);
  if (!id) return std::nullopt;
  const auto key = std::ranges::find(keys, *id, &HmacKey::id);
  if (key == keys.end()) return std::nullopt;
  const Stamp stamp = Stamp::from_sequence(ByteReader(trailer.subspan(stamp_offset)).u64());
  // Type and reserved bytes, too, are what the signature makes them.
  if (!equal_in_constant_time(key->sign(message, source, stamp), trailer)) return std::nullopt;
  return stamp;
}

Freshness Senders::judge(const IpAddress& source, const Stamp& stamp,
                         std::chrono::nanoseconds now_since_epoch) {
  if (mode_ == AntiReplay::time) {
    const std::int64_t ahead =
        static_cast<std::int32_t>(stamp.seconds - Stamp::at(now_since_epoch).seconds);
    if (ahead > window_.value() || -ahead > window_.value()) return Freshness::stale;
  }
  const auto heard = std::span(heard_).first(count_);
  auto found = std::ranges::find(heard, source, &Sender::source) - heard.begin();
  if (found < std::ssize(heard)) {
    if (!stamp.is_newer_than(heard_[static_cast<std::size_t>(found)].last))
      return Freshness::replayed;
  } else if (count_ < heard_.size()) {
    ++count_;
  } else {
    --found;  // the one silent longest makes room
  }
  std::move_backward(heard_.begin(), heard_.begin() + found, heard_.begin() + found + 1);
  heard_.front() = {.source = source, .last = stamp};
  return Freshness::fresh;
}

}  // namespace failover::vrrp
