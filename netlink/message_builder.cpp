#include "netlink/message_builder.hpp"

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "protocol/assert.hpp"

namespace failover::netlink {

void MessageBuilder::Free::operator()(nl_msg* message) const { nlmsg_free(message); }

MessageBuilder::MessageBuilder(int type, int flags, std::uint32_t sequence, std::size_t room)
    : message_(nlmsg_alloc_size(room)) {
  promise(message_ != nullptr);
  promise(nlmsg_put(message_.get(), 0, sequence, type, 0, NLM_F_REQUEST | flags) != nullptr);
}

void MessageBuilder::put(int attribute, std::span<const std::uint8_t> bytes) {
  promise(nla_put(message_.get(), attribute, static_cast<int>(bytes.size()), bytes.data()) == 0);
}

void MessageBuilder::put(int attribute, const std::string& text) {
  promise(nla_put_string(message_.get(), attribute, text.c_str()) == 0);
}

void MessageBuilder::put(int attribute, std::uint32_t number) {
  promise(nla_put_u32(message_.get(), attribute, number) == 0);
}

nlattr* MessageBuilder::nest(int attribute) {
  nlattr* const nest = nla_nest_start(message_.get(), attribute);
  promise(nest != nullptr);
  return nest;
}

void MessageBuilder::end(nlattr* nest) { promise(nla_nest_end(message_.get(), nest) == 0); }

void MessageBuilder::want_answer() { nlmsg_hdr(message_.get())->nlmsg_flags |= NLM_F_ACK; }

void MessageBuilder::append_to(Bytes& batch) const {
  const nlmsghdr* const header = nlmsg_hdr(message_.get());
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(header);
  batch.insert(batch.end(), bytes, bytes + header->nlmsg_len);
  batch.resize((batch.size() + NLMSG_ALIGNTO - 1) / NLMSG_ALIGNTO * NLMSG_ALIGNTO);
}

void MessageBuilder::append(const void* bytes, std::size_t count) {
  // libnl only reads from the buffer, though it does not say so.
  promise(nlmsg_append(message_.get(), const_cast<void*>(bytes), count, NLMSG_ALIGNTO) == 0);
}

}  // namespace failover::netlink
