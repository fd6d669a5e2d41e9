#include "protocol/vrrp/advert.hpp"

#include <algorithm>

#include "protocol/bytes.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/pseudo_header.hpp"

namespace failover::vrrp {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t type_advertisement = 1;
constexpr unsigned centiseconds_per_second = 100;
constexpr unsigned interval_mask = 0x0fff;  // the four bits above are reserved: ignored

constexpr std::uint8_t version_and_type(Version version) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(version) << 4 | type_advertisement);
}

// The version that a packet names, if its family has that one. payload is not empty.
std::optional<Version> named_version(Bytes payload, Family family) {
  const unsigned version = payload[0] >> 4;
  if (version == 3) return Version::v3;
  if (version == 2 && family == Family::ipv4) return Version::v2;
  return std::nullopt;
}

std::optional<Covered> checksum_covers(const Datagram& datagram, Version version, Bytes message) {
  const auto with = [&](const IpAddress& destination, Bytes bytes) {
    return checksum_with_addresses(datagram.source, destination, protocol_carp, bytes) == 0;
  };
  if (datagram.source.family() == Family::ipv6) {
    if (with(datagram.destination, datagram.payload)) return Covered::pseudo_header;
    return std::nullopt;
  }
  if (internet_checksum(message) == 0) return Covered::message;
  if (version == Version::v2) return std::nullopt;
  if (with(datagram.destination, message)) return Covered::pseudo_header;
  if (!datagram.destination.is_multicast() && with(advert_group4, message))
    return Covered::group_pseudo_header;
  return std::nullopt;
}

// Of a message that is as long as its count of addresses says.
Advert read(Bytes message, Version version, Family family) {
  ByteReader reader(message);
  Advert advert;
  advert.version = version;
  advert.family = family;
  advert.message = message;
  (void)reader.u8();  // version and type: misfit()
  advert.vrid = reader.u8();
  advert.rank.priority = reader.u8();
  const std::size_t count = reader.u8();
  if (version == Version::v2) {
    advert.authentication_type = reader.u8();
    advert.rank.centiseconds = static_cast<std::uint16_t>(reader.u8() * centiseconds_per_second);
  } else {
    advert.rank.centiseconds = static_cast<std::uint16_t>(reader.u16() & interval_mask);
  }
  (void)reader.u16();  // checksum
  advert.addresses = reader.take(count * address_bytes(family));
  if (version == Version::v2) {
    const auto data = reader.take(authentication_bytes);
    std::copy(data.begin(), data.end(), advert.authentication_data.begin());
  }
  promise(reader.ok());
  return advert;
}

// The two bytes in front of the checksum.
void write_interval(ByteWriter& writer, const Outgoing& outgoing) {
  const unsigned centiseconds = outgoing.rank.centiseconds;
  if (outgoing.version == Version::v2) {
    const unsigned seconds = centiseconds / centiseconds_per_second;
    promise(seconds * centiseconds_per_second == centiseconds && seconds <= 255);
    writer.u8(outgoing.password ? authentication_password : authentication_none);
    writer.u8(static_cast<std::uint8_t>(seconds));
  } else {
    promise(centiseconds <= interval_mask);
    writer.u16(static_cast<std::uint16_t>(centiseconds));
  }
}

// Over `covered`, whose checksum field is put right.
void write_checksum(const Outgoing& outgoing, std::span<std::uint8_t> covered) {
  ByteWriter(covered.subspan(checksum_offset)).u16(0);
  const bool alone = outgoing.source.family() == Family::ipv4 &&
                     (outgoing.version == Version::v2 || outgoing.checksum == Checksum::rfc9568);
  const std::uint16_t checksum =
      alone
          ? internet_checksum(covered)
          : checksum_with_addresses(outgoing.source, outgoing.destination, protocol_carp, covered);
  ByteWriter(covered.subspan(checksum_offset)).u16(checksum);
}

}  // namespace

std::optional<Password> password_from(std::span<const std::uint8_t> text) {
  if (text.empty() || text.size() > authentication_bytes) return std::nullopt;
  Password password{};
  std::copy(text.begin(), text.end(), password.begin());
  return password;
}

IpAddress Advert::address(std::size_t index) const {
  promise(index < count());
  return IpAddress::from_bytes(family, addresses.subspan(index * address_bytes(family)));
}

std::optional<Vrid> named_vrid(std::span<const std::uint8_t> payload) {
  if (payload.size() < 2) return std::nullopt;
  return Vrid::from(payload[1]);
}

std::optional<Rejection> misfit(const Datagram& datagram, Version expected, Trailer trailer,
                                std::uint8_t least_ttl) {
  const auto& payload = datagram.payload;
  const Family family = datagram.source.family();
  if (payload.size() < fixed_bytes) return Rejection::length;
  const Version version = named_version(payload, family).value_or(expected);
  const std::size_t length = advert_bytes(version, family, payload[3]);
  const bool has_trailer = payload.size() == length + trailer_bytes;
  if (payload.size() != length && !(has_trailer && trailer == Trailer::allowed))
    return Rejection::length;
  if (datagram.ttl < least_ttl) return Rejection::ttl;
  if (version != expected || payload[0] != version_and_type(expected)) return Rejection::version;
  if (version == Version::v2 && family == Family::ipv6) return Rejection::version;
  return std::nullopt;
}

Result<Decoded, Rejection> decode(const Datagram& datagram, Version expected) {
  if (const auto rejection = misfit(datagram, expected, Trailer::allowed, 0))
    return failure(*rejection);
  const auto& payload = datagram.payload;
  const Family family = datagram.source.family();
  const std::size_t length = advert_bytes(expected, family, payload[3]);
  const auto covered = checksum_covers(datagram, expected, payload.first(length));
  if (!covered) return failure(Rejection::checksum);
  Advert advert = read(payload.first(length), expected, family);
  advert.trailer = payload.subspan(length);
  if (advert.count() == 0) return failure(Rejection::addresses);
  if (advert.rank.centiseconds == 0) return failure(Rejection::interval);
  return Decoded{.advert = advert, .covered = *covered};
}

bool password_matches(const Advert& advert, const std::optional<Password>& password) {
  if (!password) return advert.authentication_type == authentication_none;
  return advert.authentication_type == authentication_password &&
         equal_in_constant_time(advert.authentication_data, *password);
}

std::size_t encode(const Outgoing& outgoing, std::span<std::uint8_t> out) {
  const Family family = outgoing.source.family();
  const std::size_t count = outgoing.addresses.size();
  promise(count >= 1 && count <= most_addresses);
  promise(outgoing.version == Version::v3 ? !outgoing.password : family == Family::ipv4);
  const std::size_t length = advert_bytes(outgoing.version, family, count);
  promise(length <= out.size());
  const auto message = out.first(length);
  ByteWriter writer(message);
  writer.u8(version_and_type(outgoing.version));
  writer.u8(outgoing.vrid.value());
  writer.u8(outgoing.rank.priority);
  writer.u8(static_cast<std::uint8_t>(count));
  write_interval(writer, outgoing);
  writer.u16(0);
  for (const IpAddress& address : outgoing.addresses) {
    promise(address.family() == family);
    writer.bytes(address.bytes());
  }
  if (outgoing.version == Version::v2) writer.bytes(outgoing.password.value_or(Password{}));
  write_checksum(outgoing, message);
  return length;
}

std::size_t append_trailer(const Outgoing& outgoing,
                           std::span<const std::uint8_t, trailer_bytes> trailer,
                           std::span<std::uint8_t> out) {
  const Family family = outgoing.source.family();
  const std::size_t length = advert_bytes(outgoing.version, family, outgoing.addresses.size());
  promise(length + trailer_bytes <= out.size());
  ByteWriter(out.subspan(length)).bytes(trailer);
  const auto whole = out.first(length + trailer_bytes);
  if (family == Family::ipv6) write_checksum(outgoing, whole);
  return whole.size();
}

}  // namespace failover::vrrp
