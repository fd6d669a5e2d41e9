#include "agent/engine/sender.hpp"

#include <linux/if_packet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace failover {
namespace {

// More than this many frames in one call would keep a core for too long; they go in the next one.
constexpr std::size_t frames_in_one_call = 64;

struct Batch {
  std::array<mmsghdr, frames_in_one_call> messages{};
  std::array<iovec, frames_in_one_call> parts{};
  std::array<sockaddr_ll, frames_in_one_call> destinations{};

  void set(std::size_t at, const OutgoingAdvert& advert) {
    destinations[at] = {};
    destinations[at].sll_family = AF_PACKET;
    destinations[at].sll_ifindex = advert.interface;
    destinations[at].sll_halen = 6;
    std::copy_n(advert.frame.begin(), 6, destinations[at].sll_addr);
    // sendmmsg takes no pointer to const, and writes nothing there.
    parts[at] = {.iov_base = const_cast<std::uint8_t*>(advert.frame.data()),
                 .iov_len = advert.frame.size()};
    messages[at].msg_hdr = {.msg_name = &destinations[at],
                            .msg_namelen = sizeof(sockaddr_ll),
                            .msg_iov = &parts[at],
                            .msg_iovlen = 1,
                            .msg_control = nullptr,
                            .msg_controllen = 0,
                            .msg_flags = 0};
  }
};

}  // namespace

Result<std::unique_ptr<Sender>, std::string> PacketSender::open() {
  Descriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open())
    return failure(std::string("packet socket for adverts: ") + std::strerror(errno));
  return std::unique_ptr<Sender>(new PacketSender(std::move(socket)));
}

void PacketSender::send(std::span<const OutgoingAdvert> adverts, std::vector<int>& results) {
  Batch batch;
  while (!adverts.empty()) {
    const std::size_t count = std::min(adverts.size(), frames_in_one_call);
    for (std::size_t i = 0; i < count; ++i) batch.set(i, adverts[i]);
    const int sent = sendmmsg(socket_.number(), batch.messages.data(), static_cast<unsigned>(count),
                              MSG_DONTWAIT);
    // The call stops at the first frame that fails and tells why only when that is the first one.
    const std::size_t done = sent > 0 ? static_cast<std::size_t>(sent) : 1;
    results.insert(results.end(), done, sent > 0 ? 0 : errno);
    adverts = adverts.subspan(done);
  }
}

}  // namespace failover
