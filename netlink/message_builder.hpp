#pragma once
// MessageBuilder: one netlink message to the kernel, written attribute by attribute.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct nl_msg;
struct nlattr;

namespace failover::netlink {

// Messages to the kernel, one behind the other.
using Bytes = std::vector<std::uint8_t>;

// Running out of room in a message of our own making would be our own bug: so each step is
// asserted.
class MessageBuilder {
 public:
  // flags: NLM_F_*, beside NLM_F_REQUEST. room: bytes of the whole message, at most.
  MessageBuilder(int type, int flags, std::uint32_t sequence, std::size_t room = 512);

  // What the message's family has in front of its attributes.
  template <class Header>
  void header(const Header& header) {
    append(&header, sizeof header);
  }
  void put(int attribute, std::span<const std::uint8_t> bytes);
  void put(int attribute, const std::string& text);
  void put(int attribute, std::uint32_t number);  // in the machine's byte order
  [[nodiscard]] nlattr* nest(int attribute);
  void end(nlattr* nest);
  // The kernel is to answer when all went well too.
  void want_answer();

  void append_to(Bytes& batch) const;

 private:
  struct Free {
    void operator()(nl_msg* message) const;
  };
  void append(const void* bytes, std::size_t count);

  std::unique_ptr<nl_msg, Free> message_;
};

}  // namespace failover::netlink
