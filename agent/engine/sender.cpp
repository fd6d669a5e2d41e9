#include "agent/engine/sender.hpp"

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "protocol/ipv4.hpp"
#include "protocol/ipv6.hpp"

namespace failover {
namespace {

// More than this many frames in one call would keep a core for too long; they go in the next one.
constexpr std::size_t frames_in_one_call = 64;

std::size_t headers_of(const OutgoingAdvert& advert) {
  if (advert.is_routed()) return 0;
  return ethernet_header + (advert.source.family() == Family::ipv4 ? ipv4_header : ipv6_header);
}

struct Batch {
  std::array<mmsghdr, frames_in_one_call> messages{};
  std::array<iovec, frames_in_one_call> parts{};
  std::array<sockaddr_ll, frames_in_one_call> destinations{};

  void set(std::size_t at, const OutgoingAdvert& advert) {
    destinations[at] = {};
    destinations[at].sll_family = AF_PACKET;
    destinations[at].sll_ifindex = advert.interface;
    destinations[at].sll_halen = 6;
    std::copy_n(advert.bytes.begin(), 6, destinations[at].sll_addr);
    // sendmmsg takes no pointer to const, and writes nothing there.
    parts[at] = {.iov_base = const_cast<std::uint8_t*>(advert.bytes.data()),
                 .iov_len = advert.size};
    messages[at].msg_hdr = {.msg_name = &destinations[at],
                            .msg_namelen = sizeof(sockaddr_ll),
                            .msg_iov = &parts[at],
                            .msg_iovlen = 1,
                            .msg_control = nullptr,
                            .msg_controllen = 0,
                            .msg_flags = 0};
  }
};

bool set_option(const Descriptor& socket, int level, int option, int value) {
  return setsockopt(socket.number(), level, option, &value, sizeof value) == 0;
}

// Its own receive queue stays empty.
bool drops_all(const Descriptor& socket) {
  sock_filter nothing{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0};
  const sock_fprog program{.len = 1, .filter = &nothing};
  return setsockopt(socket.number(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

Descriptor raw_socket(Family family) {
  const int domain = family == Family::ipv4 ? AF_INET : AF_INET6;
  Descriptor socket(::socket(domain, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol_carp));
  if (!socket.is_open()) return socket;
  const bool set = family == Family::ipv4
                       ? set_option(socket, IPPROTO_IP, IP_TTL, 255)
                       : set_option(socket, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 255);
  // A configured source may be an address that is not there yet.
  const bool free = family == Family::ipv4 ? set_option(socket, IPPROTO_IP, IP_FREEBIND, 1)
                                           : set_option(socket, IPPROTO_IPV6, IPV6_FREEBIND, 1);
  return set && free && drops_all(socket) ? std::move(socket) : Descriptor();
}

template <class Info>
void put_control(msghdr& message, int level, int type, const Info& info) {
  auto* header = message.msg_controllen == 0
                     ? reinterpret_cast<cmsghdr*>(message.msg_control)
                     : reinterpret_cast<cmsghdr*>(static_cast<char*>(message.msg_control) +
                                                  message.msg_controllen);
  header->cmsg_level = level;
  header->cmsg_type = type;
  header->cmsg_len = CMSG_LEN(sizeof info);
  std::memcpy(CMSG_DATA(header), &info, sizeof info);
  message.msg_controllen += CMSG_SPACE(sizeof info);
}

}  // namespace

std::span<std::uint8_t> OutgoingAdvert::payload_room() {
  return std::span(bytes).subspan(headers_of(*this));
}

void OutgoingAdvert::finish(std::size_t payload_bytes, MacAddress mac) {
  size = static_cast<std::uint16_t>(headers_of(*this) + payload_bytes);
  if (is_routed()) return;
  const auto payload = static_cast<std::uint16_t>(payload_bytes);
  if (source.family() == Family::ipv4) {
    write_advert_headers(bytes, AdvertHeaders{.source_mac = mac,
                                              .source = source,
                                              .type_of_service = type_of_service,
                                              .payload_bytes = payload});
  } else {
    write_advert_headers(bytes, AdvertHeaders6{.source_mac = mac,
                                               .source = source,
                                               .traffic_class = type_of_service,
                                               .payload_bytes = payload});
  }
}

Result<std::unique_ptr<Sender>, std::string> SocketSender::open() {
  Descriptor packet(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!packet.is_open())
    return failure(std::string("packet socket for adverts: ") + std::strerror(errno));
  PerFamily<Descriptor> raw{.ipv4 = raw_socket(Family::ipv4), .ipv6 = raw_socket(Family::ipv6)};
  if (!raw.ipv4.is_open())
    return failure(std::string("raw socket for unicast adverts: ") + std::strerror(errno));
  // Without IPv6 in the kernel there is nothing to send there.
  if (!raw.ipv6.is_open() && errno != EAFNOSUPPORT)
    return failure(std::string("raw IPv6 socket for unicast adverts: ") + std::strerror(errno));
  return std::unique_ptr<Sender>(new SocketSender(std::move(packet), std::move(raw)));
}

void SocketSender::send(std::span<const OutgoingAdvert> adverts, std::vector<int>& results) {
  while (!adverts.empty()) {
    const auto routed = std::ranges::find_if(adverts, &OutgoingAdvert::is_routed);
    const auto frames = static_cast<std::size_t>(routed - adverts.begin());
    send_frames(adverts.first(frames), results);
    if (frames < adverts.size()) results.push_back(send_routed(*routed));
    adverts = adverts.subspan(std::min(frames + 1, adverts.size()));
  }
}

void SocketSender::send_frames(std::span<const OutgoingAdvert> adverts,
                               std::vector<int>& results) const {
  Batch batch;
  while (!adverts.empty()) {
    const std::size_t count = std::min(adverts.size(), frames_in_one_call);
    for (std::size_t i = 0; i < count; ++i) batch.set(i, adverts[i]);
    const int sent = sendmmsg(packet_.number(), batch.messages.data(), static_cast<unsigned>(count),
                              MSG_DONTWAIT);
    // The call stops at the first frame that fails and tells why only when that is the first one.
    const std::size_t done = sent > 0 ? static_cast<std::size_t>(sent) : 1;
    results.insert(results.end(), done, sent > 0 ? 0 : errno);
    adverts = adverts.subspan(done);
  }
}

// From the source that we say, out of the router's interface.
int SocketSender::send_routed(const OutgoingAdvert& advert) const {
  alignas(cmsghdr) std::array<char, 128> control{};
  iovec part{.iov_base = const_cast<std::uint8_t*>(advert.bytes.data()), .iov_len = advert.size};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  const int type_of_service = advert.type_of_service;
  const auto interface = advert.interface;
  const auto& from = advert.source.bytes();
  const auto& to = advert.destination.bytes();
  sockaddr_in to4{};
  sockaddr_in6 to6{};
  if (advert.source.family() == Family::ipv4) {
    to4.sin_family = AF_INET;
    std::memcpy(&to4.sin_addr, to.data(), to.size());
    message.msg_name = &to4;
    message.msg_namelen = sizeof to4;
    in_pktinfo info{};
    info.ipi_ifindex = interface;
    std::memcpy(&info.ipi_spec_dst, from.data(), from.size());
    put_control(message, IPPROTO_IP, IP_PKTINFO, info);
    put_control(message, IPPROTO_IP, IP_TOS, type_of_service);
  } else {
    to6.sin6_family = AF_INET6;
    to6.sin6_scope_id = static_cast<std::uint32_t>(interface);
    std::memcpy(&to6.sin6_addr, to.data(), to.size());
    message.msg_name = &to6;
    message.msg_namelen = sizeof to6;
    in6_pktinfo info{};
    info.ipi6_ifindex = static_cast<unsigned>(interface);
    std::memcpy(&info.ipi6_addr, from.data(), from.size());
    put_control(message, IPPROTO_IPV6, IPV6_PKTINFO, info);
    put_control(message, IPPROTO_IPV6, IPV6_TCLASS, type_of_service);
  }
  return sendmsg(raw_[advert.source.family()].number(), &message, MSG_DONTWAIT) < 0 ? errno : 0;
}

}  // namespace failover
