#include "agent/kernel/watched_interface.hpp"

#include <algorithm>

namespace failover {

WaitingFor WatchedInterface::state_of(const netlink::Link* link) const {
  if (link == nullptr) return WaitingFor::interface;
  if (!link->up) return WaitingFor::link;
  if (!link->carrier) return WaitingFor::carrier;
  return WaitingFor::nothing;
}

namespace {

// The interface's first own address of a kind, or the one that adverts left from before.
class SourceSearch {
 public:
  explicit SourceSearch(const std::optional<IpAddress>& last) : last_(last) {}
  void see(const netlink::Address& address) {
    if (address.prefix.address() == last_) kept_ = true;
    if (!first_ && !address.secondary && !address.tentative) first_ = address.prefix.address();
  }
  // When the one from before has gone, adverts go on with it if there is no other: the wire does
  // not care, and the failover IP must not depend on it.
  [[nodiscard]] std::optional<IpAddress> found() const { return kept_ || !first_ ? last_ : first_; }

 private:
  std::optional<IpAddress> last_;
  std::optional<IpAddress> first_;
  bool kept_ = false;
};

}  // namespace

// IPv4: the first address. IPv6: the link-local one for multicast, a global one for unicast that is
// routed.
void WatchedInterface::find_sources(const netlink::Found& found,
                                    const std::set<IpAddress>& failover_ips,
                                    InterfaceChanged& seen) {
  SourceSearch ipv4(last_.sources.ipv4);
  SourceSearch link_local(last_.sources.ipv6);
  SourceSearch global(last_.global6);
  for (const netlink::Address& address : found.addresses(seen.index)) {
    const IpAddress& ip = address.prefix.address();
    if (failover_ips.contains(ip) || address.mark == netlink::our_mark) continue;
    if (ip.family() == Family::ipv4) {
      ipv4.see(address);
    } else {
      (ip.is_link_local() ? link_local : global).see(address);
    }
  }
  seen.sources = {.ipv4 = ipv4.found(), .ipv6 = link_local.found()};
  seen.global6 = global.found();
  last_.sources = seen.sources;
  last_.global6 = seen.global6;
}

void WatchedInterface::look(const netlink::Found& found, const std::set<IpAddress>& failover_ips) {
  const netlink::Link* link = found.link(name_);
  InterfaceChanged seen{.slot = slot_,
                        .waiting_for = state_of(link),
                        .index = link != nullptr ? link->index : 0,
                        .mac = link != nullptr ? link->mac : MacAddress{},
                        .sources = {},
                        .global6 = {}};
  const bool another = seen.index != told_.index;
  if (another) forget();
  // The capture dies with the interface and when it is taken down; losing the carrier is nothing.
  if (another || seen.waiting_for == WaitingFor::link) has_capture_ = false;
  if (link != nullptr) {
    if (!membership_) join(seen.index);
    find_sources(found, failover_ips, seen);
    if (seen.waiting_for == WaitingFor::nothing && !has_capture_ && !open_capture())
      seen.waiting_for = WaitingFor::capture;
  }
  const bool same = seen.waiting_for == told_.waiting_for && !another && seen.mac == told_.mac &&
                    seen.sources == told_.sources && seen.global6 == told_.global6;
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
  last_ = {};
}

void WatchedInterface::want_capture(CaptureScope scope) {
  if (scope == scope_) return;
  scope_ = std::move(scope);
  if (has_capture_) has_capture_ = open_capture();
}

bool WatchedInterface::open_capture() {
  auto capture = links_.open_capture(name_, scope_);
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
