#include "tests/sim/our_node.hpp"

#include <poll.h>

#include <algorithm>

namespace failover::sim {
namespace {

constexpr Duration longest_sleep = 1s;  // of the engine, and of a kernel thread that retries
constexpr group::TrackNumber group_track = 1;
constexpr Duration well_for = 200ms;
constexpr RealTime real_begin{std::chrono::seconds(1'800'000'000)};

template <class Box>
void drain(Box& box) {
  do {
    box.flush();
    while (box.take()) {
    }
  } while (box.has_waiting());
  box.acknowledge();
}

void drain_all(Mailboxes& mailboxes) {
  drain(mailboxes.control_to_kernel);
  drain(mailboxes.engine_to_kernel);
  drain(mailboxes.kernel_to_engine);
  drain(mailboxes.control_to_engine);
  drain(mailboxes.engine_to_control);
  drain(mailboxes.kernel_to_control);
}

bool is_readable(int descriptor) {
  pollfd entry{descriptor, POLLIN, 0};
  return poll(&entry, 1, 0) > 0;
}

}  // namespace

Instant DriftingClock::monotonic() const {
  const Duration elapsed = surroundings_.now - world_begin;
  return surroundings_.now + Duration(elapsed.count() * drift_ / 1'000'000);
}

RealTime DriftingClock::real() const {
  return real_begin + (monotonic() - world_begin) + real_offset_;
}

Instant DriftingClock::world_time(Instant local) const {
  const Duration elapsed = local - world_begin;
  const auto off = static_cast<Duration::rep>(static_cast<double>(elapsed.count()) *
                                              static_cast<double>(drift_) /
                                              static_cast<double>(1'000'000 + drift_));
  return local - Duration(off) + 1us;
}

OurNode::OurNode(Surroundings& surroundings, std::size_t node, Mailboxes& mailboxes)
    : surroundings_(surroundings),
      node_(node),
      mailboxes_(mailboxes),
      clock_(surroundings, surroundings.scenario.nodes[node].drift),
      kernel_(surroundings, node),
      links_(surroundings, node, kernel_),
      sender_(surroundings, node, kernel_, [this] { hear_engine(); }),
      readiness_([](const Capture& capture) {
        return static_cast<const FakeCapture&>(capture).is_readable() ? short{POLLIN} : short{0};
      }) {
  for (std::size_t service = 0; service < surroundings_.scenario.services.size(); ++service)
    entries_[service].settings = plan().settings[service];
}

// The mailboxes may hold captures, which belong to this node's ports.
OurNode::~OurNode() {
  engine_.reset();
  kernel_thread_.reset();
  drain_all(mailboxes_);
}

void OurNode::start() {
  if (is_running()) return;
  surroundings_.timeline.note(surroundings_.now, "n{} starts", node_);
  surroundings_.oracles.disturbed(node_, surroundings_.now);
  kernel_.reopen();
  stopping_ = false;
  engine_ = std::make_unique<Engine>(mailboxes_, sender_, clock_);
  kernel_thread_ = std::make_unique<KernelThread>(mailboxes_, kernel_, links_, clock_);
  kernel_thread_->begin();
  for (std::size_t segment = 0; segment < surroundings_.scenario.segments; ++segment)
    mailboxes_.control_to_kernel.post(AddInterface{.slot = static_cast<InterfaceSlot>(segment),
                                                   .name = segment == 0 ? "eth0" : "eth1",
                                                   .status = &interfaces_[segment]});
  for (std::size_t service = 0; service < count_services(); ++service) {
    if (group_of(service) == service) add_group(group_of(service));
    add_router(service);
  }
  wake_engine(surroundings_.now);
}

void OurNode::die(Death death) {
  if (death == Death::of_machine) {
    surroundings_.timeline.note(surroundings_.now, "n{} loses its power", node_);
    kernel_.reboot();
    apply_links();
  } else {
    surroundings_.timeline.note(surroundings_.now, "n{} loses its process", node_);
  }
  surroundings_.oracles.disturbed(node_, surroundings_.now);
  engine_.reset();
  kernel_thread_.reset();
  drain_all(mailboxes_);
  engine_at_.reset();
  kernel_at_.reset();
  retry_at_.reset();
  for (std::size_t service = 0; service < surroundings_.scenario.services.size(); ++service) {
    entries_[service].presence = Presence::absent;
    entries_[service].operation = 0;
    entries_[service].again = false;
    surroundings_.oracles.router_gone(node_, service, surroundings_.now);
  }
}

void OurNode::arrives(std::size_t segment, std::size_t from, const Frame& frame) {
  if (is_running() && links_.arrives(segment, frame, clock_.real())) {
    surroundings_.oracles.arrived(from, node_, frame.signal, surroundings_.now);
    wake_engine(surroundings_.now);
  } else {
    surroundings_.oracles.lost(from, node_, frame.signal, surroundings_.now);
  }
}

std::optional<Instant> OurNode::next() const {
  if (!is_running() || paused_ > 0) return std::nullopt;
  std::optional<Instant> soonest = engine_at_;
  for (const auto& candidate : {kernel_at_, retry_at_, kernel_.next()})
    if (candidate && (!soonest || *candidate < *soonest)) soonest = candidate;
  return soonest;
}

void OurNode::act() {
  if (!is_running() || paused_ > 0) return;
  const auto due = [&](const std::optional<Instant>& at) { return at && *at <= surroundings_.now; };
  if (due(kernel_.next())) wake_kernel(surroundings_.now);
  if (due(kernel_at_) || due(retry_at_)) turn_kernel();
  if (is_running() && due(engine_at_)) turn_engine();
}

void OurNode::turn_engine() {
  engine_->turn(readiness_);
  hear_engine();
  const bool may_be_demoted = ever_refused_to_send_ || surroundings_.scenario.group;
  for (std::size_t service = 0; may_be_demoted && service < count_services(); ++service)
    surroundings_.oracles.demotion_is(node_, service, entries_[service].status.read().demotion > 0);
  if (is_readable(mailboxes_.engine_to_kernel.descriptor()))
    wake_kernel(surroundings_.now + kernel_delay());
  engine_at_ = surroundings_.now + longest_sleep;
  if (const auto deadline = engine_->next_deadline())
    engine_at_ = std::clamp(clock_.world_time(*deadline), surroundings_.now, *engine_at_);
}

void OurNode::turn_kernel() {
  const bool overdue = !kernel_at_ || *kernel_at_ > surroundings_.now;
  kernel_at_.reset();
  kernel_thread_->turn(overdue ? KernelThread::Wake::overdue : KernelThread::Wake::called);
  if (std::exchange(track_untold_, false)) tell_track();
  retry_at_.reset();
  if (kernel_thread_->wants_retry()) retry_at_ = surroundings_.now + longest_sleep;
  if (is_readable(mailboxes_.kernel_to_engine.descriptor())) wake_engine(surroundings_.now);
  hear_kernel();
}

Duration OurNode::kernel_delay() const {
  const auto slowest = std::ranges::max_element(slowness_);
  return slowest != slowness_.end() ? *slowest : 100us;
}

void OurNode::hear_engine() {
  while (const auto message = mailboxes_.engine_to_control.take()) {
    if (const auto* role = std::get_if<RoleChanged>(&*message)) take(*role);
    if (const auto* two = std::get_if<SawTwoActive>(&*message)) take(*two);
    if (const auto* finished = std::get_if<OperationFinished>(&*message)) take(*finished);
  }
}

void OurNode::take(const RoleChanged& message) {
  surroundings_.oracles.role_changed(node_, message.id, message.transition, surroundings_.now);
}

void OurNode::take(const SawTwoActive& message) {
  surroundings_.timeline.note(surroundings_.now, "n{} s{} saw two active: {}", node_, message.id,
                              message.peer.address.text());
}

void OurNode::take(const OperationFinished& message) {
  if (message.operation == 0) return;
  Entry& entry = entries_[message.id];
  entry.operation = 0;
  for (std::size_t service = 0; service < count_services(); ++service)
    if (group_of(service) == message.id)
      surroundings_.oracles.operation_ended(node_, service, entry.command, message.outcome,
                                            surroundings_.now);
}

void OurNode::hear_kernel() {
  while (auto message = mailboxes_.kernel_to_control.take()) {
    if (const auto* log = std::get_if<KernelLog>(&*message))
      surroundings_.timeline.note(surroundings_.now, "n{} log: {}", node_, log->text);
    if (const auto* last = std::get_if<RouterGone>(&*message)) gone(last->id);
  }
  const bool empty = std::ranges::all_of(
      entries_, [](const Entry& entry) { return entry.presence == Presence::absent; });
  if (stopping_ && empty) {
    surroundings_.timeline.note(surroundings_.now, "n{} has stopped", node_);
    die(Death::of_process);
  }
}

void OurNode::gone(std::size_t service) {
  Entry& entry = entries_[service];
  entry.presence = Presence::absent;
  surroundings_.oracles.router_gone(node_, service, surroundings_.now);
  if (std::exchange(entry.again, false) && !stopping_) add_router(service);
}

Wire OurNode::wire_of(std::size_t service) const {
  const ServicePlan& served = surroundings_.scenario.services[service];
  auto addresses = failover_ips(surroundings_.scenario, service);
  if (!served.is_vrrp())
    return CarpWire(carp::Vhid::from(served.number).value(), password, addresses);
  const auto& election = std::get<vrrp::Election>(entries_[service].settings.election);
  return VrrpWire({.vrid = vrrp::Vrid::from(served.number).value(),
                   .version = served.version,
                   .centiseconds = election.interval.value(),
                   .addresses = std::move(addresses)});
}

AddRouter OurNode::setup_of(std::size_t service) const {
  const ServicePlan& served = surroundings_.scenario.services[service];
  AddRouter setup;
  const auto addresses = failover_ips(surroundings_.scenario, service);
  setup.kernel = {.id = static_cast<RouterId>(service),
                  .slot = static_cast<InterfaceSlot>(served.segment),
                  .name = "router",
                  .addresses = {}};
  for (const IpAddress& address : addresses)
    setup.kernel.addresses.push_back(
        {.prefix = Prefix::from(address, subnet_length(address.family())).value(),
         .label = {},
         .preferred_lifetime = {}});
  setup.engine = std::make_unique<EngineRouter>(
      EngineRouter{.id = static_cast<RouterId>(service),
                   .slot = static_cast<InterfaceSlot>(served.segment),
                   .group = group_of(service),
                   .number = served.number,
                   .settings = entries_[service].settings,
                   .wire = wire_of(service),
                   .addresses = addresses,
                   .sources = {},
                   .peers = {},
                   .status = const_cast<PublishedRouter*>(&entries_[service].status)});
  return setup;
}

GroupId OurNode::group_of(std::size_t service) const {
  const Scenario& scenario = surroundings_.scenario;
  const bool together = scenario.group && scenario.sabotage != Sabotage::apart;
  return together ? 0 : static_cast<GroupId>(service);
}

void OurNode::add_group(GroupId id) {
  auto group =
      std::make_unique<EngineGroup>(EngineGroup{.id = id, .status = &entries_[id].group_status});
  if (surroundings_.scenario.group && id == 0) {
    group->settings.damping_moves = 0;
    group->settings.tracks = {{.number = group_track,
                               .well_for = well_for,
                               .demote = surroundings_.scenario.group->demote}};
    group->tracks = {&track_status_};
    track_untold_ = true;
  }
  mailboxes_.control_to_kernel.post(
      AddGroup{.kernel = {.id = id, .name = {}}, .group = std::move(group)});
}

// As the kernel thread tells of it: behind the group.
void OurNode::tell_track() {
  const bool is_bad = track_down_ > 0 && surroundings_.scenario.sabotage != Sabotage::blind;
  const auto health = is_bad ? group::Health::bad : group::Health::good;
  mailboxes_.kernel_to_engine.post(
      TrackReported{.id = 0, .report = {.track = group_track, .health = health}});
}

void OurNode::add_router(std::size_t service) {
  Entry& entry = entries_[service];
  entry.presence = Presence::present;
  mailboxes_.control_to_kernel.post(setup_of(service));
  surroundings_.oracles.router_added(node_, service, entry.settings, surroundings_.now);
  wake_kernel(surroundings_.now + kernel_delay());
}

void OurNode::remove_router(std::size_t service) {
  Entry& entry = entries_[service];
  if (entry.presence != Presence::present) return;
  entry.presence = Presence::leaving;
  mailboxes_.control_to_engine.post(RemoveRouter{static_cast<RouterId>(service)});
  wake_engine(surroundings_.now);
}

void OurNode::stop() {
  if (stopping_) return;
  stopping_ = true;
  for (std::size_t service = 0; service < surroundings_.scenario.services.size(); ++service) {
    entries_[service].again = false;
    remove_router(service);
  }
}

}  // namespace failover::sim
