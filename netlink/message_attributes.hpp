#pragma once
// Reading a netlink message: its family's header, and its attributes by number.

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>

struct nlattr;
struct nlmsghdr;

namespace failover::netlink {

// Both into `found`, by number. False: it is malformed.
[[nodiscard]] bool parse_attributes(nlmsghdr& message, std::size_t header,
                                    std::span<nlattr*> found);
[[nodiscard]] bool parse_attributes(nlattr* first, int length, std::span<nlattr*> found);
[[nodiscard]] bool parse_nested(nlattr* nest, std::span<nlattr*> found);
[[nodiscard]] std::span<const std::uint8_t> bytes_of(const nlattr& attribute);
// What is behind the message's own header.
[[nodiscard]] std::span<const std::uint8_t> payload_of(nlmsghdr& message);

// A message whose attributes are at most Max; what is newer is left out.
template <std::size_t Max>
class Attributes {
 public:
  Attributes(nlmsghdr& message, std::size_t header) {
    ok_ = parse_attributes(message, header, found_);
  }
  explicit Attributes(nlattr* nest) { ok_ = parse_nested(nest, found_); }
  Attributes(nlattr* first, int length) { ok_ = parse_attributes(first, length, found_); }
  [[nodiscard]] bool ok() const { return ok_; }
  // Empty when it is not there.
  [[nodiscard]] std::span<const std::uint8_t> bytes(std::size_t attribute) const {
    const nlattr* const found = found_[attribute];
    return found != nullptr ? bytes_of(*found) : std::span<const std::uint8_t>{};
  }
  [[nodiscard]] nlattr* nest(std::size_t attribute) const { return found_[attribute]; }
  // In the machine's byte order.
  [[nodiscard]] std::optional<std::uint32_t> number(std::size_t attribute) const {
    std::uint32_t number = 0;
    if (bytes(attribute).size() < sizeof number) return std::nullopt;
    std::memcpy(&number, bytes(attribute).data(), sizeof number);
    return number;
  }
  [[nodiscard]] std::string text(std::size_t attribute) const {
    const auto characters = bytes(attribute);
    if (characters.empty()) return {};
    const auto* const first = reinterpret_cast<const char*>(characters.data());
    return {first, strnlen(first, characters.size())};
  }

 private:
  std::array<nlattr*, Max + 1> found_{};
  bool ok_ = false;
};

// Nothing when the message is too short for it.
template <class Header>
std::optional<Header> header_of(nlmsghdr& message) {
  const auto payload = payload_of(message);
  if (payload.size() < sizeof(Header)) return std::nullopt;
  Header header;
  std::memcpy(&header, payload.data(), sizeof header);
  return header;
}

}  // namespace failover::netlink
