#include "protocol/bytes.hpp"

#include <nettle/memops.h>

namespace failover {

std::uint16_t internet_checksum(std::span<const std::uint8_t> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    sum += i % 2 == 0 ? static_cast<std::uint32_t>(bytes[i]) << 8 : bytes[i];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

bool equal_in_constant_time(std::span<const std::uint8_t> left,
                            std::span<const std::uint8_t> right) {
  return left.size() == right.size() &&
         nettle_memeql_sec(left.data(), right.data(), left.size()) != 0;
}

void wipe(std::span<std::uint8_t> secret) {
  for (std::uint8_t& byte : secret) *const_cast<volatile std::uint8_t*>(&byte) = 0;
}

}  // namespace failover
