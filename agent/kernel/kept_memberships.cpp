#include "agent/kernel/kept_memberships.hpp"

#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <vector>

namespace failover {
namespace {

constexpr std::size_t most_sockets = 2;  // one of each family

// What a message carries beside the index of the interface.
struct Ancillary {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(most_sockets * sizeof(int))> bytes{};
};

struct Kept {
  int interface = 0;
  std::vector<Descriptor> sockets;
};

msghdr message_of(iovec& content, Ancillary& ancillary) {
  msghdr message{};
  message.msg_iov = &content;
  message.msg_iovlen = 1;
  message.msg_control = ancillary.bytes.data();
  message.msg_controllen = ancillary.bytes.size();
  return message;
}

std::optional<Kept> take(const Descriptor& out) {
  Kept kept;
  iovec content{.iov_base = &kept.interface, .iov_len = sizeof kept.interface};
  Ancillary ancillary;
  msghdr message = message_of(content, ancillary);
  if (recvmsg(out.number(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) <= 0) return std::nullopt;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return kept;
  const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (std::size_t i = 0; i < std::min(count, most_sockets); ++i) {
    int socket = -1;
    std::memcpy(&socket, CMSG_DATA(header) + i * sizeof socket, sizeof socket);
    kept.sockets.emplace_back(socket);
  }
  return kept;
}

bool exists(int interface) {
  std::array<char, IF_NAMESIZE> name{};
  return if_indextoname(static_cast<unsigned>(interface), name.data()) != nullptr;
}

}  // namespace

KeptMemberships::Ends KeptMemberships::make() {
  std::array<int, 2> ends{-1, -1};
  (void)socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data());
  return {.in = Descriptor(ends[0]), .out = Descriptor(ends[1])};
}

void KeptMemberships::keep(int interface, std::span<const int> sockets) {
  if (!ends_.in.is_open() || sockets.empty() || put(interface, sockets)) return;
  make_room();
  (void)put(interface, sockets);
}

void KeptMemberships::make_room() {
  std::map<int, std::vector<Descriptor>> latest;
  while (auto kept = take(ends_.out)) latest[kept->interface] = std::move(kept->sockets);
  for (const auto& [interface, sockets] : latest) {
    std::vector<int> numbers;
    for (const Descriptor& socket : sockets) numbers.push_back(socket.number());
    if (exists(interface)) (void)put(interface, numbers);
  }
}

bool KeptMemberships::put(int interface, std::span<const int> sockets) const {
  iovec content{.iov_base = &interface, .iov_len = sizeof interface};
  Ancillary ancillary;
  msghdr message = message_of(content, ancillary);
  const std::size_t bytes = std::min(sockets.size(), most_sockets) * sizeof(int);
  message.msg_controllen = CMSG_SPACE(bytes);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(bytes);
  std::memcpy(CMSG_DATA(header), sockets.data(), bytes);
  return sendmsg(ends_.in.number(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) > 0;
}

}  // namespace failover
