#pragma once
// A node's links: captures with their bounded rings, announcements, and where adverts leave.

#include <functional>
#include <memory>
#include <vector>

#include "agent/engine/sender.hpp"
#include "agent/kernel/link_access.hpp"
#include "tests/sim/fake_kernel.hpp"

namespace failover::sim {

// Where frames arrive on one interface.
struct Port;

class FakeCapture final : public Capture {
 public:
  explicit FakeCapture(Port& port);
  ~FakeCapture() override;
  [[nodiscard]] int descriptor() const override { return -1; }
  [[nodiscard]] bool read(const std::function<void(const Frame&)>& take) override;

  // False when the ring is full.
  [[nodiscard]] bool arrives(const sim::Frame& frame, RealTime at);
  void fail() { broken_ = true; }
  [[nodiscard]] bool is_readable() const { return broken_ || next_ < frames_.size(); }

 private:
  struct Stored {
    sim::Frame frame;
    RealTime at;
  };
  Port& port_;
  std::vector<Stored> frames_;
  std::size_t next_ = 0;
  bool broken_ = false;
};

struct Port {
  std::vector<FakeCapture*> captures;  // one, or two while one is replaced
};

class FakeLinks final : public LinkAccess {
 public:
  FakeLinks(Surroundings& surroundings, std::size_t node, FakeKernel& kernel)
      : surroundings_(surroundings), node_(node), kernel_(kernel) {}

  [[nodiscard]] Result<std::unique_ptr<Capture>, std::string> open_capture(
      const std::string& interface, const CaptureScope& scope) override;
  [[nodiscard]] Result<std::unique_ptr<GroupMembership>, std::string> join(int interface) override;
  // Nobody but the nodes has the addresses, and they are no strangers.
  void probe(int, MacAddress, std::span<const IpAddress>) override {}
  [[nodiscard]] Culprit owner_of(std::uint32_t) const override { return {}; }
  void announce(int interface, MacAddress own, MacAddress holder,
                std::span<const IpAddress> addresses) override;

  // False when nobody could take it.
  [[nodiscard]] bool arrives(std::size_t segment, const Frame& frame, RealTime at);
  void fail_captures(std::size_t segment);

 private:
  Surroundings& surroundings_;
  std::size_t node_;
  FakeKernel& kernel_;
  std::array<Port, most_segments> ports_;
};

class FakeSender final : public Sender {
 public:
  // before_sending: what happened in the engine so far is made known to the oracles.
  FakeSender(Surroundings& surroundings, std::size_t node, FakeKernel& kernel,
             std::function<void()> before_sending)
      : surroundings_(surroundings),
        node_(node),
        kernel_(kernel),
        before_sending_(std::move(before_sending)) {}
  void send(std::span<const OutgoingAdvert> adverts, std::vector<int>& results) override;
  void refuse(int error) { refuses_ = error; }

 private:
  [[nodiscard]] int send(const OutgoingAdvert& advert);
  Surroundings& surroundings_;
  std::size_t node_;
  FakeKernel& kernel_;
  std::function<void()> before_sending_;
  int refuses_ = 0;
};

}  // namespace failover::sim
