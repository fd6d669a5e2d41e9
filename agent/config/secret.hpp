#pragma once
// Secret: bytes that are wiped when they go, compared in constant time, and that no formatter
// takes.

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/bytes.hpp"

namespace failover {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text) : bytes_(text.begin(), text.end()) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe(bytes_);
      bytes_ = other.bytes_;
    }
    return *this;
  }
  Secret(Secret&&) noexcept = default;
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe(bytes_);
      bytes_ = std::move(other.bytes_);
    }
    return *this;
  }
  ~Secret() { wipe(bytes_); }

  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }
  friend bool operator==(const Secret& left, const Secret& right) {
    return equal_in_constant_time(left.bytes_, right.bytes_);
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace failover
