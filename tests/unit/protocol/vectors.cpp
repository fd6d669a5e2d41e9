#include "tests/unit/protocol/vectors.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "protocol/bytes.hpp"

namespace failover::tests {
namespace {

// The message is 02 01, vhid, IPv4 addresses, IPv6 addresses, counter. Every sender hashes all of
// its IPv4 addresses; which of the IPv6 ones it hashes is what the message tells.
std::vector<IpAddress> hashed_addresses(const Bytes& message,
                                        const std::vector<IpAddress>& configured) {
  ByteReader reader(message);
  (void)reader.take(3);
  std::vector<IpAddress> addresses;
  const auto count4 = std::ranges::count(configured, Family::ipv4, &IpAddress::family);
  for (auto i = count4; i > 0; --i)
    addresses.push_back(IpAddress::from_bytes(Family::ipv4, reader.take(4)));
  while (reader.rest().size() > 8)
    addresses.push_back(IpAddress::from_bytes(Family::ipv6, reader.take(16)));
  return addresses;
}

Vector read_vector(const nlohmann::json& json) {
  Vector vector;
  vector.id = json.at("id");
  vector.capture = json.value("pcap", "");
  vector.key = from_hex(json.at("key20").get<std::string>());
  vector.vhid = carp::Vhid::from(json.at("vhid").get<int>()).value();
  vector.rank = {
      .advbase = json.at("advbase"), .advskew = json.at("advskew"), .demote = json.at("demote")};
  for (const std::string text : json.at("addresses")) vector.configured.push_back(address(text));
  vector.hashed =
      hashed_addresses(from_hex(json.at("hmac_message").get<std::string>()), vector.configured);
  const Bytes counter = from_hex(json.at("counter").get<std::string>());
  vector.counter = ByteReader(counter).u64();
  const Bytes digest = from_hex(json.at("hmac").get<std::string>());
  std::copy_n(digest.begin(), vector.digest.size(), vector.digest.begin());
  vector.packet = from_hex(json.at("carp_packet").get<std::string>());
  vector.frame = from_hex(json.at("frame").get<std::string>());
  return vector;
}

std::vector<Vector> read_vectors() {
  std::ifstream file(FAILOVER_SOURCE_DIR "/tests/data/vectors/carp.json");
  if (!file) throw std::runtime_error("tests/data/vectors/carp.json cannot be read");
  std::vector<Vector> vectors;
  const auto document = nlohmann::json::parse(file);
  for (const auto& json : document.at("vectors")) vectors.push_back(read_vector(json));
  if (vectors.empty()) throw std::runtime_error("carp.json has no vectors");
  return vectors;
}

}  // namespace

Bytes from_hex(std::string_view hex) {
  Bytes bytes(hex.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char* digits = hex.data() + 2 * i;
    if (std::from_chars(digits, digits + 2, bytes[i], 16).ptr != digits + 2)
      throw std::invalid_argument("not hexadecimal: " + std::string(hex));
  }
  return bytes;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t byte : bytes) {
    hex += digits[byte >> 4];
    hex += digits[byte & 0xf];
  }
  return hex;
}

const std::vector<Vector>& vectors() {
  static const std::vector<Vector> all = read_vectors();
  return all;
}

const Vector& vector_named(std::string_view id) {
  const auto found = std::ranges::find(vectors(), id, &Vector::id);
  if (found == vectors().end()) throw std::invalid_argument("no vector " + std::string(id));
  return *found;
}

IpAddress address(std::string_view text) {
  const auto parsed = IpAddress::parse(text);
  if (!parsed) throw std::invalid_argument("no address: " + std::string(text));
  return *parsed;
}

}  // namespace failover::tests
