#pragma once
// auth_hmac of keepalived 2.4.1 and later (draft-cassen-vrrp-auth-hmac, VRRP.md 1.6): 28 bytes
// behind a VRRP message of either version and family, with a time stamp against replay and an
// HMAC-SHA256, cut to 16 bytes, over family, version, VRID, source address, message (its checksum
// read as 0) and stamp. It does not cover the destination, so that all unicast peers get the same.
//
//   1 | key id | 0 0 | UTC seconds (4) | 1/65536 s (2) | counter (2) | HMAC (16)

#include <nettle/hmac.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "protocol/address.hpp"
#include "protocol/bounded.hpp"
#include "protocol/limits.hpp"
#include "protocol/vrrp/advert.hpp"

namespace failover::vrrp {

using KeyId = Bounded<struct KeyIdTag, std::uint8_t, 1, 255>;
// Seconds that a sender's clock may differ from ours.
using ReplayWindow = Bounded<struct ReplayWindowTag, std::uint16_t, 1, 300>;

inline constexpr std::size_t shortest_key = 32;
inline constexpr std::size_t longest_key = 64;

// When an advert was signed, by its sender's real-time clock; the counter tells adverts of one
// moment apart. As one number of 64 bits it grows with every advert of a sender, and wraps (2106).
struct Stamp {
  std::uint32_t seconds = 0;
  std::uint16_t fraction = 0;  // 1/65536 s
  std::uint16_t counter = 0;

  // Of a time since the epoch of UTC, counter 0.
  [[nodiscard]] static Stamp at(std::chrono::nanoseconds since_epoch);
  [[nodiscard]] static Stamp from_sequence(std::uint64_t sequence);
  [[nodiscard]] std::uint64_t sequence() const;
  // By serial arithmetic (RFC 1982): also across the wrap.
  [[nodiscard]] bool is_newer_than(const Stamp& other) const;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};
// For the advert after the one that was sent with `last`: `now`, or the smallest newer one when the
// clock has not moved, or was set back.
[[nodiscard]] Stamp next_stamp(const Stamp& last, const Stamp& now);

using TrailerBytes = std::array<std::uint8_t, trailer_bytes>;

// Immutable once made; any thread. Keeps nothing of the secret but what HMAC makes of it, and wipes
// that.
class HmacKey {
 public:
  // Nothing when the secret does not have 32 to 64 bytes.
  [[nodiscard]] static std::optional<HmacKey> from(KeyId id, std::span<const std::uint8_t> secret);
  HmacKey(const HmacKey&) = default;
  HmacKey& operator=(const HmacKey&) = default;
  ~HmacKey();

  [[nodiscard]] KeyId id() const { return id_; }
  // The trailer for a whole message, whose checksum does not matter. `source` is the IP header's.
  [[nodiscard]] TrailerBytes sign(std::span<const std::uint8_t> message, const IpAddress& source,
                                  const Stamp& stamp) const;

 private:
  HmacKey(KeyId id, std::span<const std::uint8_t> secret);
  KeyId id_;
  hmac_sha256_ctx prepared_;
};

// The stamp of the trailer if one of the keys has made it for this message and source; in constant
// time. Nothing is Rejection::digest: also without a trailer, for another type of it, and for a key
// id that none of the keys has.
[[nodiscard]] std::optional<Stamp> verify(std::span<const HmacKey> keys,
                                          std::span<const std::uint8_t> message,
                                          const IpAddress& source,
                                          std::span<const std::uint8_t> trailer);
[[nodiscard]] inline std::optional<Stamp> verify(std::span<const HmacKey> keys,
                                                 const Advert& advert, const IpAddress& source) {
  return verify(keys, advert.message, source, advert.trailer);
}

// What a router does about adverts without a trailer; for its caller. One with a trailer that does
// not verify is refused whatever the mode.
enum class HmacMode : std::uint8_t {
  receive_only,  // sends none, accepts those without: the first step of a roll-out
  permissive,    // sends one, accepts those without
  enforce        // sends one, and accepts nothing else
};

enum class AntiReplay : std::uint8_t {
  time,      // the stamp is near our own clock, and newer than the sender's last one
  monotonic  // the stamp is newer than the sender's last one: for clocks that nobody sets
};
enum class Freshness : std::uint8_t {
  fresh,
  stale,    // too far from our clock, before or after
  replayed  // not newer than what this sender has sent already
};

// Who has sent what last, of one router. Owned by the router, on its thread.
//
// It remembers a few senders: a VRRP segment has one active, and for a moment two. A sender that is
// pushed out starts anew, so only what has been verified may come here: then only those who have
// the key can push.
class Senders {
 public:
  Senders(AntiReplay mode, ReplayWindow window) : mode_(mode), window_(window) {}

  // Judges a stamp that verify() has found, and remembers it when it is fresh. `now` is UTC.
  [[nodiscard]] Freshness judge(const IpAddress& source, const Stamp& stamp,
                                std::chrono::nanoseconds now_since_epoch);

 private:
  struct Sender {
    IpAddress source;
    Stamp last{};
  };
  AntiReplay mode_;
  ReplayWindow window_;
  // The one heard last comes first.
  std::array<Sender, limits::hmac_senders> heard_{};
  std::size_t count_ = 0;
};

}  // namespace failover::vrrp
