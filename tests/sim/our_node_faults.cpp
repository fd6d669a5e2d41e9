// What can go wrong on a node of ours, and what an operator can ask of it.

#include <algorithm>

#include "tests/sim/formulas.hpp"
#include "tests/sim/our_node.hpp"

namespace failover::sim {
namespace {

// A capture that could not be opened is tried again after a second.
constexpr Duration until_retried = 1200ms;
// Three good adverts in a row end a demotion by send errors.
constexpr Duration until_restored = 10s;

// The amount of the fault is the number of one of the service's addresses.
Place place_of_fault(const Fault& fault) {
  return {.service = fault.other, .number = static_cast<std::size_t>(fault.amount)};
}

void set_rank(router::Settings& settings, carp::AdvSkew skew, vrrp::Priority priority) {
  if (auto* carp = std::get_if<carp::Election>(&settings.election)) carp->advskew = skew;
  if (auto* vrrp = std::get_if<vrrp::Election>(&settings.election)) vrrp->priority = priority;
}

}  // namespace

void OurNode::disturb_link(Duration lasts) {
  surroundings_.oracles.disturbed(node_,
                                  surroundings_.now + lasts + until_retried + 4 * kernel_delay());
  disturb_kernel(lasts + until_retried);
}

void OurNode::disturb_kernel(Duration lasts) {
  surroundings_.oracles.kernel_disturbed(node_,
                                         surroundings_.now + lasts + 50ms + 6 * kernel_delay());
}

void OurNode::apply_links() {
  for (std::size_t segment = 0; segment < surroundings_.scenario.segments; ++segment) {
    netlink::Link link = kernel_.link(segment);
    link.up = down_[segment] == 0;
    link.carrier = link.up && without_carrier_[segment] == 0;
    link.name = renamed_[segment] > 0 ? "away" : segment == 0 ? "eth0" : "eth1";
    link.mac = mac_address(node_, segment, macs_[segment]);
    if (link == kernel_.link(segment)) continue;
    kernel_.change_link(segment, link);
    if (!link.up) links_.fail_captures(segment);
    wake_engine(surroundings_.now);
  }
}

void OurNode::begin(const Fault& fault) {
  const auto change_links = [&](int& count) {
    ++count;
    ever_refused_to_send_ = true;
    disturb_link(fault.lasts);
    apply_links();
  };
  switch (fault.kind) {
    case FaultKind::crash:
      if (is_running()) die(Death::of_process);
      break;
    case FaultKind::reboot: die(Death::of_machine); break;
    case FaultKind::pause:
      ++paused_;
      surroundings_.oracles.disturbed(node_, surroundings_.now + fault.lasts);
      surroundings_.oracles.asleep(node_, surroundings_.now + fault.lasts);
      break;
    case FaultKind::clock_step: clock_.step(fault.amount * Duration(1ms)); break;
    case FaultKind::slow_kernel:
      slowness_.push_back(fault.amount * Duration(1ms));
      kernel_.set_notification_delay(kernel_delay());
      disturb_kernel(fault.lasts);
      break;
    case FaultKind::refused_requests:
      ++refusing_;
      kernel_.refuse(fault.amount);
      disturb_kernel(fault.lasts + until_retried);
      break;
    case FaultKind::lost_notifications:
      disturb_kernel(0s);
      kernel_.lose_notifications();
      break;
    case FaultKind::address_removed:
      disturb_kernel(0s);
      kernel_.somebody_removes(failover_ip(surroundings_.scenario, place_of_fault(fault)));
      break;
    case FaultKind::foreign_address:
      disturb_kernel(fault.lasts);
      kernel_.somebody_adds(surroundings_.scenario.services[fault.other].segment,
                            failover_ip(surroundings_.scenario, place_of_fault(fault)));
      break;
    case FaultKind::link_down: change_links(down_[fault.other]); break;
    case FaultKind::carrier_lost: change_links(without_carrier_[fault.other]); break;
    case FaultKind::renamed: change_links(renamed_[fault.other]); break;
    case FaultKind::new_mac:
      ++macs_[fault.other];
      disturb_link(0s);
      apply_links();
      break;
    case FaultKind::send_errors:
      ++send_refusing_;
      ever_refused_to_send_ = true;
      sender_.refuse(fault.amount);
      surroundings_.oracles.disturbed(node_, surroundings_.now + fault.lasts + until_restored);
      break;
    case FaultKind::stop:
      if (is_running()) stop();
      break;
    case FaultKind::switchover:
    case FaultKind::release:
    case FaultKind::announce:
    case FaultKind::reload:
    case FaultKind::remove_router: command(fault); break;
    case FaultKind::track_down: change_track(1); break;
    case FaultKind::loss:
    case FaultKind::duplication:
    case FaultKind::delay:
    case FaultKind::partition:
    case FaultKind::one_way:
    case FaultKind::family_cut: break;  // the network's
  }
}

void OurNode::end(const Fault& fault) {
  const auto change_links = [&](int& count) {
    --count;
    disturb_link(0s);
    apply_links();
  };
  switch (fault.kind) {
    case FaultKind::crash:
    case FaultKind::reboot:
      if (!is_running()) start();
      break;
    case FaultKind::pause: {
      --paused_;
      surroundings_.oracles.asleep(node_, surroundings_.now);
      Duration listens{};
      for (const Entry& entry : entries_)
        listens = std::max(listens, formulas::longest_interval(entry.settings));
      surroundings_.oracles.disturbed(node_, surroundings_.now + listens);
      disturb_kernel(0s);
      break;
    }
    case FaultKind::slow_kernel:
      disturb_kernel(0s);
      slowness_.erase(std::ranges::find(slowness_, fault.amount * Duration(1ms)));
      kernel_.set_notification_delay(kernel_delay());
      break;
    case FaultKind::refused_requests:
      kernel_.refuse(--refusing_ > 0 ? fault.amount : 0);
      disturb_kernel(until_retried);
      break;
    case FaultKind::foreign_address:
      disturb_kernel(0s);
      kernel_.somebody_takes_back(failover_ip(surroundings_.scenario, place_of_fault(fault)));
      break;
    case FaultKind::link_down: change_links(down_[fault.other]); break;
    case FaultKind::carrier_lost: change_links(without_carrier_[fault.other]); break;
    case FaultKind::renamed: change_links(renamed_[fault.other]); break;
    case FaultKind::send_errors:
      sender_.refuse(--send_refusing_ > 0 ? fault.amount : 0);
      surroundings_.oracles.disturbed(node_, surroundings_.now + until_restored);
      break;
    case FaultKind::track_down: change_track(-1); break;
    case FaultKind::stop:
      if (is_running() && stopping_) die(Death::of_process);
      start();
      break;
    case FaultKind::remove_router: {
      if (!is_running() || stopping_) break;
      Entry& entry = entries_[fault.other];
      if (entry.presence == Presence::absent) add_router(fault.other);
      if (entry.presence == Presence::leaving) entry.again = true;
      break;
    }
    case FaultKind::clock_step:
    case FaultKind::lost_notifications:
    case FaultKind::address_removed:
    case FaultKind::new_mac:
    case FaultKind::switchover:
    case FaultKind::release:
    case FaultKind::announce:
    case FaultKind::reload:
    case FaultKind::loss:
    case FaultKind::duplication:
    case FaultKind::delay:
    case FaultKind::partition:
    case FaultKind::one_way:
    case FaultKind::family_cut: break;
  }
}

// As the control thread has it: a reload concerns the routers, so do additions and removals; an
// operator asks the group.
void OurNode::command(const Fault& fault) {
  if (fault.kind == FaultKind::reload) {
    const bool together = surroundings_.scenario.group.has_value();
    for (std::size_t service = 0; service < count_services(); ++service)
      if (together || service == fault.other) reload(service, fault.amount);
  } else if (fault.kind == FaultKind::remove_router) {
    if (is_running()) remove_router(fault.other);
  } else {
    command_group(fault);
  }
}

void OurNode::reload(std::size_t service, int amount) {
  Entry& entry = entries_[service];
  const int priority =
      surroundings_.scenario.group ? formulas::priority_of(amount) : std::max(amount, 1);
  set_rank(entry.settings, carp::AdvSkew::from(amount).value(),
           vrrp::Priority::from(priority).value());
  entry.settings.preempt = amount % 2 != 0 ? Preempt::on : Preempt::off;
  if (!is_running() || entry.presence != Presence::present) return;
  AddRouter setup = setup_of(service);
  mailboxes_.control_to_kernel.post(
      ChangeRouter{.kernel = std::move(setup.kernel), .engine = std::move(setup.engine)});
  surroundings_.oracles.settings_changed(node_, service, entry.settings, surroundings_.now);
  wake_kernel(surroundings_.now + kernel_delay());
  wake_engine(surroundings_.now);
}

// One operation at a time.
void OurNode::command_group(const Fault& fault) {
  const GroupId id = group_of(fault.other);
  Entry& entry = entries_[id];
  if (!is_running() || entry.presence != Presence::present || entry.operation != 0) return;
  entry.operation = ++operations_;
  entry.command = fault.kind;
  if (fault.kind == FaultKind::switchover) {
    mailboxes_.control_to_engine.post(SwitchOverGroup{.id = id, .operation = operations_});
  } else if (fault.kind == FaultKind::release) {
    mailboxes_.control_to_engine.post(ReleaseGroup{.id = id, .operation = operations_});
  } else {
    mailboxes_.control_to_engine.post(AnnounceGroup{.id = id, .operation = operations_});
  }
  wake_engine(surroundings_.now);
}

void OurNode::change_track(int by) {
  track_down_ += by;
  const auto health = track_down_ > 0 ? group::Health::bad : group::Health::good;
  surroundings_.oracles.track_is(node_, health, surroundings_.now);
  track_untold_ = true;
  if (is_running()) wake_kernel(surroundings_.now + kernel_delay());
}

}  // namespace failover::sim
