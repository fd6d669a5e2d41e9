#pragma once
// PcapCapture: a capture through libpcap.
//
// A socket of the IP stack would be deaf to some adverts: behind a firewall rule, under rp_filter,
// when the peer uses a failover IP as its source (CARP.md 8). The capture sees what the wire
// brings, and stamps it, so that a frame's age is known however late it is read.

#include <memory>
#include <string>
#include <vector>

#include "agent/mailbox/capture.hpp"
#include "protocol/address.hpp"
#include "protocol/result.hpp"

namespace failover {

class PcapCapture final : public Capture {
 public:
  // The interface must be up. The error is a sentence.
  [[nodiscard]] static Result<std::unique_ptr<Capture>, std::string> open(
      const std::string& interface, const CaptureScope& scope);
  ~PcapCapture() override;

  [[nodiscard]] int descriptor() const override { return descriptor_; }
  [[nodiscard]] bool read(const std::function<void(const Frame&)>& take) override;

 private:
  struct Handle;
  explicit PcapCapture(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
  int descriptor_ = -1;
};

// The filter in libpcap's language; exposed for its test.
[[nodiscard]] std::string capture_filter(const std::vector<IpAddress>& addresses);

}  // namespace failover
