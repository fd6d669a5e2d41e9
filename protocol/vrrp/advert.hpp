#pragma once
// VRRP adverts: version 2 (RFC 3768 section 5, with the authentication types of RFC 2338) over
// IPv4, version 3 (RFC 9568 section 5) over both families; VRRP.md 1.2 to 1.6.
//
// The size of an address is not in the message, it is the IP family's. The checksum of version 3
// over IPv4 has two incompatible forms in the field; both are accepted, and decode() says which it
// was.

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "protocol/address.hpp"
#include "protocol/datagram.hpp"
#include "protocol/rejection.hpp"
#include "protocol/result.hpp"
#include "protocol/vrrp/parameters.hpp"
#include "protocol/vrrp/timing.hpp"

namespace failover::vrrp {

inline constexpr std::size_t fixed_bytes = 8;      // in front of the addresses
inline constexpr std::size_t checksum_offset = 6;  // in both versions
inline constexpr std::size_t checksum_bytes = 2;
inline constexpr std::size_t authentication_bytes = 8;  // behind them, version 2 only
inline constexpr std::size_t trailer_bytes = 28;        // auth_hmac, see hmac.hpp
// The count has 8 bits. What fits a datagram is less: the caller knows the MTU.
inline constexpr std::size_t most_addresses = 255;

// The types of RFC 2338 that keepalived still speaks: nothing, and a password in clear text.
inline constexpr std::uint8_t authentication_none = 0;
inline constexpr std::uint8_t authentication_password = 1;
// A password, padded with zeros.
using Password = std::array<std::uint8_t, authentication_bytes>;
// Nothing when it is longer than 8 bytes, or empty.
[[nodiscard]] std::optional<Password> password_from(std::span<const std::uint8_t> text);

// Length of a message with `count` addresses, without a trailer.
[[nodiscard]] constexpr std::size_t advert_bytes(Version version, Family family,
                                                 std::size_t count) {
  return fixed_bytes + count * address_bytes(family) +
         (version == Version::v2 ? authentication_bytes : 0);
}
inline constexpr std::size_t longest_advert =
    advert_bytes(Version::v3, Family::ipv6, most_addresses) + trailer_bytes;

// What a packet says. The spans point into the datagram.
struct Advert {
  Version version = Version::v3;
  std::uint8_t vrid = 0;
  Rank rank;
  Family family = Family::ipv4;
  std::span<const std::uint8_t> addresses;  // as they are on the wire, in the sender's order
  std::uint8_t authentication_type = authentication_none;  // version 2
  Password authentication_data{};                          // version 2
  std::span<const std::uint8_t> message;                   // all of it but the trailer
  std::span<const std::uint8_t> trailer;                   // of auth_hmac, or empty

  [[nodiscard]] std::size_t count() const { return addresses.size() / address_bytes(family); }
  // index < count().
  [[nodiscard]] IpAddress address(std::size_t index) const;
};

// What the checksum was found to cover.
enum class Covered : std::uint8_t {
  message,             // version 2; version 3 over IPv4 as in RFC 9568
  pseudo_header,       // version 3 over IPv4 as in RFC 5798; always over IPv6
  group_pseudo_header  // unicast with the multicast group in its pseudo-header: keepalived <= 1.3.6
};
struct Decoded {
  Advert advert;
  Covered covered = Covered::message;
};

// The VRID that a packet names, if it is long enough to name one: so that a rejection can be
// counted where it belongs. Says nothing about whether the packet is any good.
[[nodiscard]] std::optional<Vrid> named_vrid(std::span<const std::uint8_t> payload);

// Whether 28 bytes of auth_hmac may follow the message. Where they are refused they make it too
// long, as with every node that does not know them.
enum class Trailer : std::uint8_t { refused, allowed };
// The first half of the judgement, before the router is known: length, TTL, version and type. The
// length is the one that the packet's own version asks for, so that an advert of the other version
// counts as that, and not as one of a wrong length. Version 2 over IPv6 is nobody's version.
[[nodiscard]] std::optional<Rejection> misfit(const Datagram& datagram, Version expected,
                                              Trailer trailer,
                                              std::uint8_t least_ttl = unrouted_ttl);

// The second half but the authentication: checksum; then no addresses (RFC 9568 5.2.5, erratum
// 8299: Rejection::addresses) and an interval of 0 (5.2.7, erratum 8301: Rejection::interval). For
// a datagram that misfit() has nothing against; safe for any other.
[[nodiscard]] Result<Decoded, Rejection> decode(const Datagram& datagram, Version expected);

// Version 2: whether type and password are what we are configured with (none: type 0, and the data
// does not matter). In constant time. False is Rejection::authentication.
[[nodiscard]] bool password_matches(const Advert& advert, const std::optional<Password>& password);

// What we send. Version 2 carries whole seconds and IPv4 only, version 3 at most 4095 centiseconds
// and no password: anything else is our own bug.
struct Outgoing {
  Version version = Version::v3;
  Vrid vrid;
  Rank rank;
  std::span<const IpAddress> addresses;   // 1 to 255 of one family, sent in this order
  Checksum checksum = Checksum::rfc5798;  // version 3 over IPv4
  IpAddress source;                       // for the pseudo-header, and for the family
  IpAddress destination;                  // as in the IP header: the group, or the peer
  std::optional<Password> password = {};  // version 2
};
// Writes the message with its checksum, byte for byte what the other implementations send, to the
// front of `out` and returns its length. out has to have advert_bytes() at least.
[[nodiscard]] std::size_t encode(const Outgoing& outgoing, std::span<std::uint8_t> out);

// Puts the trailer (hmac.hpp) behind the message that encode() has written to `out`, and returns
// the length of both. Over IPv6 the checksum counts the trailer in and is made again; over IPv4 it
// does not. The signature is made first: it reads the checksum as 0.
[[nodiscard]] std::size_t append_trailer(const Outgoing& outgoing,
                                         std::span<const std::uint8_t, trailer_bytes> trailer,
                                         std::span<std::uint8_t> out);

}  // namespace failover::vrrp
