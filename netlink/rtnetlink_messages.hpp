#pragma once
// Between values and netlink messages. libnl-route does not know the mark (IFA_PROTO), so addresses
// are written and read attribute by attribute.

#include <cstdint>
#include <optional>
#include <string>

#include "netlink/kernel.hpp"
#include "netlink/message_builder.hpp"

struct nlmsghdr;

namespace failover::netlink {

// How a request is marked: its number, and whether the kernel is to answer when all went well too.
struct Marking {
  std::uint32_t sequence = 0;
  bool answer = false;
};

void append(Bytes& batch, const AddAddress& step, Marking marking);
void append(Bytes& batch, const ReplaceAddress& step, Marking marking);
void append(Bytes& batch, const RemoveAddress& step, Marking marking);
void append_link_dump(Bytes& batch, std::uint32_t sequence);
void append_address_dump(Bytes& batch, std::uint32_t sequence);
// net.ipv4.conf.IF.promote_secondaries, by the index of the interface.
void append_promotion_query(Bytes& batch, int interface, Marking marking);
void append_promotion(Bytes& batch, int interface, std::uint32_t value, Marking marking);

// What the kernel says to one request.
struct Answer {
  std::uint32_t sequence = 0;
  int error = 0;  // errno, 0: done
  std::string hint;
};

// Each gives nothing for a message of another kind, or about something else.
[[nodiscard]] std::optional<Link> parse_link(nlmsghdr& message);
[[nodiscard]] std::optional<Address> parse_address(nlmsghdr& message);
[[nodiscard]] std::optional<Notification> parse_notification(nlmsghdr& message);
[[nodiscard]] std::optional<Answer> parse_answer(nlmsghdr& message);
[[nodiscard]] std::optional<std::uint32_t> parse_promotion(nlmsghdr& message);
// Something changed while this part of a dump was made: it is of no use.
[[nodiscard]] bool is_interrupted(const nlmsghdr& message);

}  // namespace failover::netlink
