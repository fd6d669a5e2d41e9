// Settings that we have made on interfaces and on links of our own, kept as they are to be while
// they matter. Of a few the kernel tells that they have changed, and those are put back at once;
// the others are looked at when something happens to their link, and every few seconds.
//
// Nobody is told who has changed a setting: neither the notification nor /proc/sys says it.

#include <algorithm>

#include "agent/kernel/kernel_thread.hpp"
#include "netlink/macvlan_settings.hpp"

namespace failover {
namespace {

// So many are put back between two looks: those of some dozens of links, and no more for who sets
// one in a loop.
constexpr int restores_between_looks = 256;

}  // namespace

void KernelThread::doubt_settings(const netlink::Notification& notification) {
  if (const auto* settings = std::get_if<netlink::SettingsChanged>(&notification))
    doubted_settings_.insert(settings->interface);
  else if (const auto* changed = std::get_if<netlink::LinkChanged>(&notification))
    doubted_settings_.insert(changed->link.index);
  else if (const auto* gone = std::get_if<netlink::AddressGone>(&notification))
    doubted_settings_.insert(gone->address.interface);
}

// Before addresses are put back: a link without IPv6 takes none.
void KernelThread::keep_settings() {
  const Instant now = clock_.monotonic();
  const bool look_at_all = now >= next_settings_look_;
  const auto doubted = std::exchange(doubted_settings_, {});
  if (look_at_all) next_settings_look_ = now + limits::settings_look;
  const auto is_due = [&](int index) {
    return index != 0 && (look_at_all || doubted.contains(index));
  };
  if (!look_at_all && doubted.empty()) return;
  for (auto& [number, slot] : slots_)
    if (is_due(slot.interface->index())) keep(slot.quieted_by, number, slot.settings_told);
  for (auto& [id, router] : routers_)
    for (const VirtualLink& link : router.links)
      if (is_due(link.holder.index))
        keep(settings_of(router, link), router.wanted.slot, router.settings_told);
}

std::vector<netlink::SetSetting> KernelThread::settings_of(const HeldRouter& router,
                                                           const VirtualLink& link) const {
  const netlink::Link* found = found_.link(link.holder.index);
  if (found == nullptr) return {};
  auto settings = netlink::macvlan_settings4(found->name);
  if (!link.carries.ipv6) return settings;
  std::ranges::move(netlink::macvlan_settings6(found->name), std::back_inserter(settings));
  if (router.wanted.hot && link.ready)
    settings.push_back({"net/ipv6/conf/" + found->name + "/keep_addr_on_down", "1"});
  return settings;
}

// One that cannot be read is not there: a kernel without IPv6, or a link that has just gone.
void KernelThread::keep(const std::vector<netlink::SetSetting>& wanted, InterfaceSlot slot,
                        RateLimit& told) {
  for (const netlink::SetSetting& setting : wanted) {
    const auto value = kernel_.setting(setting.path);
    if (!value || *value == setting.value || !may_put_back()) continue;
    const auto refused = kernel_.execute({setting});
    const bool tells = told.allows(clock_.monotonic());
    for (const netlink::KernelError& error : refused)
      if (tells) log(Severity::error, error.text());
    if (!refused.empty()) continue;
    mailboxes_.kernel_to_engine.post(SettingRestored{slot});
    if (tells)
      log(Severity::warning, "somebody has set " + setting.path + " to " + *value +
                                 ", which failoverd needs to be " + setting.value +
                                 "; it is put back");
  }
}

// Who sets them in a loop gets a rest until the next look.
bool KernelThread::may_put_back() {
  const Instant now = clock_.monotonic();
  if (now - settings_restored_since_ > limits::settings_look) {
    settings_restored_since_ = now;
    settings_restored_ = 0;
  }
  return ++settings_restored_ <= restores_between_looks;
}

bool KernelThread::has_settings() const {
  return std::ranges::any_of(slots_,
                             [](const auto& entry) { return !entry.second.quieted_by.empty(); }) ||
         std::ranges::any_of(routers_,
                             [](const auto& entry) { return !entry.second.links.empty(); });
}

}  // namespace failover
