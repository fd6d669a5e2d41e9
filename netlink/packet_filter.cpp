#include "netlink/packet_filter.hpp"

#include <netinet/in.h>  // before the kernel's headers, which then leave its names to it

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "netlink/message_builder.hpp"
#include "netlink/rtnetlink_messages.hpp"
#include "protocol/bytes.hpp"
#include "protocol/limits.hpp"

namespace failover::netlink {
namespace {

using Element = std::vector<std::uint8_t>;

// The names in the header's picture, and what a set's rule compares with its elements.
struct Set {
  const char* name;
  std::uint32_t element_type;  // nothing to the kernel; `nft list` shows the elements by it
  std::uint32_t element_bytes;
  std::uint8_t family;
  std::uint32_t destination;  // where the IP header has it
};
constexpr std::uint32_t ipv4_addr = 7;
constexpr std::uint32_t ipv6_addr = 8;
constexpr std::uint32_t ifname = 41;
constexpr Set ipv4{"ipv4", ipv4_addr, 4, NFPROTO_IPV4, 16};
constexpr Set ipv6{"ipv6", ipv6_addr, 16, NFPROTO_IPV6, 24};
constexpr Set link_local{"link_local", ipv6_addr << 6 | ifname, 16 + IFNAMSIZ, NFPROTO_IPV6, 24};

const std::string table = "failover";
const std::string chain = "input";

// What nf_tables' attributes have as numbers.
std::array<std::uint8_t, 4> number(std::uint32_t value) {
  std::array<std::uint8_t, 4> bytes{};
  ByteWriter(bytes).u32(value);
  return bytes;
}

template <class Content>
void nest(MessageBuilder& message, int attribute, const Content& content) {
  nlattr* const nest = message.nest(attribute);
  content();
  message.end(nest);
}

// ---- rules ----

template <class Content>
void expression(MessageBuilder& rule, const std::string& name, const Content& content) {
  nest(rule, NFTA_LIST_ELEM, [&] {
    rule.put(NFTA_EXPR_NAME, name);
    nest(rule, NFTA_EXPR_DATA, content);
  });
}

void load_meta(MessageBuilder& rule, nft_meta_keys key, nft_registers into) {
  expression(rule, "meta", [&] {
    rule.put(NFTA_META_KEY, number(key));
    rule.put(NFTA_META_DREG, number(into));
  });
}

struct Field {
  nft_payload_bases base;
  std::uint32_t offset;
  std::uint32_t bytes;
};

void load_payload(MessageBuilder& rule, const Field& field) {
  expression(rule, "payload", [&] {
    rule.put(NFTA_PAYLOAD_DREG, number(NFT_REG_1));
    rule.put(NFTA_PAYLOAD_BASE, number(field.base));
    rule.put(NFTA_PAYLOAD_OFFSET, number(field.offset));
    rule.put(NFTA_PAYLOAD_LEN, number(field.bytes));
  });
}

// What has been loaded is compared; the rule ends here where it does not hold.
void compare(MessageBuilder& rule, nft_cmp_ops operation, std::uint8_t value) {
  expression(rule, "cmp", [&] {
    rule.put(NFTA_CMP_SREG, number(NFT_REG_1));
    rule.put(NFTA_CMP_OP, number(operation));
    nest(rule, NFTA_CMP_DATA, [&] { rule.put(NFTA_DATA_VALUE, std::span(&value, 1)); });
  });
}

void look_up(MessageBuilder& rule, const Set& set) {
  expression(rule, "lookup", [&] {
    rule.put(NFTA_LOOKUP_SET, set.name);
    rule.put(NFTA_LOOKUP_SREG, number(NFT_REG_1));
  });
}

void decide(MessageBuilder& rule, std::uint32_t verdict) {
  expression(rule, "immediate", [&] {
    rule.put(NFTA_IMMEDIATE_DREG, number(NFT_REG_VERDICT));
    nest(rule, NFTA_IMMEDIATE_DATA, [&] {
      nest(rule, NFTA_DATA_VERDICT, [&] { rule.put(NFTA_VERDICT_CODE, number(verdict)); });
    });
  });
}

void load_family(MessageBuilder& rule, std::uint8_t family) {
  load_meta(rule, NFT_META_NFPROTO, NFT_REG_1);
  compare(rule, NFT_CMP_EQ, family);
}

void let_neighbours_talk(MessageBuilder& rule) {
  constexpr std::uint8_t solicitation = 135;
  constexpr std::uint8_t advertisement = 136;
  load_family(rule, NFPROTO_IPV6);
  load_meta(rule, NFT_META_L4PROTO, NFT_REG_1);
  compare(rule, NFT_CMP_EQ, IPPROTO_ICMPV6);
  load_payload(rule, {.base = NFT_PAYLOAD_TRANSPORT_HEADER, .offset = 0, .bytes = 1});
  compare(rule, NFT_CMP_GTE, solicitation);
  compare(rule, NFT_CMP_LTE, advertisement);
  decide(rule, NF_ACCEPT);
}

void drop_what_is_for(MessageBuilder& rule, const Set& set) {
  const std::uint32_t address_bytes = set.family == NFPROTO_IPV4 ? 4 : 16;
  load_family(rule, set.family);
  load_payload(
      rule,
      {.base = NFT_PAYLOAD_NETWORK_HEADER, .offset = set.destination, .bytes = address_bytes});
  if (set.element_bytes > address_bytes) load_meta(rule, NFT_META_IIFNAME, NFT_REG_2);
  look_up(rule, set);
  decide(rule, NF_DROP);
}

// ---- the transaction ----

// The kernel works off all of its messages or none. They have one sequence number: a refusal of any
// of them is the answer to all, and else the last one is acknowledged.
class Transaction {
 public:
  explicit Transaction(std::uint32_t sequence) : sequence_(sequence) {}

  MessageBuilder& add(nf_tables_msg_types type, int flags = 0, std::size_t room = 1024) {
    MessageBuilder& message =
        messages_.emplace_back(NFNL_SUBSYS_NFTABLES << 8 | type, flags, sequence_, room);
    message.header(header(NFPROTO_INET, 0));
    return message;
  }
  [[nodiscard]] Bytes bytes() {
    Bytes all;
    mark(NFNL_MSG_BATCH_BEGIN).append_to(all);
    messages_.back().want_answer();
    for (const MessageBuilder& message : messages_) message.append_to(all);
    mark(NFNL_MSG_BATCH_END).append_to(all);
    return all;
  }

 private:
  using Header = std::array<std::uint8_t, sizeof(nfgenmsg)>;
  [[nodiscard]] static Header header(std::uint8_t family, std::uint16_t resource) {
    Header header{};
    ByteWriter writer(header);
    writer.u8(family);
    writer.u8(NFNETLINK_V0);
    writer.u16(resource);
    return header;
  }
  [[nodiscard]] MessageBuilder mark(int type) const {
    MessageBuilder message(type, 0, sequence_);
    message.header(header(AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
    return message;
  }

  std::uint32_t sequence_;
  std::vector<MessageBuilder> messages_;
};

void remove_table(Transaction& transaction) {
  transaction.add(NFT_MSG_DELTABLE).put(NFTA_TABLE_NAME, table);
}

void add_table(Transaction& transaction) {
  transaction.add(NFT_MSG_NEWTABLE, NLM_F_CREATE).put(NFTA_TABLE_NAME, table);
}

void add_chain(Transaction& transaction) {
  MessageBuilder& message = transaction.add(NFT_MSG_NEWCHAIN, NLM_F_CREATE);
  message.put(NFTA_CHAIN_TABLE, table);
  message.put(NFTA_CHAIN_NAME, chain);
  message.put(NFTA_CHAIN_TYPE, std::string("filter"));
  message.put(NFTA_CHAIN_POLICY, number(NF_ACCEPT));
  nest(message, NFTA_CHAIN_HOOK, [&] {
    message.put(NFTA_HOOK_HOOKNUM, number(NF_INET_LOCAL_IN));
    message.put(NFTA_HOOK_PRIORITY, number(0));
  });
}

template <class Write>
void add_rule(Transaction& transaction, const Write& write) {
  MessageBuilder& message = transaction.add(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
  message.put(NFTA_RULE_TABLE, table);
  message.put(NFTA_RULE_CHAIN, chain);
  nest(message, NFTA_RULE_EXPRESSIONS, [&] { write(message); });
}

// An attribute's length is a number of 16 bits, so many elements take several messages.
void add_elements(Transaction& transaction, const Set& set, std::span<const Element> elements) {
  constexpr std::size_t room = 64 * 1024;
  MessageBuilder& message = transaction.add(NFT_MSG_NEWSETELEM, NLM_F_CREATE, room);
  message.put(NFTA_SET_ELEM_LIST_TABLE, table);
  message.put(NFTA_SET_ELEM_LIST_SET, set.name);
  nest(message, NFTA_SET_ELEM_LIST_ELEMENTS, [&] {
    for (const Element& element : elements)
      nest(message, NFTA_LIST_ELEM, [&] {
        nest(message, NFTA_SET_ELEM_KEY, [&] { message.put(NFTA_DATA_VALUE, element); });
      });
  });
}

void add_set(Transaction& transaction, const Set& set, std::span<const Element> elements) {
  MessageBuilder& message = transaction.add(NFT_MSG_NEWSET, NLM_F_CREATE);
  message.put(NFTA_SET_TABLE, table);
  message.put(NFTA_SET_NAME, set.name);
  message.put(NFTA_SET_FLAGS, number(0));
  message.put(NFTA_SET_KEY_TYPE, number(set.element_type));
  message.put(NFTA_SET_KEY_LEN, number(set.element_bytes));
  message.put(NFTA_SET_ID, number(set.element_type));  // any, another one for each set
  for (std::size_t at = 0; at < elements.size(); at += limits::netlink_filter_elements) {
    const auto count = std::min(limits::netlink_filter_elements, elements.size() - at);
    add_elements(transaction, set, elements.subspan(at, count));
  }
}

std::vector<Element> elements_of(const Set& set, const DropPackets& wanted) {
  std::vector<Element> elements;
  for (const Destination& destination : wanted.to) {
    const auto address = destination.address.bytes();
    const bool is_ipv4 = destination.address.family() == Family::ipv4;
    const std::size_t link_bytes = destination.interface.empty() ? 0 : IFNAMSIZ;
    if (is_ipv4 != (set.family == NFPROTO_IPV4) || set.element_bytes != address.size() + link_bytes)
      continue;
    Element& element = elements.emplace_back(address.begin(), address.end());
    element.insert(element.end(), destination.interface.begin(), destination.interface.end());
    element.resize(set.element_bytes);
  }
  return elements;
}

// An addition first, since the removal of what is not there would be refused.
void replace_table(Transaction& transaction, const DropPackets& wanted) {
  add_table(transaction);
  remove_table(transaction);
  add_table(transaction);
  add_chain(transaction);
  bool has_ipv6 = false;
  for (const Set& set : {ipv4, ipv6, link_local}) {
    const auto elements = elements_of(set, wanted);
    if (elements.empty()) continue;
    if (set.family == NFPROTO_IPV6 && !std::exchange(has_ipv6, true))
      add_rule(transaction, let_neighbours_talk);
    add_set(transaction, set, elements);
    add_rule(transaction, [&](MessageBuilder& rule) { drop_what_is_for(rule, set); });
  }
}

bool is_absent(int error) {
  return error == ENOENT || error == EOPNOTSUPP || error == EPROTONOSUPPORT;
}

std::string meaning_of(int error) {
  switch (error) {
    case EOPNOTSUPP:
    case EPROTONOSUPPORT: return "the kernel has no nf_tables, or not all of it";
    case EPERM: return "it takes CAP_NET_ADMIN, and a table that no other program has to itself";
    case EMSGSIZE: return "too much at once; net.core.wmem_max is the limit";
    default: return {};
  }
}

Refusal ask(const DropPackets& wanted) {
  constexpr std::uint32_t sequence = 1;
  Transaction transaction(sequence);
  if (wanted.to.empty())
    remove_table(transaction);
  else
    replace_table(transaction, wanted);
  const Bytes bytes = transaction.bytes();
  auto socket = NetlinkSocket::for_packet_filter(bytes.size());
  if (!socket) return {socket.error().error};
  Refusal refusal;
  const int error = socket->exchange({bytes, sequence, sequence}, [&](nlmsghdr& message) {
    auto answer = parse_answer(message);
    if (answer && refusal.error == 0) refusal = {answer->error, std::move(answer->hint)};
  });
  return error != 0 ? Refusal{error} : refusal;
}

}  // namespace

Refusal drop_packets(const DropPackets& wanted) {
  Refusal refusal = ask(wanted);
  if (wanted.to.empty() && is_absent(refusal.error)) return {};
  if (refusal.hint.empty()) refusal.hint = meaning_of(refusal.error);
  return refusal;
}

}  // namespace failover::netlink
