#include "netlink/route_filter.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cstddef>

#include "netlink/route.hpp"
#include "protocol/limits.hpp"

namespace failover::netlink {
namespace {

constexpr std::uint32_t everything = 0xffffffff;
constexpr sock_filter pass = BPF_STMT(BPF_RET | BPF_K, everything);

constexpr std::uint32_t in_header(std::size_t offset) {
  return static_cast<std::uint32_t>(NLMSG_HDRLEN + offset);
}

// The filter reads numbers as they are on the wire; a message's type is in the machine's order.
std::uint32_t as_read(int type) { return htons(static_cast<std::uint16_t>(type)); }

std::set<std::uint32_t> beginnings(const std::set<Prefix>& destinations) {
  std::set<std::uint32_t> all;
  for (const Prefix& destination : destinations) {
    std::uint32_t word = 0;
    for (const std::uint8_t byte : destination.address().bytes().first<4>())
      word = word << 8 | byte;
    all.insert(word);
  }
  return all;
}

}  // namespace

std::vector<sock_filter> pass_all_routes() { return {pass}; }

std::vector<sock_filter> route_filter(const std::set<Prefix>& destinations) {
  const auto wanted = beginnings(destinations);
  const sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
  if (wanted.size() > limits::netlink_filtered_destinations) return pass_all_routes();
  std::vector<sock_filter> program{
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(nlmsghdr, nlmsg_type)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, as_read(RTM_NEWROUTE), 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, as_read(RTM_DELROUTE), 1, 0),
      pass,
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, in_header(offsetof(rtmsg, rtm_protocol))),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, our_protocol, 0, 1),
      pass,
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, in_header(offsetof(rtmsg, rtm_dst_len))),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
      pass,
      // Where the destination is among the attributes; the kernel looks from A for number X.
      BPF_STMT(BPF_LD | BPF_IMM, in_header(sizeof(rtmsg))),
      BPF_STMT(BPF_LDX | BPF_IMM, RTA_DST),
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_NLATTR)),
      BPF_STMT(BPF_MISC | BPF_TAX, 0),
      BPF_STMT(BPF_LD | BPF_W | BPF_IND, NLA_HDRLEN),
  };
  for (const std::uint32_t word : wanted) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, word, 0, 1));
    program.push_back(pass);
  }
  program.push_back(drop);
  return program;
}

}  // namespace failover::netlink
