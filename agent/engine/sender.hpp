#pragma once
// Sender: where adverts leave. Multicast leaves through one packet socket for all interfaces, so
// that the frame's source is ours to choose; unicast through a raw IP socket for each family, so
// that the kernel finds the way. What is due in one wake-up leaves in one system call.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/descriptor.hpp"
#include "agent/mailbox/messages.hpp"
#include "protocol/result.hpp"

namespace failover {

// An advert on its way out. The bytes are left as they are until they are written: there may be
// thousands of them in a wake-up.
struct OutgoingAdvert {
  RouterId router = 0;
  int interface = 0;      // index
  IpAddress source;       // of the datagram
  IpAddress destination;  // the group, or a unicast peer
  std::uint8_t type_of_service = 0;
  std::uint16_t size = 0;
  // The whole frame to a group; for a peer the datagram's payload alone.
  std::array<std::uint8_t, limits::advert_frame_bytes> bytes;

  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): bytes, see above
  OutgoingAdvert() {}

  [[nodiscard]] bool is_routed() const { return !destination.is_multicast(); }
  [[nodiscard]] std::span<const std::uint8_t> content() const { return {bytes.data(), size}; }
  // Where the payload goes, once source and destination are set.
  [[nodiscard]] std::span<std::uint8_t> payload_room();
  // Writes the headers of a frame around the payload, when the kernel does not.
  void finish(std::size_t payload_bytes, MacAddress mac);
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

// The machine's. The packet socket receives nothing: it is bound to no protocol. The raw sockets
// receive nothing either, by a filter; that they are there keeps the kernel from answering unicast
// adverts with ICMP errors.
class SocketSender final : public Sender {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Sender>, std::string> open();
  void send(std::span<const OutgoingAdvert> adverts, std::vector<int>& results) override;

 private:
  SocketSender(Descriptor packet, PerFamily<Descriptor> raw)
      : packet_(std::move(packet)), raw_(std::move(raw)) {}
  [[nodiscard]] int send_routed(const OutgoingAdvert& advert) const;
  void send_frames(std::span<const OutgoingAdvert> adverts, std::vector<int>& results) const;

  Descriptor packet_;
  PerFamily<Descriptor> raw_;
};

}  // namespace failover
