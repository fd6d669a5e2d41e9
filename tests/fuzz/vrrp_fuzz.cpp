// VRRP adverts, from the frame to the verdict: what is refused is refused for the first thing that
// is wrong with it, what is accepted says what its bytes say and is made again byte for byte, and a
// signature is for one message, source, key and stamp.
//
// The first byte of an input says what is put right in the frame behind it, since no mutation ever
// finds a checksum and a signature.

#include <algorithm>
#include <numeric>
#include <vector>

#include "protocol/advert_shape.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "protocol/pseudo_header.hpp"
#include "protocol/vrrp/hmac.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Span = std::span<const std::uint8_t>;
using vrrp::Covered;
using vrrp::Version;

constexpr unsigned mend_ip_checksum = 1;
constexpr unsigned mend_message_only = 2;
constexpr unsigned mend_with_addresses = 4;
constexpr unsigned mend_signature = 8;

vrrp::HmacKey key(vrrp::KeyId id) {
  Bytes secret(vrrp::shortest_key);
  std::iota(secret.begin(), secret.end(), std::uint8_t{0});
  return vrrp::HmacKey::from(id, secret).value();
}

std::optional<Datagram> datagram_of(Span frame) {
  const auto ethernet = parse_ethernet(frame);
  if (!ethernet) return std::nullopt;
  const auto datagram = ethernet->type == ethertype_ipv6 ? parse_ipv6(ethernet->payload)
                                                         : parse_ipv4(ethernet->payload);
  if (!datagram) return std::nullopt;
  return *datagram;
}

// The words of header and message added up, in another way than the decoder does.
bool adds_up(Span header, Span message) {
  std::uint64_t sum = 0;
  for (const Span part : {header, message}) {
    ByteReader words(part);
    while (words.rest().size() > 1) sum += words.u16();
    if (!words.rest().empty()) sum += std::uint64_t{words.u8()} << 8;
  }
  return sum != 0 && sum % 0xffff == 0;
}

Bytes pseudo_header(const IpAddress& source, const IpAddress& destination, std::size_t length) {
  Bytes header(source.bytes().begin(), source.bytes().end());
  header.insert(header.end(), destination.bytes().begin(), destination.bytes().end());
  for (const std::size_t byte : {std::size_t{0}, std::size_t{112}, length >> 8, length & 0xff})
    header.push_back(static_cast<std::uint8_t>(byte));
  return header;
}

// What the checksum may cover; nothing when it is wrong in every way.
bool is_covered(const Datagram& datagram, Version version, std::size_t length, Covered how) {
  const Span message = datagram.payload.first(length);
  const bool ipv6 = datagram.source.family() == Family::ipv6;
  switch (how) {
    case Covered::message: return !ipv6 && adds_up({}, message);
    case Covered::pseudo_header: {
      const Span covered = ipv6 ? datagram.payload : message;
      return version == Version::v3 &&
             adds_up(pseudo_header(datagram.source, datagram.destination, covered.size()), covered);
    }
    case Covered::group_pseudo_header:
      return version == Version::v3 && !ipv6 && !datagram.destination.is_multicast() &&
             adds_up(pseudo_header(datagram.source, advert_group4, length), message);
  }
  return false;
}

std::size_t expected_length(Version version, Family family, std::uint8_t count) {
  if (version == Version::v2) return 16 + count * address_bytes(family);
  return 8 + count * address_bytes(family);
}

void check_misfit(const Datagram& datagram, Version version) {
  const Span payload = datagram.payload;
  const Family family = datagram.source.family();
  using vrrp::Trailer;
  const auto strict = vrrp::misfit(datagram, version, Trailer::refused);
  const auto lax = vrrp::misfit(datagram, version, Trailer::allowed, 0);
  must(!lax || strict, "what fits strictly fits otherwise");
  must(strict != Rejection::ttl || datagram.ttl != 255, "a TTL of 255 is right");
  must(strict || datagram.ttl == 255, "a TTL other than 255 is wrong");
  must(lax != Rejection::ttl, "where the TTL does not matter nothing is refused for it");
  if (lax) return;
  const std::size_t length = expected_length(version, family, payload[3]);
  must(payload[0] == (version == Version::v2 ? 0x21 : 0x31), "version and type are the expected");
  must(version == Version::v3 || family == Family::ipv4, "version 2 is of IPv4");
  must(payload.size() == length || payload.size() == length + 28, "the length is exact");
  must(strict || payload.size() == length, "no trailer where it is refused");
  const auto shape = shape_of(payload);
  must(shape == (version == Version::v2 ? Shape::vrrp2 : Shape::vrrp3) || shape == Shape::carp,
       "what fits has the shape");
  must(shape != Shape::carp, "what fits is no CARP");
}

void check_signature(const Datagram& datagram, const vrrp::Advert& advert) {
  const auto id = vrrp::KeyId::from(advert.trailer.empty() ? 1 : advert.trailer[1]);
  if (!id) return;
  const std::array keys{key(*id)};
  const auto stamp = vrrp::verify(keys, advert, datagram.source);
  must(!stamp || !advert.trailer.empty(), "nothing is verified without a trailer");
  const auto made = keys[0].sign(advert.message, datagram.source, stamp.value_or(vrrp::Stamp{}));
  must(!stamp || std::ranges::equal(made, advert.trailer), "what verifies is signed again");
  Bytes other(advert.message.begin(), advert.message.end());
  must(vrrp::verify(keys, other, datagram.source, made).has_value(), "what we sign verifies");
  other[2] ^= 1;
  must(!vrrp::verify(keys, other, datagram.source, made), "a signature is for one message only");
  must(!vrrp::verify(keys, advert.message, datagram.destination, made) ||
           datagram.destination == datagram.source,
       "a signature is for one source only");
}

void check_again(const Datagram& datagram, const vrrp::Decoded& decoded) {
  const vrrp::Advert& advert = decoded.advert;
  const auto vrid = vrrp::named_vrid(datagram.payload);
  if (!vrid || decoded.covered == Covered::group_pseudo_header) return;
  std::vector<IpAddress> addresses;
  for (std::size_t i = 0; i < advert.count(); ++i) addresses.push_back(advert.address(i));
  vrrp::Outgoing outgoing{.version = advert.version,
                          .vrid = *vrid,
                          .rank = advert.rank,
                          .addresses = addresses,
                          .source = datagram.source,
                          .destination = datagram.destination};
  if (decoded.covered == Covered::message) outgoing.checksum = vrrp::Checksum::rfc9568;
  if (advert.authentication_type == vrrp::authentication_password)
    outgoing.password = advert.authentication_data;
  Bytes made(vrrp::longest_advert);
  made.resize(vrrp::encode(outgoing, made));
  if (!advert.trailer.empty()) {
    made.resize(made.size() + vrrp::trailer_bytes);
    must(vrrp::append_trailer(outgoing, advert.trailer.first<vrrp::trailer_bytes>(), made) ==
             made.size(),
         "a trailer is as long as it is");
  }
  Datagram ours = datagram;
  ours.payload = made;
  const auto read = vrrp::decode(ours, advert.version);
  must(read && read->advert.rank == advert.rank && read->covered == decoded.covered &&
           std::ranges::equal(read->advert.addresses, advert.addresses),
       "what we make is read back");
  // Of what we never send: authentication types and data, reserved bits, ffff for a checksum of 0.
  const Span theirs = datagram.payload;
  const bool v2_shape = advert.version == Version::v2 &&
                        (advert.authentication_type == vrrp::authentication_password ||
                         (advert.authentication_type == vrrp::authentication_none &&
                          advert.authentication_data == vrrp::Password{}));
  const bool own_shape = (v2_shape || (advert.version == Version::v3 && theirs[4] >> 4 == 0)) &&
                         (theirs[6] != 0xff || theirs[7] != 0xff);
  must(!own_shape || std::ranges::equal(made, theirs), "an advert is made again byte for byte");
}

void check_accepted(const Datagram& datagram, Version version, const vrrp::Decoded& decoded) {
  const vrrp::Advert& advert = decoded.advert;
  const Span payload = datagram.payload;
  must(is_within(advert.message, payload) && is_within(advert.trailer, payload) &&
           is_within(advert.addresses, payload),
       "an advert lies within its datagram");
  must(advert.message.size() + advert.trailer.size() == payload.size(), "nothing is left over");
  must(advert.vrid == payload[1] && advert.rank.priority == payload[2] &&
           advert.count() == payload[3],
       "VRID, priority and count are what the bytes say");
  const int interval =
      version == Version::v2 ? payload[5] * 100 : (payload[4] & 0x0f) << 8 | payload[5];
  must(advert.rank.centiseconds == interval && interval > 0, "the interval is, and is not 0");
  must(advert.count() > 0, "an advert has addresses");
  must(is_covered(datagram, version, advert.message.size(), decoded.covered),
       "the checksum covers what is said");
  check_again(datagram, decoded);
  check_signature(datagram, advert);
}

void check_refused(const Datagram& datagram, Version version, Rejection rejection) {
  const auto misfit = vrrp::misfit(datagram, version, vrrp::Trailer::allowed, 0);
  if (misfit) {
    must(rejection == *misfit, "a decoder refuses what does not fit");
    return;
  }
  const std::size_t length =
      expected_length(version, datagram.source.family(), datagram.payload[3]);
  bool covered = false;
  for (const Covered how : {Covered::message, Covered::pseudo_header, Covered::group_pseudo_header})
    covered = covered || is_covered(datagram, version, length, how);
  must((rejection == Rejection::checksum) == !covered, "then the checksum is judged");
  if (!covered) return;
  must((rejection == Rejection::addresses) == (datagram.payload[3] == 0), "then the addresses");
  must(rejection == Rejection::addresses || rejection == Rejection::interval, "then the interval");
}

void check_frame(Span frame) {
  const auto datagram = datagram_of(frame);
  if (!datagram) return;
  const auto named = vrrp::named_vrid(datagram->payload);
  const Span payload = datagram->payload;
  must(named.has_value() == (payload.size() >= 2 && payload[1] != 0), "a VRID is 1 to 255");
  for (const Version version : {Version::v2, Version::v3}) {
    check_misfit(*datagram, version);
    const auto decoded = vrrp::decode(*datagram, version);
    if (decoded)
      check_accepted(*datagram, version, *decoded);
    else
      check_refused(*datagram, version, decoded.error());
  }
}

void put_checksum(std::span<std::uint8_t> bytes, std::size_t at, std::uint16_t checksum) {
  ByteWriter(bytes.subspan(at)).u16(checksum);
}

void mend_payload(std::span<std::uint8_t> payload, const Datagram& datagram, unsigned what) {
  const bool ipv6 = datagram.source.family() == Family::ipv6;
  if (payload.size() < vrrp::fixed_bytes) return;
  const Version version = payload[0] >> 4 == 2 ? Version::v2 : Version::v3;
  const std::size_t length = expected_length(version, datagram.source.family(), payload[3]);
  if (payload.size() < length) return;
  const bool has_trailer = payload.size() == length + vrrp::trailer_bytes;
  if ((what & mend_signature) != 0 && has_trailer) {
    const auto trailer = payload.subspan(length);
    const auto id = vrrp::KeyId::from(trailer[1]);
    const auto stamp = vrrp::Stamp::from_sequence(ByteReader(trailer.subspan(4)).u64());
    if (id)
      std::ranges::copy(key(*id).sign(payload.first(length), datagram.source, stamp),
                        trailer.begin());
  }
  const auto covered = ipv6 ? payload : payload.first(length);
  if ((what & (mend_message_only | mend_with_addresses)) != 0) put_checksum(covered, 6, 0);
  if ((what & mend_message_only) != 0)
    put_checksum(covered, 6, internet_checksum(covered));
  else if ((what & mend_with_addresses) != 0)
    put_checksum(covered, 6,
                 checksum_with_addresses(datagram.source, datagram.destination, 112, covered));
}

void mend(std::span<std::uint8_t> frame, unsigned what) {
  if ((what & mend_ip_checksum) != 0 && frame.size() >= ethernet_header + ipv4_header &&
      frame[12] == 0x08 && frame[13] == 0x00) {
    const auto ip = frame.subspan(ethernet_header);
    const std::size_t header = std::min<std::size_t>((ip[0] & 0x0fU) * 4U, ip.size());
    put_checksum(ip, 10, 0);
    put_checksum(ip, 10, internet_checksum(ip.first(header)));
  }
  const auto datagram = datagram_of(frame);
  if (!datagram) return;
  const auto offset = static_cast<std::size_t>(datagram->payload.data() - frame.data());
  mend_payload(frame.subspan(offset, datagram->payload.size()), *datagram, what);
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::vector<std::uint8_t> frame(data + 1, data + size);
  failover::fuzz::mend(frame, data[0]);
  failover::fuzz::check_frame(frame);
  return 0;
}
