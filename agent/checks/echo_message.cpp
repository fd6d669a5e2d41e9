#include "agent/checks/echo_message.hpp"

#include <algorithm>

#include "protocol/bytes.hpp"

namespace failover::checks {
namespace {

struct Types {
  std::uint8_t request;
  std::uint8_t reply;
};
constexpr PerFamily<Types> types{.ipv4 = {8, 0}, .ipv6 = {128, 129}};
constexpr std::size_t checksum_at = 2;
constexpr std::size_t identifier_at = 4;

std::span<const std::uint8_t> without_ipv4_header(std::span<const std::uint8_t> packet) {
  const std::size_t header = packet.empty() ? 0 : (packet[0] & 0xfU) * 4U;
  return packet.subspan(std::min(header, packet.size()));
}

}  // namespace

std::array<std::uint8_t, echo_bytes> echo_request(Family family, const Echo& echo) {
  std::array<std::uint8_t, echo_bytes> message{};
  ByteWriter writer(message);
  writer.u8(types[family].request);
  writer.zeros(3);
  writer.u16(echo.identifier);
  writer.u16(echo.sequence);
  writer.bytes(echo.token);
  if (family == Family::ipv4) {
    ByteWriter checksum(std::span<std::uint8_t>(message).subspan(checksum_at));
    checksum.u16(internet_checksum(message));
  }
  return message;
}

std::optional<Echo> echo_reply(Family family, std::span<const std::uint8_t> packet) {
  const auto message = family == Family::ipv4 ? without_ipv4_header(packet) : packet;
  if (message.size() != echo_bytes) return std::nullopt;
  if (family == Family::ipv4 && internet_checksum(message) != 0) return std::nullopt;
  ByteReader reader(message);
  const auto type = reader.u8();
  const auto code = reader.u8();
  if (type != types[family].reply || code != 0) return std::nullopt;
  (void)reader.u16();  // the checksum
  Echo echo;
  echo.identifier = reader.u16();
  echo.sequence = reader.u16();
  std::ranges::copy(reader.rest(), echo.token.begin());
  return echo;
}

std::vector<sock_filter> reply_filter(Family family, std::uint16_t identifier) {
  // X: where the ICMP message begins.
  const auto start = family == Family::ipv4 ? sock_filter{BPF_LDX | BPF_B | BPF_MSH, 0, 0, 0}
                                            : sock_filter{BPF_LDX | BPF_W | BPF_IMM, 0, 0, 0};
  return {
      start,
      {BPF_LD | BPF_B | BPF_IND, 0, 0, 0},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, types[family].reply},
      {BPF_LD | BPF_H | BPF_IND, 0, 0, identifier_at},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, identifier},
      {BPF_RET | BPF_K, 0, 0, 0xffff},
      {BPF_RET | BPF_K, 0, 0, 0},
  };
}

}  // namespace failover::checks
