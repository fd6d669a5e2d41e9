// A change of the configuration is tried before it is taken: what it adds to a router that holds
// its addresses is added first, and when the kernel refuses any of it, what was added goes again
// and the router stays as it was. The control thread is told, and takes back the rest of the
// change.

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "agent/kernel/kernel_thread.hpp"
#include "netlink/reconcile.hpp"

namespace failover {
namespace {

// Of those wanted, the ones whose addresses are not among `had`.
std::vector<netlink::WantedAddress> additions(const std::vector<netlink::WantedAddress>& wanted,
                                              const std::vector<IpAddress>& had) {
  std::vector<netlink::WantedAddress> added;
  std::ranges::copy_if(wanted, std::back_inserter(added), [&](const auto& address) {
    return std::ranges::find(had, address.prefix.address()) == had.end();
  });
  return added;
}

}  // namespace

void KernelThread::take(BeginChange&) {
  trial_.emplace(Trial{.problems_before = group_routes_.problems()});
}

void KernelThread::take(EndChange& message) {
  if (!trial_) trial_.emplace(Trial{});  // clang 14 knows no other way
  trial_->ended = message.number;
}

// Behind everything else of the wake-up, which has tried the routes too.
void KernelThread::answer_trial() {
  if (!trial_ || !trial_->ended) return;
  std::ranges::set_difference(group_routes_.problems(), trial_->problems_before,
                              std::back_inserter(trial_->refused));
  mailboxes_.kernel_to_control.post(
      ChangeTried{.number = *trial_->ended, .refused = std::move(trial_->refused)});
  trial_.reset();
}

// Who holds nothing has nothing to lose: what is refused then is refused to its claim.
bool KernelThread::takes_additions(const HeldRouter& router, const KernelRouter& wanted) {
  if (!trial_ || !router.claimed || router.awaiting) return true;
  const auto had = router.addresses();
  const auto added = additions(wanted.addresses, had);
  if (added.empty()) return true;
  std::optional<std::string> refusal;
  if (router.links.empty()) {
    refusal = try_additions(slots_.at(router.wanted.slot).holder, added, {});
  } else {
    for (const VirtualLink& link : router.links) {
      std::vector<netlink::WantedAddress> carried;
      std::ranges::copy_if(added, std::back_inserter(carried), [&](const auto& address) {
        return link.carries[address.prefix.address().family()];
      });
      if (!refusal)
        refusal =
            try_additions(link.holder, carried, found_.addresses(interface_of(router).index()));
    }
  }
  if (!refusal) return true;
  log(Severity::error, wanted.name + ": " + *refusal + "; it stays as it was");
  trial_->refused.push_back(wanted.name + ": " + *refusal);
  return false;
}

// Nothing when they are there now; else a sentence, and none of them is.
std::optional<std::string> KernelThread::try_additions(
    const Holder& holder, const std::vector<netlink::WantedAddress>& wanted,
    const std::vector<netlink::Address>& parent_found) {
  if (holder.index == 0 || wanted.empty()) return std::nullopt;
  auto reconciled = netlink::reconcile(holder.index, wanted, found_.addresses(holder.index),
                                       holder.known, parent_found);
  if (!reconciled.foreign.empty())
    return reconciled.foreign.front().text() +
           " is there already and was not put there by us; remove it first";
  std::erase_if(reconciled.plan, [](const netlink::Step& step) {
    return !std::holds_alternative<netlink::AddAddress>(step);
  });
  auto errors = kernel_.execute(reconciled.plan);
  std::erase_if(errors, [](const netlink::KernelError& error) { return error.error == EEXIST; });
  if (errors.empty()) return std::nullopt;
  netlink::Plan back;
  for (const netlink::Step& step : reconciled.plan) {
    const auto& address = std::get<netlink::AddAddress>(step).address;
    if (std::ranges::none_of(errors, [&](const netlink::KernelError& error) {
          return error.about == address.prefix.address();
        }))
      back.emplace_back(
          netlink::RemoveAddress{.interface = holder.index, .prefix = address.prefix});
  }
  for (const netlink::KernelError& error : kernel_.execute(back))
    log(Severity::error, error.text());
  return errors.front().text();
}

}  // namespace failover
