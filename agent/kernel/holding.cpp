// Wanted against found: claims, releases, healing and what an earlier life left behind.

#include <algorithm>
#include <cerrno>

#include "agent/kernel/kernel_thread.hpp"
#include "netlink/reconcile.hpp"

namespace failover {
namespace {

// Between two chunks the notifications are read, so that their socket does not overflow over our
// own.
constexpr std::size_t steps_at_once = 1024;
// Somebody who removes our addresses as fast as we put them back gets a second's rest after this
// many.
constexpr int restores_in_a_row = 20;
constexpr Duration restore_window = 1s;

}  // namespace

void KernelThread::hold_what_is_wanted() {
  correct_neighbours();
  for (auto& [number, slot] : slots_)
    if (slot.dirty) reconcile(number);
  correct_neighbours();
  corrections_.clear();
  for (const RouterId id : std::exchange(forgotten_, {}))
    mailboxes_.kernel_to_control.post(RouterGone{id});
}

void KernelThread::correct_neighbours() {
  for (const Correction& correction : corrections_)
    links_.announce(correction.interface, correction.own, correction.holder, correction.addresses);
}

void KernelThread::reconcile(InterfaceSlot number) {
  Slot& slot = slots_.at(number);
  slot.dirty = false;
  const int index = slot.interface->index();
  if (slot.known_on != index) {
    leave(slot.known_on, slot.known);
    slot.known.clear();
    slot.known_on = index;
  }
  look_for_foreign(number);
  if (index == 0) return;

  std::vector<netlink::WantedAddress> wanted;
  for (const auto& [id, router] : routers_)
    if (router.wanted.slot == number && router.claimed)
      wanted.insert(wanted.end(), router.wanted.addresses.begin(), router.wanted.addresses.end());
  auto reconciled = netlink::reconcile(index, wanted, found_.addresses(index), slot.known);
  std::set<IpAddress> wanted_ips;
  for (const netlink::WantedAddress& address : wanted) wanted_ips.insert(address.prefix.address());
  if (!may_heal(number, reconciled.plan)) {
    reconciled.plan = releases_of(reconciled.plan, wanted_ips);
    slot.dirty = true;
  }
  slot.known = wanted_ips;
  for (const IpAddress& address : reconciled.foreign) slot.known.erase(address);
  std::set<IpAddress> refused(reconciled.foreign.begin(), reconciled.foreign.end());
  refused.merge(carry_out(slot, reconciled.plan));
  answer_claims(number, refused);
}

// In chunks: between two the notifications are read, so that their socket does not overflow over
// our own. Returns the addresses that were refused.
std::set<IpAddress> KernelThread::carry_out(Slot& slot, const netlink::Plan& plan) {
  std::set<IpAddress> refused;
  for (std::size_t at = 0; at < plan.size(); at += steps_at_once) {
    const auto begin = plan.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = std::min(steps_at_once, plan.size() - at);
    for (const netlink::KernelError& error :
         kernel_.execute(netlink::Plan(begin, begin + static_cast<std::ptrdiff_t>(count)))) {
      // Added already, and not notified yet.
      if (error.error == EEXIST) continue;
      if (error.about) refused.insert(*error.about);
      slot.dirty = true;  // tried again
      log(Severity::error, error.text());
    }
    read_notifications();
  }
  return refused;
}

// What of a plan only takes away what nobody wants any more.
netlink::Plan KernelThread::releases_of(const netlink::Plan& plan,
                                        const std::set<IpAddress>& wanted) {
  netlink::Plan releases;
  for (const netlink::Step& step : plan) {
    const auto* removal = std::get_if<netlink::RemoveAddress>(&step);
    const bool release = removal != nullptr && !wanted.contains(removal->prefix.address());
    if (release || std::holds_alternative<netlink::KeepSecondaries>(step)) releases.push_back(step);
  }
  return releases;
}

// The interface has lost its name to another, or has gone: what is ours on it goes too.
void KernelThread::leave(int index, const std::set<IpAddress>& known) {
  const bool watched = std::ranges::any_of(
      slots_, [&](const auto& entry) { return entry.second.interface->index() == index; });
  if (index == 0 || watched) return;
  const auto left = netlink::reconcile(index, {}, found_.addresses(index), known);
  for (const netlink::KernelError& error : kernel_.execute(left.plan))
    log(Severity::error, error.text());
}

// Healing is held back when it happens too often; a claim or a release never is.
bool KernelThread::may_heal(InterfaceSlot number, const netlink::Plan& plan) {
  Slot& slot = slots_.at(number);
  const bool adds = std::ranges::any_of(plan, [](const netlink::Step& step) {
    return std::holds_alternative<netlink::AddAddress>(step) ||
           std::holds_alternative<netlink::ReplaceAddress>(step);
  });
  const bool claim_under_way = std::ranges::any_of(routers_, [&](const auto& entry) {
    return entry.second.wanted.slot == number && entry.second.awaiting;
  });
  if (!adds || claim_under_way) return true;
  const Instant now = clock_.monotonic();
  if (now - slot.restores_since > restore_window) {
    slot.restores_since = now;
    slot.restores = 0;
  }
  if (++slot.restores == restores_in_a_row)
    log(Severity::warning, slot.interface->name() +
                               ": somebody keeps changing the failover IPs; restoring them once a "
                               "second now");
  return slot.restores <= restores_in_a_row;
}

// What we have added and the kernel has notified. The mark is not asked for: kernels before 5.18 do
// not keep it.
std::set<IpAddress> KernelThread::present_in(const Slot& slot) const {
  std::set<IpAddress> present;
  for (const netlink::Address& address : found_.addresses(slot.interface->index()))
    if (!address.tentative && slot.known.contains(address.prefix.address()))
      present.insert(address.prefix.address());
  return present;
}

void KernelThread::answer_claims(InterfaceSlot number, const std::set<IpAddress>& refused) {
  const Slot& slot = slots_.at(number);
  const auto waits = [&](const auto& entry) {
    return entry.second.awaiting && entry.second.wanted.slot == number;
  };
  slots_.at(number).awaiting = std::ranges::any_of(routers_, waits);
  if (!slot.awaiting) return;
  const auto present = present_in(slot);
  for (auto& [id, router] : routers_) {
    if (!router.awaiting || router.wanted.slot != number) continue;
    const auto addresses = router.addresses();
    const auto is_in = [](const std::set<IpAddress>& set) {
      return [&set](const IpAddress& address) { return set.contains(address); };
    };
    if (std::ranges::all_of(addresses, is_in(present))) {
      router.awaiting = false;
      mailboxes_.kernel_to_engine.post(RouterClaimed{id});
    } else if (std::ranges::any_of(addresses, is_in(refused))) {
      router.awaiting = router.claimed = false;
      mailboxes_.kernel_to_engine.post(RouterRefused{id});
      slots_.at(number).dirty = true;  // what was added of it goes again
    }
  }
  slots_.at(number).awaiting = std::ranges::any_of(routers_, waits);
}

// An address that is there without our mark, and that we have not added, is somebody else's.
void KernelThread::look_for_foreign(InterfaceSlot number) {
  const Slot& slot = slots_.at(number);
  std::set<IpAddress> foreign;
  std::set<IpAddress> ours = slot.known;
  for (const netlink::Address& address : found_.addresses(slot.interface->index()))
    (address.mark == netlink::our_mark ? ours : foreign).insert(address.prefix.address());
  for (const IpAddress& address : ours) foreign.erase(address);
  for (auto& [id, router] : routers_) {
    if (router.wanted.slot != number) continue;
    const auto in_the_way =
        std::ranges::find_if(router.wanted.addresses, [&](const netlink::WantedAddress& address) {
          return foreign.contains(address.prefix.address());
        });
    const bool barred = in_the_way != router.wanted.addresses.end();
    if (barred == router.barred) continue;
    router.barred = barred;
    if (barred) {
      log(Severity::warning, router.wanted.name + ": " + in_the_way->prefix.address().text() +
                                 " is on " + slot.interface->name() +
                                 " already and was not put there by us; it is left alone and the "
                                 "router stays backup until it is removed");
      mailboxes_.kernel_to_engine.post(RouterBarred{id});
    } else {
      mailboxes_.kernel_to_engine.post(RouterUnbarred{id});
    }
  }
}

// At the start nothing is held. An address with our mark, wherever it is, is from an earlier life
// that did not end well; a router that becomes active adds it again.
void KernelThread::remove_what_is_left_elsewhere() {
  netlink::Plan plan;
  for (const netlink::Link& link : found_.links()) {
    const auto here = netlink::reconcile(link.index, {}, found_.addresses(link.index), {});
    plan.insert(plan.end(), here.plan.begin(), here.plan.end());
    if (!here.plan.empty())
      log(Severity::notice, link.name + ": removing failover IPs that an earlier agent left");
  }
  for (const netlink::KernelError& error : kernel_.execute(plan))
    log(Severity::error, error.text());
}

}  // namespace failover
