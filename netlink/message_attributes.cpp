#include "netlink/message_attributes.hpp"

#include <netlink/attr.h>
#include <netlink/msg.h>

#include <algorithm>

namespace failover::netlink {
namespace {

int highest(std::span<nlattr*> found) { return static_cast<int>(found.size()) - 1; }

}  // namespace

bool parse_attributes(nlmsghdr& message, std::size_t header, std::span<nlattr*> found) {
  return nlmsg_parse(&message, static_cast<int>(header), found.data(), highest(found), nullptr) >=
         0;
}

bool parse_attributes(nlattr* first, int length, std::span<nlattr*> found) {
  return nla_parse(found.data(), highest(found), first, length, nullptr) >= 0;
}

bool parse_nested(nlattr* nest, std::span<nlattr*> found) {
  return nla_parse_nested(found.data(), highest(found), nest, nullptr) >= 0;
}

std::span<const std::uint8_t> bytes_of(const nlattr& attribute) {
  return {static_cast<const std::uint8_t*>(nla_data(&attribute)),
          static_cast<std::size_t>(nla_len(&attribute))};
}

std::span<const std::uint8_t> payload_of(nlmsghdr& message) {
  return {static_cast<const std::uint8_t*>(nlmsg_data(&message)),
          static_cast<std::size_t>(std::max(nlmsg_datalen(&message), 0))};
}

}  // namespace failover::netlink
