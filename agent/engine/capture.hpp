#pragma once
// Capture: everything that arrives on one interface and concerns us, through libpcap.
//
// A socket of the IP stack would be deaf to some adverts: behind a firewall rule, under rp_filter,
// when the peer uses a failover IP as its source (CARP.md 8). The capture sees what the wire
// brings, and stamps it, so that a frame's age is known however late it is read.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/clock.hpp"
#include "protocol/address.hpp"
#include "protocol/result.hpp"

namespace failover {

struct CaptureError {
  std::string text;
};

// Opened and closed on the kernel thread (either may take 25 ms), read on the engine's.
class Capture {
 public:
  // The interface must be up. addresses: the failover IPs whose ARP is of interest.
  [[nodiscard]] static Result<std::unique_ptr<Capture>, CaptureError> open(
      const std::string& interface, const std::vector<IpAddress>& addresses);
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

  struct Frame {
    std::span<const std::uint8_t> bytes;
    RealTime arrived;
  };
  // Up to limits::frames_per_capture_read waiting frames, without blocking. False when the capture
  // is broken: the interface went down or away.
  [[nodiscard]] bool read(const std::function<void(const Frame&)>& take);

 private:
  struct Handle;
  explicit Capture(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
  int descriptor_ = -1;
};

// The filter in libpcap's language; exposed for its test.
[[nodiscard]] std::string capture_filter(const std::vector<IpAddress>& addresses);

}  // namespace failover
