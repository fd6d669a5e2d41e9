#pragma once
// Capture: everything that arrives on one interface and concerns us.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "agent/clock.hpp"
#include "protocol/address.hpp"

namespace failover {

// What a capture is to let through whole.
struct CaptureScope {
  std::vector<IpAddress> addresses;  // ours: announcements of others about them
  std::size_t longest_advert = 0;    // bytes of its IP payload
  friend bool operator==(const CaptureScope&, const CaptureScope&) = default;
};

// Opened and closed on the kernel thread (either may take 25 ms), read on the engine's. The real
// one is PcapCapture.
class Capture {
 public:
  Capture() = default;
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  virtual ~Capture() = default;

  // Readable when frames wait.
  [[nodiscard]] virtual int descriptor() const = 0;

  struct Frame {
    std::span<const std::uint8_t> bytes;
    RealTime arrived;
  };
  // Up to limits::frames_per_capture_read waiting frames, without blocking. False when the capture
  // is broken: the interface went down or away.
  [[nodiscard]] virtual bool read(const std::function<void(const Frame&)>& take) = 0;
};

}  // namespace failover
