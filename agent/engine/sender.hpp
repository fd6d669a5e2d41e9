#pragma once
// Sender: one packet socket for all interfaces; what is due in one wake-up leaves in one system
// call.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agent/descriptor.hpp"
#include "agent/mailbox/messages.hpp"
#include "protocol/carp/advert.hpp"
#include "protocol/ipv4.hpp"
#include "protocol/result.hpp"

namespace failover {

inline constexpr std::size_t carp_frame_bytes = ethernet_header + ipv4_header + carp::advert_bytes;

struct OutgoingAdvert {
  RouterId router = 0;
  int interface = 0;  // index
  std::array<std::uint8_t, carp_frame_bytes> frame{};
};

// Engine thread only. The socket receives nothing: it is bound to no protocol.
class Sender {
 public:
  [[nodiscard]] static Result<Sender, std::string> open();

  // Sends all, in order, without blocking; appends one errno per advert to results (0: it left).
  void send(std::span<const OutgoingAdvert> adverts, std::vector<int>& results);

 private:
  explicit Sender(Descriptor socket) : socket_(std::move(socket)) {}
  Descriptor socket_;
};

}  // namespace failover
