#include "tests/sim/fake_links.hpp"

#include <algorithm>
#include <cerrno>

#include "protocol/assert.hpp"
#include "protocol/ipv6.hpp"
#include "tests/sim/frames.hpp"

namespace failover::sim {
namespace {

// What 128 KiB hold of frames of our size.
constexpr std::size_t ring_frames = 300;

// What everybody on the segment will read from the bytes. Whether a frame is as it should be is
// known here already: the router's own codec must take it.
Signal signal_of(const OutgoingAdvert& advert, const ServicePlan& service) {
  Signal signal{.kind = Signal::Kind::advert, .service = advert.router};
  const auto ethernet = parse_ethernet(advert.content());
  promise(ethernet.has_value());
  const auto datagram = ethernet->type == ethertype_ipv4 ? parse_ipv4(ethernet->payload)
                                                         : parse_ipv6(ethernet->payload);
  promise(datagram.has_value());
  signal.source = datagram->source;
  signal.family = datagram->source.family();
  if (service.is_vrrp()) {
    const auto decoded = vrrp::decode(*datagram, service.version);
    promise(decoded.has_value());
    signal.rank = decoded->advert.rank;
  } else {
    const auto decoded = carp::decode(datagram->payload);
    promise(decoded.has_value());
    signal.rank = decoded->rank;
    signal.counter = decoded->counter;
  }
  return signal;
}

}  // namespace

FakeCapture::FakeCapture(Port& port) : port_(port) { port_.captures.push_back(this); }

FakeCapture::~FakeCapture() { std::erase(port_.captures, this); }

bool FakeCapture::arrives(const sim::Frame& frame, RealTime at) {
  if (broken_ || frames_.size() - next_ >= ring_frames) return false;
  frames_.push_back({frame, at});
  return true;
}

bool FakeCapture::read(const std::function<void(const Frame&)>& take) {
  for (int taken = 0; next_ < frames_.size() && taken < limits::frames_per_capture_read; ++taken) {
    const Stored& stored = frames_[next_++];
    take({.bytes = std::span(stored.frame.bytes).first(stored.frame.size), .arrived = stored.at});
  }
  if (next_ == frames_.size()) {
    frames_.clear();
    next_ = 0;
  }
  return !broken_;
}

Result<std::unique_ptr<Capture>, std::string> FakeLinks::open_capture(const std::string& interface,
                                                                      const CaptureScope&) {
  for (std::size_t segment = 0; segment < surroundings_.scenario.segments; ++segment) {
    const netlink::Link& link = kernel_.link(segment);
    if (link.name == interface && link.up)
      return std::unique_ptr<Capture>(std::make_unique<FakeCapture>(ports_[segment]));
  }
  return failure(std::string("no such interface, or it is down"));
}

Result<std::unique_ptr<GroupMembership>, std::string> FakeLinks::join(int) {
  class Joined final : public GroupMembership {};
  return std::unique_ptr<GroupMembership>(std::make_unique<Joined>());
}

void FakeLinks::announce(int interface, MacAddress own, MacAddress holder,
                         std::span<const IpAddress> addresses) {
  const auto segment = kernel_.segment_of(interface);
  for (const IpAddress& address : addresses) {
    const auto place = place_of(surroundings_.scenario, address);
    if (!place) continue;
    surroundings_.oracles.announces(node_, *place, own == holder, kernel_.has_confirmed(address),
                                    surroundings_.now);
    if (!segment || !kernel_.link(*segment).up || !kernel_.link(*segment).carrier) continue;
    surroundings_.network.send(node_, *segment, announcement(own, holder, *place, address),
                               surroundings_.now);
  }
}

bool FakeLinks::arrives(std::size_t segment, const Frame& frame, RealTime at) {
  const netlink::Link& link = kernel_.link(segment);
  if (!link.up || !link.carrier) return false;
  bool taken = false;
  for (FakeCapture* capture : ports_[segment].captures) taken |= capture->arrives(frame, at);
  return taken;
}

void FakeLinks::fail_captures(std::size_t segment) {
  for (FakeCapture* capture : ports_[segment].captures) capture->fail();
}

void FakeSender::send(std::span<const OutgoingAdvert> adverts, std::vector<int>& results) {
  before_sending_();
  for (const OutgoingAdvert& advert : adverts) results.push_back(send(advert));
}

int FakeSender::send(const OutgoingAdvert& advert) {
  Frame frame;
  const auto content = advert.content();
  promise(content.size() <= Frame::longest);
  frame.size = content.size();
  std::ranges::copy(content, frame.bytes.begin());
  frame.signal = signal_of(advert, surroundings_.scenario.services[advert.router]);
  surroundings_.oracles.tried_to_send(node_, frame.signal, surroundings_.now);
  const auto segment = kernel_.segment_of(advert.interface);
  if (!segment) return ENXIO;
  if (!kernel_.link(*segment).up) return ENETDOWN;
  if (refuses_ != 0) return refuses_;
  if (kernel_.link(*segment).carrier)
    surroundings_.network.send(node_, *segment, frame, surroundings_.now);
  return 0;
}

}  // namespace failover::sim
