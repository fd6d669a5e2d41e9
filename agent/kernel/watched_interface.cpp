#include "agent/kernel/watched_interface.hpp"

#include <algorithm>

namespace failover {

WaitingFor WatchedInterface::state_of(const netlink::Link* link) const {
  if (link == nullptr) return WaitingFor::interface;
  if (!link->up) return WaitingFor::link;
  if (!link->carrier) return WaitingFor::carrier;
  return WaitingFor::nothing;
}

// The interface's first own address. When that goes while we run, adverts go on with it: the wire
// does not care, and the failover IP must not depend on it.
std::optional<IpAddress> WatchedInterface::source_on(
    const netlink::Found& found, int index, const std::set<IpAddress>& failover_ips) const {
  std::optional<IpAddress> first;
  for (const netlink::Address& address : found.addresses(index)) {
    const IpAddress& ip = address.prefix.address();
    if (ip.family() != Family::ipv4 || failover_ips.contains(ip)) continue;
    if (address.mark == netlink::our_mark) continue;
    if (ip == last_source_) return ip;
    if (!first && !address.secondary) first = ip;
  }
  return first ? first : last_source_;
}

void WatchedInterface::look(const netlink::Found& found, const std::set<IpAddress>& failover_ips) {
  const netlink::Link* link = found.link(name_);
  InterfaceChanged seen{.slot = slot_,
                        .waiting_for = state_of(link),
                        .index = link != nullptr ? link->index : 0,
                        .mac = link != nullptr ? link->mac : MacAddress{},
                        .source = std::nullopt};
  const bool another = seen.index != told_.index;
  if (another) forget();
  // The capture dies with the interface and when it is taken down; losing the carrier is nothing.
  if (another || seen.waiting_for == WaitingFor::link) has_capture_ = false;
  if (link != nullptr) {
    if (!membership_) join(seen.index);
    seen.source = last_source_ = source_on(found, seen.index, failover_ips);
    if (seen.waiting_for == WaitingFor::nothing && !has_capture_ && !open_capture())
      seen.waiting_for = WaitingFor::capture;
  }
  const bool same = seen.waiting_for == told_.waiting_for && !another && seen.mac == told_.mac &&
                    seen.source == told_.source;
  told_ = seen;
  if (!same) mailboxes_.kernel_to_engine.post(seen);
}

// Another interface has the name now. The engine hears of the end of the old one first, so that
// what follows is about the new one.
void WatchedInterface::forget() {
  InterfaceChanged nothing;
  nothing.slot = slot_;
  if (told_.index != 0) mailboxes_.kernel_to_engine.post(nothing);
  told_ = nothing;
  membership_.reset();
  last_source_.reset();
}

void WatchedInterface::want_capture(std::vector<IpAddress> addresses) {
  if (addresses == filtered_) return;
  filtered_ = std::move(addresses);
  if (has_capture_) has_capture_ = open_capture();
}

bool WatchedInterface::open_capture() {
  auto capture = links_.open_capture(name_, filtered_);
  has_capture_ = capture.has_value();
  if (capture) {
    capture_complaint_.clear();
    mailboxes_.kernel_to_engine.post(CaptureOpened{.slot = slot_, .capture = std::move(*capture)});
  } else {
    complain(capture_complaint_, capture.error());
  }
  return has_capture_;
}

void WatchedInterface::join(int index) {
  auto membership = links_.join(index);
  if (membership) {
    membership_ = std::move(*membership);
  } else {
    complain(join_complaint_, name_ + ": " + membership.error());
  }
}

void WatchedInterface::complain(std::string& last, std::string text) {
  if (text == last) return;
  last = text;
  (void)mailboxes_.kernel_to_control.offer(
      KernelLog{.severity = Severity::error, .text = std::move(text)});
}

}  // namespace failover
