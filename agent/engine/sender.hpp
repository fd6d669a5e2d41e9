#pragma once
// Sender: where adverts leave. The real one has one packet socket for all interfaces; what is due
// in one wake-up leaves in one system call.

#include <array>
#include <cstdint>
#include <memory>
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

// Engine thread only.
class Sender {
 public:
  Sender() = default;
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  virtual ~Sender() = default;
  // Sends all, in order, without blocking; appends one errno per advert to results (0: it left).
  virtual void send(std::span<const OutgoingAdvert> adverts, std::vector<int>& results) = 0;
};

// The socket receives nothing: it is bound to no protocol.
class PacketSender final : public Sender {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Sender>, std::string> open();
  void send(std::span<const OutgoingAdvert> adverts, std::vector<int>& results) override;

 private:
  explicit PacketSender(Descriptor socket) : socket_(std::move(socket)) {}
  Descriptor socket_;
};

}  // namespace failover
