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

}  // namespace

void KernelThread::hold_what_is_wanted() {
  ++look_;
  group_routes_.remove_unwanted(found_);
  drop_before_adding();
  for (auto& [number, slot] : slots_)
    if (slot.holder.dirty) reconcile(number);
  for (auto& [id, router] : routers_)
    for (VirtualLink& link : router.links)
      if (link.holder.dirty) reconcile(router, link);
  take_after_removing();
  group_routes_.add_wanted(found_);
  for (KernelLog& line : group_routes_.take_log()) log(line.severity, std::move(line.text));
  corrections_.clear();
  tell_contests();
  for (const RouterId id : std::exchange(forgotten_, {}))
    mailboxes_.kernel_to_control.post(RouterGone{id});
}

// A client that asked during the hand-over may have our MAC address, and the new holder may not
// speak again for seconds. We know who it is, so we say it of the addresses that go in this chunk.
void KernelThread::correct_neighbours(const Holder& holder, const netlink::Plan& chunk) {
  if (corrections_.empty()) return;
  std::map<std::pair<Family, MacAddress>, std::vector<IpAddress>> going;
  MacAddress own;  // the interface's, so the same for all
  for (const netlink::Step& step : chunk) {
    const auto* removal = std::get_if<netlink::RemoveAddress>(&step);
    if (removal == nullptr) continue;
    const IpAddress& address = removal->prefix.address();
    const auto correction = corrections_.find({holder.index, address});
    if (correction == corrections_.end()) continue;
    own = correction->second.own;
    going[{address.family(), correction->second.holder}].push_back(address);
  }
  for (const auto& [to, addresses] : going)
    links_.announce(holder.index, own, to.second, addresses);
}

void KernelThread::reconcile(InterfaceSlot number) {
  Slot& slot = slots_.at(number);
  Holder& holder = slot.holder;
  holder.dirty = false;
  holder.index = slot.interface->index();
  look_for_foreign(number);
  std::vector<netlink::WantedAddress> wanted;
  std::vector<HeldRouter*> routers;
  for (auto& [id, router] : routers_) {
    if (router.wanted.slot != number || !router.links.empty() || !router.claimed) continue;
    wanted.insert(wanted.end(), router.wanted.addresses.begin(), router.wanted.addresses.end());
    routers.push_back(&router);
  }
  const auto refused = bring_about(holder, wanted, {}, routers);
  if (holder.index != 0) answer_claims(number, refused);
}

// Makes what is found on the holder's link what is wanted there. Returns the addresses that were
// refused.
std::set<IpAddress> KernelThread::bring_about(Holder& holder,
                                              const std::vector<netlink::WantedAddress>& wanted,
                                              const std::vector<netlink::Address>& parent_found,
                                              const std::vector<HeldRouter*>& routers) {
  if (holder.known_on != holder.index) {
    leave(holder.known_on, holder.known);
    holder.known.clear();
    holder.known_on = holder.index;
  }
  if (holder.index == 0) return {};
  auto reconciled = netlink::reconcile(holder.index, wanted, found_.addresses(holder.index),
                                       holder.known, parent_found);
  // Its router is about to be added.
  std::erase_if(reconciled.plan, [this](const netlink::Step& step) {
    const auto* removal = std::get_if<netlink::RemoveAddress>(&step);
    return removal != nullptr && adopted_.contains(removal->prefix.address());
  });
  std::set<IpAddress> wanted_ips;
  for (const netlink::WantedAddress& address : wanted) wanted_ips.insert(address.prefix.address());
  hold_back(routers, holder, reconciled.plan);
  holder.known = wanted_ips;
  for (const IpAddress& address : reconciled.foreign) holder.known.erase(address);
  std::set<IpAddress> refused(reconciled.foreign.begin(), reconciled.foreign.end());
  refused.merge(carry_out(holder, reconciled.plan));
  return refused;
}

// In chunks: between two the notifications are read, so that their socket does not overflow over
// our own. Returns the addresses that were refused.
std::set<IpAddress> KernelThread::carry_out(Holder& holder, const netlink::Plan& plan) {
  std::set<IpAddress> refused;
  for (std::size_t at = 0; at < plan.size(); at += steps_at_once) {
    const auto begin = plan.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = std::min(steps_at_once, plan.size() - at);
    const netlink::Plan chunk(begin, begin + static_cast<std::ptrdiff_t>(count));
    // As late as can be, and once more at once: who asks in between talks to nobody until then.
    correct_neighbours(holder, chunk);
    const auto errors = kernel_.execute(chunk);
    correct_neighbours(holder, chunk);
    for (const netlink::KernelError& error : errors) {
      // Added already, and not notified yet.
      if (error.error == EEXIST) continue;
      if (error.about) refused.insert(*error.about);
      holder.dirty = true;  // tried again
      if (trial_) trial_->refused.push_back(error.text());
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

// Healing waits when somebody undoes it again and again; a claim or a release never does.
void KernelThread::hold_back(const std::vector<HeldRouter*>& routers, Holder& holder,
                             netlink::Plan& plan) {
  std::set<IpAddress> added;
  for (const netlink::Step& step : plan)
    if (std::holds_alternative<netlink::AddAddress>(step) ||
        std::holds_alternative<netlink::ReplaceAddress>(step))
      added.insert(*netlink::address_of(step));
  if (added.empty()) return;
  const Instant now = clock_.monotonic();
  for (HeldRouter* router : routers) {
    std::set<IpAddress> its;
    for (const IpAddress& address : router->addresses())
      if (added.contains(address)) its.insert(address);
    if (its.empty() || router->awaiting || router->healing.may_restore(look_, now)) continue;
    std::erase_if(plan, [&](const netlink::Step& step) {
      const auto about = netlink::address_of(step);
      return about && its.contains(*about);
    });
    holder.dirty = true;
  }
}

void KernelThread::tell_contests() {
  const Instant now = clock_.monotonic();
  for (auto& [id, router] : routers_) {
    const auto contest = router.healing.news(now);
    if (!contest) continue;
    mailboxes_.kernel_to_engine.post(RouterContested{.id = id, .contest = *contest});
    const std::string& name = router.wanted.name;
    switch (*contest) {
      case Contest::none:
        log(Severity::notice, name + ": its addresses are left alone again");
        break;
      case Contest::slowed:
        log(Severity::warning, name + ": its addresses are removed again and again, last by " +
                                   router.removed_by.text() +
                                   "; they are put back after pauses now, of 5 s at most");
        break;
      case Contest::lost:
        log(Severity::warning, name + ": its addresses cannot be kept against " +
                                   router.removed_by.text() + "; a peer is to have them");
        break;
    }
  }
}

// What we have added and the kernel has notified. The mark is not asked for: kernels before 5.18 do
// not keep it.
std::set<IpAddress> KernelThread::present_in(const Holder& holder) const {
  std::set<IpAddress> present;
  for (const netlink::Address& address : found_.addresses(holder.index))
    if (!address.tentative && holder.known.contains(address.prefix.address()))
      present.insert(address.prefix.address());
  return present;
}

void KernelThread::answer_claims(InterfaceSlot number, const std::set<IpAddress>& refused) {
  Holder& holder = slots_.at(number).holder;
  const auto waits = [&](const auto& entry) {
    return entry.second.awaiting && entry.second.wanted.slot == number &&
           entry.second.links.empty();
  };
  holder.awaiting = std::ranges::any_of(routers_, waits);
  if (!holder.awaiting) return;
  const auto present = present_in(holder);
  for (auto& [id, router] : routers_)
    if (waits(std::pair<const RouterId, const HeldRouter&>(id, router)))
      answer_claim(router, refused, present);
  holder.awaiting = std::ranges::any_of(routers_, waits);
}

void KernelThread::answer_claim(HeldRouter& router, const std::set<IpAddress>& refused,
                                const std::set<IpAddress>& present) {
  const auto addresses = router.addresses();
  const auto is_in = [](const std::set<IpAddress>& set) {
    return [&set](const IpAddress& address) { return set.contains(address); };
  };
  if (std::ranges::all_of(addresses, is_in(present))) {
    if (!let_speak(router)) return refuse(router);
    if (!is_heard(router)) return;  // a notification says when
    router.awaiting = false;
    mailboxes_.kernel_to_engine.post(RouterClaimed{router.wanted.id});
  } else if (std::ranges::any_of(addresses, is_in(refused))) {
    refuse(router);
  }
}

// What was added of it goes again.
void KernelThread::refuse(HeldRouter& router) {
  if (!router.awaiting) return;
  router.awaiting = router.claimed = false;
  mailboxes_.kernel_to_engine.post(RouterRefused{router.wanted.id});
  mark_dirty(router);
}

// An address that is there without our mark, and that we have not added, is somebody else's.
void KernelThread::look_for_foreign(InterfaceSlot number) {
  const Slot& slot = slots_.at(number);
  std::set<IpAddress> foreign;
  std::set<IpAddress> ours = slot.holder.known;
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

// An address with our mark, wherever it is, is from an earlier life. What a router goes on with is
// left; the rest goes, and a router that becomes active adds it again.
void KernelThread::remove_what_is_left_elsewhere() {
  netlink::Plan plan;
  for (const netlink::Link& link : found_.links()) {
    const auto found = found_.addresses(link.index);
    const bool goes_on = std::ranges::any_of(found, [&](const netlink::Address& address) {
      return address.mark == netlink::our_mark && adopted_.contains(address.prefix.address());
    });
    const auto here = releases_of(netlink::reconcile(link.index, {}, found, {}).plan, adopted_);
    plan.insert(plan.end(), here.begin(), here.end());
    if (!here.empty())
      log(Severity::notice, link.name + ": removing failover IPs that an earlier agent left");
    if (!netlink::is_ours(link) || goes_on) continue;
    plan.emplace_back(netlink::RemoveLink{link.index});
    log(Severity::notice, link.name + ": removing the link, which an earlier agent left");
  }
  const netlink::Plan routes = group_routes_.unwanted(found_);
  plan.insert(plan.begin(), routes.begin(), routes.end());
  if (!routes.empty())
    log(Severity::notice, "removing routes and rules that an earlier agent left");
  // What goes on goes on without a packet taken: the filter is told with the first router.
  dropped_is_known_ = adopted_.empty();
  if (dropped_is_known_) plan.emplace_back(netlink::DropPackets{dropped_});
  for (const netlink::KernelError& error : kernel_.execute(plan))
    log(Severity::error, error.text());
}

}  // namespace failover
