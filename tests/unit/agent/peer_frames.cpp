#include "tests/unit/agent/peer_frames.hpp"

#include <algorithm>

#include "protocol/arp.hpp"
#include "protocol/bytes.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"
#include "protocol/neighbour.hpp"
#include "protocol/pseudo_header.hpp"

namespace failover::tests {
namespace {

constexpr std::size_t carp_at = ethernet_header + ipv4_header;
constexpr std::size_t icmp_at = ethernet_header + ipv6_header;

void put_checksum(std::span<std::uint8_t> bytes, std::size_t at) {
  ByteWriter(bytes.subspan(at)).u16(0);
  ByteWriter(bytes.subspan(at)).u16(internet_checksum(bytes));
}

IpAddress group_of(const IpAddress& source) {
  return source.family() == Family::ipv4 ? advert_group4 : advert_group6;
}

struct Way {
  IpAddress source;
  IpAddress destination;
  std::uint8_t hop_limit = 255;
};

Bytes framed(const Way& way, std::span<const std::uint8_t> payload) {
  const bool ipv4 = way.source.family() == Family::ipv4;
  const bool group = way.destination.is_multicast();
  const auto length = static_cast<std::uint16_t>(payload.size());
  Bytes frame(ethernet_header + (ipv4 ? ipv4_header : ipv6_header));
  if (ipv4) {
    write_advert_headers(frame,
                         AdvertHeaders{.source_mac = peer_mac,
                                       .source = way.source,
                                       .destination_mac = group ? advert_group4_mac : own_mac,
                                       .destination = way.destination,
                                       .payload_bytes = length,
                                       .ttl = way.hop_limit});
  } else {
    write_advert_headers(frame,
                         AdvertHeaders6{.source_mac = peer_mac,
                                        .source = way.source,
                                        .destination_mac = group ? advert_group6_mac : own_mac,
                                        .destination = way.destination,
                                        .payload_bytes = length,
                                        .hop_limit = way.hop_limit});
  }
  frame.insert(frame.end(), payload.begin(), payload.end());
  return frame;
}

}  // namespace

Bytes frame_of(const PeerAdvert& advert) {
  const auto payload = carp::encode(
      {.vhid = advert.vhid.value(),
       .rank = advert.rank,
       .counter = advert.counter,
       .digest =
           authenticator(advert.password, advert.vhid, advert.addresses).digest(advert.counter)});
  return framed({.source = advert.source,
                 .destination = advert.destination.value_or(group_of(advert.source))},
                payload);
}

Bytes vrrp_frame_of(const VrrpPeerAdvert& advert) {
  const IpAddress destination = advert.destination.value_or(group_of(advert.source));
  std::array<std::uint8_t, vrrp::longest_advert> payload{};
  const std::size_t size = vrrp::encode({.version = advert.version,
                                         .vrid = advert.vrid,
                                         .rank = advert.rank,
                                         .addresses = advert.addresses,
                                         .source = advert.source,
                                         .destination = destination,
                                         .password = advert.password},
                                        payload);
  return framed(
      {.source = advert.source, .destination = destination, .hop_limit = advert.hop_limit},
      std::span(payload).first(size));
}

Bytes arp_of(MacAddress mac, const IpAddress& address) {
  const auto frame = gratuitous_arp(mac, mac, address);
  return {frame.begin(), frame.end()};
}

Bytes neighbour_of(MacAddress mac, const IpAddress& address) {
  const auto frame = unsolicited_advertisement(mac, mac, address, Forwards::no);
  return {frame.begin(), frame.end()};
}

Bytes neighbour_answer_of(MacAddress mac, const IpAddress& address, const IpAddress& asker) {
  constexpr std::uint8_t solicited_and_override = 0x60;
  constexpr std::size_t destination_at = ethernet_header + 24;
  Bytes frame = neighbour_of(mac, address);
  std::ranges::copy(asker.bytes(), frame.begin() + destination_at);
  frame.at(icmp_at + 4) = solicited_and_override;
  const auto message = std::span(frame).subspan(icmp_at);
  ByteWriter(message.subspan(2)).u16(0);
  ByteWriter(message.subspan(2))
      .u16(checksum_with_addresses(address, asker, protocol_icmpv6, message));
  return frame;
}

Bytes tagged(const Bytes& frame, std::uint16_t vlan) {
  Bytes with(frame);
  const std::uint8_t tag[] = {0x81, 0x00, static_cast<std::uint8_t>(vlan >> 8),
                              static_cast<std::uint8_t>(vlan & 0xff)};
  with.insert(with.begin() + 12, std::begin(tag), std::end(tag));
  return with;
}

Bytes with_carp_byte(Bytes frame, std::size_t at, std::uint8_t value) {
  frame.at(carp_at + at) = value;
  put_checksum(std::span(frame).subspan(carp_at), 6);
  return frame;
}

Bytes with_ip_byte(Bytes frame, std::size_t at, std::uint8_t value) {
  frame.at(ethernet_header + at) = value;
  put_checksum(std::span(frame).subspan(ethernet_header, ipv4_header), 10);
  return frame;
}

Datagram datagram_of(const OutgoingAdvert& advert) {
  if (advert.is_routed())
    return {.source = advert.source,
            .destination = advert.destination,
            .ttl = 255,
            .protocol = protocol_carp,
            .payload = advert.content()};
  const auto frame = parse_ethernet(advert.content()).value();
  return (frame.type == ethertype_ipv4 ? parse_ipv4(frame.payload) : parse_ipv6(frame.payload))
      .value();
}

carp::Rank rank_of(const OutgoingAdvert& advert) {
  return carp::decode(datagram_of(advert).payload).value().rank;
}

vrrp::Rank vrrp_rank_of(const OutgoingAdvert& advert) {
  const Datagram datagram = datagram_of(advert);
  const auto version = datagram.payload[0] >> 4 == 2 ? vrrp::Version::v2 : vrrp::Version::v3;
  return vrrp::decode(datagram, version).value().advert.rank;
}

Bytes looped(const OutgoingAdvert& advert) {
  return {advert.content().begin(), advert.content().end()};
}

std::vector<std::string> ways_of(const std::vector<OutgoingAdvert>& adverts) {
  std::vector<std::string> ways;
  for (const OutgoingAdvert& advert : adverts)
    ways.push_back(advert.source.text() + " > " + advert.destination.text());
  return ways;
}

}  // namespace failover::tests
