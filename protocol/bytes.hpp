#pragma once
// Reading and writing network byte order, with the bounds checked. The only place that shifts
// bytes.

#include <algorithm>
#include <cstdint>
#include <span>

#include "protocol/assert.hpp"

namespace failover {

// Takes fields from the front of a packet. Once a read goes past the end, ok() is false for good
// and every further read gives zeros, so that a parser checks once, after its last field.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  [[nodiscard]] std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  [[nodiscard]] std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  [[nodiscard]] std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  [[nodiscard]] std::uint64_t u64() { return number(8); }
  // Empty when fewer than count bytes are left.
  [[nodiscard]] std::span<const std::uint8_t> take(std::size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::span<const std::uint8_t> rest() const { return rest_; }

 private:
  [[nodiscard]] std::uint64_t number(std::size_t count) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : take(count)) value = value << 8 | byte;
    return value;
  }
  std::span<const std::uint8_t> rest_;
  bool ok_ = true;
};

// Fills a buffer of the caller's from the front. Going past the end is our own bug.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<std::uint8_t> bytes) : rest_(bytes) {}

  void u8(std::uint8_t value) { number(value, 1); }
  void u16(std::uint16_t value) { number(value, 2); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  void bytes(std::span<const std::uint8_t> values) {
    promise(values.size() <= rest_.size());
    std::copy(values.begin(), values.end(), rest_.begin());
    rest_ = rest_.subspan(values.size());
  }
  void zeros(std::size_t count) {
    while (count-- > 0) u8(0);
  }

 private:
  void number(std::uint64_t value, std::size_t count) {
    promise(count <= rest_.size());
    for (std::size_t i = 0; i < count; ++i)
      rest_[i] = static_cast<std::uint8_t>(value >> (8 * (count - 1 - i)));
    rest_ = rest_.subspan(count);
  }
  std::span<std::uint8_t> rest_;
};

// The Internet checksum of RFC 1071, section 4.1: the complement of the one's complement sum of
// 16-bit words, an odd last byte padded with zero. Over a message whose checksum field is right the
// result is 0.
[[nodiscard]] std::uint16_t internet_checksum(std::span<const std::uint8_t> bytes);

// Compares without telling by its duration where the first difference is.
[[nodiscard]] bool equal_in_constant_time(std::span<const std::uint8_t> left,
                                          std::span<const std::uint8_t> right);

// Overwrites secrets so that the compiler cannot leave it out.
void wipe(std::span<std::uint8_t> secret);

}  // namespace failover
