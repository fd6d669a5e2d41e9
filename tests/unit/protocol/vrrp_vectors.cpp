#include "tests/unit/protocol/vrrp_vectors.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>

#include "protocol/bytes.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"

namespace failover::tests {
namespace {

const nlohmann::json& document() {
  static const nlohmann::json parsed = [] {
    std::ifstream file(FAILOVER_SOURCE_DIR "/tests/data/vectors/vrrp.json");
    if (!file) throw std::runtime_error("tests/data/vectors/vrrp.json cannot be read");
    return nlohmann::json::parse(file);
  }();
  return parsed;
}

// A text, or the one text of a list.
vrrp::Covered covered(const nlohmann::json& form) {
  const std::string text = form.is_array() ? form.at(0) : form;
  return text.starts_with("message-only") ? vrrp::Covered::message : vrrp::Covered::pseudo_header;
}

void read_authentication(const nlohmann::json& decoded, VrrpVector& vector) {
  const auto& message = decoded.at("vrrp");
  if (vector.version == vrrp::Version::v2) {
    vector.authentication_type = message.at("auth_type");
    const Bytes data = from_hex(message.at("auth_data").get<std::string>());
    std::copy_n(data.begin(), vector.authentication_data.size(),
                vector.authentication_data.begin());
  }
  vector.has_trailer = decoded.contains("auth_hmac");
  if (!vector.has_trailer) return;
  const auto& trailer = decoded.at("auth_hmac");
  vector.stamp = {
      .seconds = trailer.at("sec"), .fraction = trailer.at("subsec"), .counter = trailer.at("ctr")};
}

VrrpVector read_vector(const nlohmann::json& json) {
  const auto& decoded = json.at("decoded");
  const auto& message = decoded.at("vrrp");
  VrrpVector vector;
  vector.id = json.at("id");
  vector.frame = from_hex(json.at("frame_hex").get<std::string>());
  vector.version = message.at("version") == 2 ? vrrp::Version::v2 : vrrp::Version::v3;
  vector.vrid = message.at("vrid");
  const int centiseconds = message.contains("adver_int_s")
                               ? message.at("adver_int_s").get<int>() * 100
                               : message.at("max_adver_int_cs").get<int>();
  vector.rank = {.priority = message.at("priority"),
                 .centiseconds = static_cast<std::uint16_t>(centiseconds)};
  for (const std::string text : message.at("addresses")) vector.addresses.push_back(address(text));
  vector.source = address(decoded.at("ip_src").get<std::string>());
  vector.destination = address(decoded.at("ip_dst").get<std::string>());
  vector.hop_limit = decoded.at(decoded.contains("ip_ttl") ? "ip_ttl" : "ip6_hlim");
  vector.covered = covered(message.at("checksum_form"));
  read_authentication(decoded, vector);
  return vector;
}

void keep_what_nobody_foresees(std::span<const std::uint8_t> like, std::span<std::uint8_t> ip) {
  constexpr std::size_t identification_and_df = 4;
  if (ip[0] >> 4 == 6) {
    ip[1] = static_cast<std::uint8_t>((ip[1] & 0xf0U) | (like[1] & 0x0fU));
    std::copy_n(like.begin() + 2, 2, ip.begin() + 2);
    return;
  }
  std::copy_n(like.begin() + identification_and_df, 4, ip.begin() + identification_and_df);
  ip[10] = ip[11] = 0;
  ByteWriter(ip.subspan(10)).u16(internet_checksum(ip.first(ipv4_header)));
}

}  // namespace

const std::vector<VrrpVector>& vrrp_vectors() {
  static const std::vector<VrrpVector> all = [] {
    std::vector<VrrpVector> vectors;
    for (const auto& json : document().at("vectors"))
      if (json.at("decoded").at("kind") == "VRRP") vectors.push_back(read_vector(json));
    if (vectors.empty()) throw std::runtime_error("vrrp.json has no adverts");
    return vectors;
  }();
  return all;
}

const VrrpVector& vrrp_vector_named(std::string_view id) {
  const auto found = std::ranges::find(vrrp_vectors(), id, &VrrpVector::id);
  if (found == vrrp_vectors().end()) throw std::invalid_argument("no vector " + std::string(id));
  return *found;
}

Bytes vrrp_frame_named(std::string_view id) {
  for (const auto& json : document().at("vectors"))
    if (json.at("id") == id) return from_hex(json.at("frame_hex").get<std::string>());
  throw std::invalid_argument("no vector " + std::string(id));
}

Datagram datagram_of(std::span<const std::uint8_t> frame) {
  const auto ethernet = parse_ethernet(frame);
  if (!ethernet) throw std::invalid_argument("no Ethernet frame");
  const auto datagram = ethernet->type == ethertype_ipv6 ? parse_ipv6(ethernet->payload)
                                                         : parse_ipv4(ethernet->payload);
  if (!datagram) throw std::invalid_argument("no IP datagram");
  return *datagram;
}

vrrp::HmacKey vector_key() {
  Bytes secret(32);
  std::iota(secret.begin(), secret.end(), std::uint8_t{0});
  return vrrp::HmacKey::from(vrrp::KeyId::of<1>(), secret).value();
}

vrrp::Outgoing outgoing_of(const VrrpVector& vector) {
  vrrp::Outgoing outgoing{.version = vector.version,
                          .vrid = vrrp::Vrid::from(vector.vrid).value(),
                          .rank = vector.rank,
                          .addresses = vector.addresses,
                          .source = vector.source,
                          .destination = vector.destination};
  if (vector.covered == vrrp::Covered::message) outgoing.checksum = vrrp::Checksum::rfc9568;
  if (vector.authentication_type != 0) outgoing.password = vector.authentication_data;
  return outgoing;
}

Bytes message_of(const vrrp::Outgoing& outgoing) {
  Bytes bytes(vrrp::longest_advert, 0xee);
  bytes.resize(vrrp::encode(outgoing, bytes));
  return bytes;
}

Bytes signed_message_of(const vrrp::Outgoing& outgoing, const vrrp::Stamp& stamp) {
  Bytes bytes = message_of(outgoing);
  const auto trailer = vector_key().sign(bytes, outgoing.source, stamp);
  bytes.resize(bytes.size() + trailer.size(), 0xee);
  if (vrrp::append_trailer(outgoing, trailer, bytes) != bytes.size())
    throw std::logic_error("a message and its trailer are as long as both");
  return bytes;
}

Bytes framed_like(const Bytes& like, const Bytes& payload) {
  const auto ethernet = parse_ethernet(like).value();
  const Datagram datagram = datagram_of(like);
  const bool ipv6 = ethernet.type == ethertype_ipv6;
  Bytes frame(ethernet_header + (ipv6 ? ipv6_header : ipv4_header), 0xee);
  const auto length = static_cast<std::uint16_t>(payload.size());
  if (ipv6)
    write_advert_headers(frame, AdvertHeaders6{.source_mac = ethernet.source,
                                               .source = datagram.source,
                                               .destination_mac = ethernet.destination,
                                               .destination = datagram.destination,
                                               .payload_bytes = length,
                                               .hop_limit = datagram.ttl});
  else
    write_advert_headers(frame, AdvertHeaders{.source_mac = ethernet.source,
                                              .source = datagram.source,
                                              .destination_mac = ethernet.destination,
                                              .destination = datagram.destination,
                                              .type_of_service = 0xc0,
                                              .payload_bytes = length});
  keep_what_nobody_foresees(ethernet.payload, std::span(frame).subspan(ethernet_header));
  frame.insert(frame.end(), payload.begin(), payload.end());
  return frame;
}

}  // namespace failover::tests
