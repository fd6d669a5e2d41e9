#include "agent/kernel/kernel_thread.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "agent/kernel/virtual_links.hpp"
#include "protocol/assert.hpp"

namespace failover {
namespace {

// What could not be done (a capture that would not open, an address that was refused) is tried
// again.
constexpr Duration retry_pause = 1s;

}  // namespace

KernelThread::KernelThread(Mailboxes& mailboxes, netlink::Kernel& kernel, LinkAccess& links,
                           const Clock& clock, std::set<IpAddress> adopted,
                           netlink::WantedRoutes adopted_routes)
    : mailboxes_(mailboxes),
      kernel_(kernel),
      links_(links),
      clock_(clock),
      adopted_(std::move(adopted)),
      group_routes_(kernel, clock, std::move(adopted_routes)) {}

void KernelThread::run() {
  begin();
  while (!quit_) turn(wait());
}

void KernelThread::begin() { dump(); }

void KernelThread::turn(Wake wake) {
  if (wake == Wake::overdue) found_changed_ = true;
  if (wake == Wake::overdue) group_routes_.overdue();
  take_messages();
  if (dump_failed_ || group_routes_.wants_dump()) dump();
  read_notifications();
  report_tracks();
  look_at_interfaces();
  keep_settings();
  hold_what_is_wanted();
  answer_trial();
  mailboxes_.kernel_to_engine.flush();
  mailboxes_.kernel_to_control.flush();
}

bool KernelThread::wants_retry() const {
  return dump_failed_ || group_routes_.wants_dump() || group_routes_.wants_retry() ||
         std::ranges::any_of(slots_,
                             [](const auto& entry) {
                               return entry.second.holder.dirty ||
                                      entry.second.interface->waits_for_capture();
                             }) ||
         std::ranges::any_of(routers_, [](const auto& entry) {
           return std::ranges::any_of(entry.second.links, [](const VirtualLink& link) {
             return link.holder.dirty && link.holder.index != 0;
           });
         });
}

KernelThread::Wake KernelThread::wait() {
  std::array<pollfd, 3> set{{{mailboxes_.control_to_kernel.descriptor(), POLLIN, 0},
                             {mailboxes_.engine_to_kernel.descriptor(), POLLIN, 0},
                             {kernel_.descriptor(), POLLIN, 0}}};
  const int ready = poll(set.data(), set.size(), patience());
  promise(ready >= 0 || errno == EINTR);
  return ready == 0 ? Wake::overdue : Wake::called;
}

// In milliseconds; -1: until something happens.
int KernelThread::patience() const {
  if (mailboxes_.kernel_to_engine.has_waiting()) return 1;
  constexpr Duration for_ever = Duration::max();
  const Instant now = clock_.monotonic();
  Duration sleep = wants_retry() ? retry_pause : for_ever;
  if (has_settings()) sleep = std::min(sleep, next_settings_look_ - now);
  for (const auto& [id, router] : routers_)
    if (const auto deadline = router.healing.deadline()) sleep = std::min(sleep, *deadline - now);
  if (sleep == for_ever) return -1;
  return static_cast<int>(
      std::chrono::ceil<std::chrono::milliseconds>(std::max(sleep, Duration{0})).count());
}

void KernelThread::take_messages() {
  // The control thread first: a router is added before the engine can claim for it.
  mailboxes_.control_to_kernel.acknowledge();
  while (auto message = mailboxes_.control_to_kernel.take())
    std::visit([this](auto& content) { take(content); }, *message);
  mailboxes_.engine_to_kernel.acknowledge();
  while (auto message = mailboxes_.engine_to_kernel.take())
    std::visit([this](auto& content) { take(content); }, *message);
}

void KernelThread::take(AddInterface& message) {
  Slot& slot = slots_[message.slot];
  slot.interface = std::make_unique<WatchedInterface>(message, mailboxes_, links_);
  mailboxes_.kernel_to_engine.post(InterfaceAdded{.slot = message.slot, .status = message.status});
  found_changed_ = true;
}

void KernelThread::take(AddRouter& message) {
  Slot& slot = slots_.at(message.kernel.slot);
  HeldRouter router{.wanted = std::move(message.kernel), .links = {}};
  // What is there and wanted stays untouched. The engine is told as if it had claimed.
  router.claimed = router.awaiting = router.wanted.adopted;
  look_at_dropped_ |= router.is_in_place();
  router.links = links_of(router.wanted);
  for (const IpAddress& address : router.addresses()) {
    slot.failover_ips.insert(address);
    adopted_.erase(address);
  }
  const RouterId id = router.wanted.id;
  routers_.insert_or_assign(id, std::move(router));
  update_captures(message.kernel.slot);
  if (routers_.at(id).is_in_place()) mark_dirty(routers_.at(id));
  mailboxes_.kernel_to_engine.post(RouterAdded{std::move(message.engine)});
  slot.holder.dirty = found_changed_ = true;
}

void KernelThread::take(ChangeRouter& message) {
  const auto router = routers_.find(message.kernel.id);
  if (router == routers_.end() || !takes_additions(router->second, message.kernel)) return;
  Slot& slot = slots_.at(message.kernel.slot);
  for (const IpAddress& address : router->second.addresses()) slot.failover_ips.erase(address);
  const bool other_addresses = router->second.wanted.addresses != message.kernel.addresses;
  router->second.wanted = std::move(message.kernel);
  exchange_links(router->second);
  for (const IpAddress& address : router->second.addresses()) slot.failover_ips.insert(address);
  router->second.awaiting |= router->second.claimed && other_addresses;
  mark_dirty(router->second);
  update_captures(router->second.wanted.slot);
  mailboxes_.kernel_to_engine.post(RouterChanged{std::move(message.engine)});
  slot.holder.dirty = found_changed_ = true;
}

void KernelThread::take(AddGroup& message) {
  watch(message.kernel);
  group_routes_.put(std::move(message.kernel));
  mailboxes_.kernel_to_engine.post(GroupAdded{std::move(message.group)});
  watch_routes();
}

void KernelThread::take(ChangeGroup& message) {
  watch(message.kernel);
  group_routes_.put(std::move(message.kernel));
  mailboxes_.kernel_to_engine.post(GroupChanged{std::move(message.group)});
  watch_routes();
}

void KernelThread::take(RemoveGroup& message) {
  watch({.id = message.id, .name = {}});
  group_routes_.forget(message.id);
  mailboxes_.kernel_to_engine.post(GroupRemoved{message.id});
  watch_routes();
}

void KernelThread::take(Quit&) { quit_ = true; }

void KernelThread::take(ClaimRouter& message) {
  const auto router = routers_.find(message.id);
  if (router == routers_.end()) return;
  router->second.claimed = router->second.awaiting = true;
  mark_dirty(router->second);
}

void KernelThread::take(ReleaseRouter& message) {
  const auto router = routers_.find(message.id);
  if (router == routers_.end()) return;
  router->second.claimed = router->second.awaiting = false;
  router->second.healing.end();
  Slot& slot = slots_.at(router->second.wanted.slot);
  mark_dirty(router->second);
  for (const IpAddress& address : router->second.addresses())
    if (const auto& successor = message.successors[address.family()])
      corrections_[{slot.interface->index(), address}] = {.own = slot.interface->mac(),
                                                          .holder = *successor};
}

void KernelThread::take(AnnounceRouter& message) {
  const auto router = routers_.find(message.id);
  if (router == routers_.end() || !router->second.claimed) return;
  const WatchedInterface& interface = interface_of(router->second);
  for (const Family family : families) {
    std::vector<IpAddress> addresses = router->second.addresses();
    std::erase_if(addresses, [&](const IpAddress& address) { return address.family() != family; });
    if (addresses.empty()) continue;
    const MacAddress mac = router->second.wanted.virtual_macs[family].value_or(interface.mac());
    links_.announce(interface.index(), mac, mac, addresses);
  }
}

// From the interface's own MAC, whatever the addresses have: the answers must come to the capture
// there, and must not move the virtual MAC's port.
void KernelThread::take(ProbeRouter& message) {
  const auto router = routers_.find(message.id);
  if (router == routers_.end() || !router->second.claimed) return;
  const WatchedInterface& interface = interface_of(router->second);
  links_.probe(interface.index(), interface.mac(), router->second.addresses());
}

void KernelThread::take(ForgetRouter& message) {
  const auto router = routers_.find(message.id);
  if (router == routers_.end()) return;
  const InterfaceSlot number = router->second.wanted.slot;
  Slot& slot = slots_.at(number);
  for (const IpAddress& address : router->second.addresses()) slot.failover_ips.erase(address);
  slot.holder.dirty = look_at_dropped_ = true;
  remove_links(router->second);
  routers_.erase(router);
  give_parent_back(slot);
  update_captures(number);
  forgotten_.push_back(message.id);
}

void KernelThread::take(ClaimRoutes& message) { group_routes_.claim(message.id); }

void KernelThread::take(ReleaseRoutes& message) { group_routes_.release(message.id); }

// Closing takes 20 ms: the capture goes here, at the end of the message.
void KernelThread::take(CloseCapture& message) {
  message.capture.reset();
  if (!message.failed) return;
  slots_.at(message.slot).interface->capture_failed();
  found_changed_ = true;
}

void KernelThread::update_captures(InterfaceSlot slot) {
  const auto& ips = slots_.at(slot).failover_ips;
  CaptureScope scope{.addresses = {ips.begin(), ips.end()}};
  for (const auto& [id, router] : routers_)
    if (router.wanted.slot == slot)
      scope.longest_advert = std::max(scope.longest_advert, router.wanted.longest_advert);
  slots_.at(slot).interface->want_capture(std::move(scope));
}

void KernelThread::read_notifications() {
  for (const netlink::Notification& notification : kernel_.notifications())
    take_notice(notification);
}

void KernelThread::take_notice(const netlink::Notification& notification) {
  if (std::holds_alternative<netlink::NotificationsLost>(notification)) {
    log(Severity::notice, "netlink notifications were lost; reading everything again");
    dump();
    return;
  }
  doubt_settings(notification);
  if (std::holds_alternative<netlink::SettingsChanged>(notification)) return;
  found_.apply(notification);
  group_routes_.take_notice(notification);
  found_changed_ = true;
  for (auto& [number, slot] : slots_) look_whether_it_concerns(notification, slot.holder);
  if (may_be_about_links(notification)) look_whether_it_concerns_links(notification);
}

void KernelThread::look_whether_it_concerns(const netlink::Notification& notification,
                                            Holder& holder) {
  if (holder.index == 0) return;
  const auto concerns = [&](const auto& message) {
    return message.address.interface == holder.index &&
           (message.port != kernel_.own_port() || holder.awaiting);
  };
  if (const auto* changed = std::get_if<netlink::AddressChanged>(&notification)) {
    // What was released before its addition was notified could not be found then.
    const netlink::Address& address = changed->address;
    holder.dirty |= concerns(*changed) ||
                    (address.interface == holder.index && address.mark == netlink::our_mark &&
                     !holder.known.contains(address.prefix.address()));
  } else if (const auto* gone = std::get_if<netlink::AddressGone>(&notification)) {
    // Our own removal of something that is wanted again by now counts as well.
    const netlink::Address& address = gone->address;
    if (gone->port != kernel_.own_port()) note_removal(*gone, holder);
    holder.dirty |= concerns(*gone) || (address.interface == holder.index &&
                                        holder.known.contains(address.prefix.address()));
  } else if (const auto* gone_link = std::get_if<netlink::LinkGone>(&notification)) {
    holder.dirty |= gone_link->index == holder.index;
  }
}

// Of an address that is held, by somebody else. It is put back at the end of the wake-up.
void KernelThread::note_removal(const netlink::AddressGone& gone, const Holder& holder) {
  const IpAddress& address = gone.address.prefix.address();
  const netlink::Link* link = found_.link(holder.index);
  // An interface that goes down takes addresses along; that is nobody.
  if (gone.address.interface != holder.index || !holder.known.contains(address) ||
      link == nullptr || !link->up)
    return;
  const Culprit by = links_.owner_of(gone.port);
  for (auto& [id, router] : routers_) {
    const auto addresses = router.addresses();
    if (!router.claimed || std::ranges::find(addresses, address) == addresses.end()) continue;
    router.removed_by = by;
    mailboxes_.kernel_to_engine.post(RouterRestored{.id = id, .address = address, .by = by});
    const bool is_news = router.removals_told.allows(clock_.monotonic());
    const bool has_name = by.process != 0 && router.culprits_told.allows(clock_.monotonic());
    if (is_news || has_name)
      log(Severity::warning, router.wanted.name + ": " + address.text() + " was removed by " +
                                 by.text() + " and is put back");
  }
}

void KernelThread::mark_dirty(HeldRouter& router) {
  look_at_dropped_ = true;
  if (router.links.empty()) slots_.at(router.wanted.slot).holder.dirty = true;
  for (VirtualLink& link : router.links) link.holder.dirty = true;
}

const WatchedInterface& KernelThread::interface_of(const HeldRouter& router) const {
  return *slots_.at(router.wanted.slot).interface;
}

void KernelThread::dump() {
  const auto snapshot = kernel_.dump();
  dump_failed_ = !snapshot;
  if (!snapshot) return log(Severity::error, snapshot.error().text());
  found_.reset(*snapshot);
  group_routes_.dumped();
  if (!std::exchange(cleaned_, true)) remove_what_is_left_elsewhere();
  found_changed_ = true;
  for (auto& [number, slot] : slots_) slot.holder.dirty = true;
  for (auto& [id, router] : routers_) mark_dirty(router);
}

void KernelThread::look_at_interfaces() {
  if (!std::exchange(found_changed_, false)) return;
  for (auto& [number, slot] : slots_) {
    const int before = slot.interface->index();
    slot.interface->look(found_, slot.failover_ips);
    if (slot.interface->index() == before) continue;
    slot.holder.dirty = true;
    slot.quieted = false;  // another interface, with its own settings
    slot.quieted_by.clear();
    slot.to_restore.clear();
    mark_links_dirty(slot.interface->index());
    look_at_dropped_ = true;  // macvlans are called by the index
  }
}

void KernelThread::log(Severity severity, std::string text) {
  (void)mailboxes_.kernel_to_control.offer(
      KernelLog{.severity = severity, .text = std::move(text)});
}

}  // namespace failover
