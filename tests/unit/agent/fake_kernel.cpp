#include "tests/unit/agent/fake_kernel.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace failover::tests {
namespace {

std::string on(int interface) { return " on " + std::to_string(interface); }

struct EngineWords {
  std::string operator()(const InterfaceAdded& message) const {
    return "interface " + std::to_string(message.slot);
  }
  std::string operator()(const InterfaceChanged& message) const {
    const auto waiting = name(message.waiting_for);
    return std::to_string(message.index) + " " +
           (waiting.empty() ? "ready" : std::string(waiting)) +
           (message.sources.ipv4 ? " " + message.sources.ipv4->text() : "") +
           (message.sources.ipv6 ? " " + message.sources.ipv6->text() : "") +
           (message.global6 ? " global " + message.global6->text() : "");
  }
  std::string operator()(const CaptureOpened& message) const {
    return "capture " + std::to_string(message.slot);
  }
  std::string operator()(const GroupAdded&) const { return "group"; }
  std::string operator()(const GroupChanged&) const { return "group-changed"; }
  std::string operator()(const GroupRemoved&) const { return "group-removed"; }
  std::string operator()(const TrackReported& message) const {
    return "track " + std::to_string(message.report.track) +
           (message.report.health == group::Health::good ? " good" : " bad");
  }
  std::string operator()(const RouterAdded&) const { return "router"; }
  std::string operator()(const RouterChanged&) const { return "router-changed"; }
  std::string operator()(const RouterClaimed& message) const {
    return "claimed " + std::to_string(message.id);
  }
  std::string operator()(const RouterRefused& message) const {
    return "refused " + std::to_string(message.id);
  }
  std::string operator()(const RouterRestored& message) const {
    return "restored " + std::to_string(message.id) + " " + message.address.text() + " " +
           message.by.text();
  }
  std::string operator()(const RouterContested& message) const {
    const std::array words{"none", "slowed", "lost"};
    return "contested " + std::to_string(message.id) + " " +
           words.at(static_cast<std::size_t>(message.contest));
  }
  std::string operator()(const SettingRestored& message) const {
    return "setting " + std::to_string(message.slot);
  }
  std::string operator()(const RouterBarred& message) const {
    return "barred " + std::to_string(message.id);
  }
  std::string operator()(const RouterUnbarred& message) const {
    return "unbarred " + std::to_string(message.id);
  }
};

KernelRouter kernel_router(RouterId id, const std::vector<std::string_view>& prefixes,
                           InterfaceSlot slot, std::size_t longest_advert) {
  KernelRouter router{.id = id,
                      .slot = slot,
                      .name = "eth" + std::to_string(slot) + ".carp." + std::to_string(10 + id),
                      .addresses = {},
                      .longest_advert = longest_advert};
  for (const std::string_view text : prefixes)
    router.addresses.push_back({.prefix = prefix(text), .label = {}, .preferred_lifetime = {}});
  return router;
}

}  // namespace

// --- FakeKernel ---

Result<netlink::Snapshot, netlink::KernelError> FakeKernel::dump() {
  ++dumps;
  if (dump_fails)
    return failure(netlink::KernelError{.error = ENOBUFS, .operation = "dump", .hint = {}});
  netlink::Snapshot snapshot{
      .links = {}, .addresses = addresses_, .routes = routes_, .rules = rules_};
  for (const auto& [index, link] : links_) snapshot.links.push_back(link);
  return snapshot;
}

std::vector<netlink::KernelError> FakeKernel::execute(const netlink::Plan& plan) {
  std::vector<netlink::KernelError> errors;
  for (const netlink::Step& what : plan) {
    const int error = std::visit([this](const auto& content) { return step(content); }, what);
    if (error != 0)
      errors.push_back({.error = error,
                        .operation = journal_.back(),
                        .hint = {},
                        .about = netlink::address_of(what)});
  }
  return errors;
}

int FakeKernel::step(const netlink::AddAddress& step) {
  const auto& request = step.address;
  journal_.push_back("add " + request.prefix.text() + on(request.interface));
  if (const auto found = refused.find(request.prefix.address()); found != refused.end())
    return found->second;
  if (addresses(request.interface).contains(request.prefix.text())) return EEXIST;
  put({.interface = request.interface,
       .prefix = request.prefix,
       .mark = netlink::our_mark,
       .label = request.label,
       .scope = request.scope,
       .tentative = tentative},
      own_port());
  return 0;
}

int FakeKernel::step(const netlink::ReplaceAddress& step) {
  const auto& request = step.address;
  journal_.push_back("replace " + request.prefix.text() + on(request.interface));
  put({.interface = request.interface,
       .prefix = request.prefix,
       .mark = netlink::our_mark,
       .label = request.label,
       .scope = request.scope},
      own_port());
  return 0;
}

int FakeKernel::step(const netlink::RemoveAddress& step) {
  journal_.push_back("remove " + step.prefix.text() + on(step.interface));
  erase(step.interface, step.prefix, own_port());
  return 0;
}

int FakeKernel::step(const netlink::KeepSecondaries& step) {
  journal_.push_back("keep secondaries" + on(step.interface));
  return 0;
}

int FakeKernel::step(const netlink::AddMacvlan& step) {
  journal_.push_back("add macvlan " + step.name + on(step.parent));
  const auto has_name = [&](const auto& entry) { return entry.second.name == step.name; };
  if (std::ranges::any_of(links_, has_name)) return EEXIST;
  const int index = links_.empty() ? 1 : links_.rbegin()->first + 1;
  set_link({.index = index,
            .name = step.name,
            .mac = step.mac,
            .mtu = 1500,
            .alias = step.alias,
            .macvlan = true,
            .parent = step.parent});
  return 0;
}

int FakeKernel::step(const netlink::SetLink& step) {
  const bool up = step.state == netlink::LinkState::up;
  journal_.push_back((up ? "up" : "down") + on(step.interface));
  const auto found = links_.find(step.interface);
  if (found == links_.end()) return ENODEV;
  netlink::Link link = found->second;
  link.up = up;
  link.carrier = link.running = up && !link.protodown;
  set_link(link);
  return 0;
}

int FakeKernel::step(const netlink::SetMac& step) {
  journal_.push_back("mac " + step.mac.text() + on(step.interface));
  const auto found = links_.find(step.interface);
  if (found == links_.end()) return ENODEV;
  netlink::Link link = found->second;
  link.mac = step.mac;
  set_link(link);
  return 0;
}

// As Linux does: a carrier is what it takes away and gives.
int FakeKernel::step(const netlink::SetProtoDown& step) {
  const bool on = step.state == netlink::ProtoDown::on;
  journal_.push_back((on ? "protodown" : "no protodown") + tests::on(step.interface));
  const auto found = links_.find(step.interface);
  if (found == links_.end()) return ENODEV;
  netlink::Link link = found->second;
  link.protodown = on;
  link.carrier = link.running = link.up && !on;
  set_link(link);
  return 0;
}

int FakeKernel::step(const netlink::RemoveLink& step) {
  journal_.push_back("remove link" + on(step.interface));
  delete_link(step.interface);
  return 0;
}

int FakeKernel::step(const netlink::SetSetting& step) {
  journal_.push_back("set " + step.path + " = " + step.value);
  settings_[step.path] = step.value;
  return 0;
}

int FakeKernel::step(const netlink::DropPackets& step) {
  if (step.to.empty() && dropped.empty()) return 0;
  std::string line = step.to.empty() ? "drop nothing" : "drop for";
  for (const netlink::Destination& destination : step.to)
    line += " " + destination.address.text() +
            (destination.interface.empty() ? "" : "%" + destination.interface);
  journal_.push_back(line);
  if (filter_error == 0) dropped = step.to;
  return filter_error;
}

Result<std::string, netlink::KernelError> FakeKernel::setting(const std::string& path) {
  if (const auto found = settings_.find(path); found != settings_.end()) return found->second;
  return failure(netlink::KernelError{.error = ENOENT, .operation = "read " + path, .hint = {}});
}

std::vector<netlink::Notification> FakeKernel::notifications() {
  return std::exchange(pending_, {});
}

void FakeKernel::notify(netlink::Notification notification, std::uint32_t port) {
  (withholds && port == own_port() ? withheld_ : pending_).push_back(std::move(notification));
}

void FakeKernel::give_withheld() {
  pending_.insert(pending_.end(), withheld_.begin(), withheld_.end());
  withheld_.clear();
}

void FakeKernel::settle() {
  tentative = false;
  for (netlink::Address& address : addresses_)
    if (std::exchange(address.tentative, false))
      notify(netlink::AddressChanged{.address = address, .port = 0}, 0);
}

void FakeKernel::put(netlink::Address address, std::uint32_t port) {
  std::erase_if(addresses_, [&](const netlink::Address& there) {
    return there.interface == address.interface && there.prefix == address.prefix;
  });
  addresses_.push_back(address);
  notify(netlink::AddressChanged{.address = address, .port = port}, port);
}

bool FakeKernel::erase(int interface, const Prefix& prefix, std::uint32_t port) {
  const auto there = std::ranges::find_if(addresses_, [&](const netlink::Address& address) {
    return address.interface == interface && address.prefix == prefix;
  });
  if (there == addresses_.end()) return false;
  notify(netlink::AddressGone{.address = *there, .port = port}, port);
  addresses_.erase(there);
  return true;
}

void FakeKernel::set_link(const netlink::Link& link) {
  links_[link.index] = link;
  notify(netlink::LinkChanged{link}, 0);
}

void FakeKernel::delete_link(int index) {
  std::erase_if(addresses_,
                [&](const netlink::Address& address) { return address.interface == index; });
  links_.erase(index);
  notify(netlink::LinkGone{index}, 0);
}

void FakeKernel::add(int interface, std::string_view text, std::optional<std::uint8_t> mark) {
  put({.interface = interface, .prefix = prefix(text), .mark = mark, .label = {}}, 1234);
}

void FakeKernel::add_tentative(int interface, std::string_view text) {
  put({.interface = interface, .prefix = prefix(text), .mark = {}, .label = {}, .tentative = true},
      1234);
}

void FakeKernel::remove(int interface, std::string_view text, std::uint32_t port) {
  erase(interface, prefix(text), port);
}

void FakeKernel::set(const std::string& path, std::string value, int interface) {
  settings_[path] = std::move(value);
  if (interface != 0) notify(netlink::SettingsChanged{interface}, 0);
}

std::string FakeKernel::value_of(const std::string& path) const {
  const auto found = settings_.find(path);
  return found != settings_.end() ? found->second : std::string();
}

void FakeKernel::lose_notifications() { pending_ = {netlink::NotificationsLost{}}; }

std::set<std::string> FakeKernel::addresses(int interface) const {
  std::set<std::string> all;
  for (const netlink::Address& address : addresses_)
    if (address.interface == interface) all.insert(address.prefix.text());
  return all;
}

// --- FakeLinks ---

Result<std::unique_ptr<Capture>, std::string> FakeLinks::open_capture(const std::string& interface,
                                                                      const CaptureScope& scope) {
  if (capture_error) return failure(*capture_error);
  std::string line = "capture " + interface;
  for (const IpAddress& address : scope.addresses) line += " " + address.text();
  if (scope.longest_advert > 0) line += " up to " + std::to_string(scope.longest_advert);
  journal_.push_back(line);
  return std::make_unique<FakeCapture>(segment_);
}

Result<std::unique_ptr<GroupMembership>, std::string> FakeLinks::join(int interface) {
  if (join_error) return failure(*join_error);
  struct Joined final : GroupMembership {
    Joined(Journal& to, int at) : journal(to), index(at) { journal.push_back("join" + on(index)); }
    ~Joined() override { journal.push_back("leave" + on(index)); }
    Journal& journal;
    int index;
  };
  return std::make_unique<Joined>(journal_, interface);
}

Culprit FakeLinks::owner_of(std::uint32_t port) const {
  if (port == 0) return {};
  return {.process = port, .name = {'o', 'w', 'n', 'e', 'r'}};
}

void FakeLinks::probe(int interface, MacAddress, std::span<const IpAddress> addresses) {
  std::string line = "probe" + on(interface);
  for (const IpAddress& address : addresses) line += " " + address.text();
  journal_.push_back(line);
}

void FakeLinks::announce(int interface, MacAddress own, MacAddress holder,
                         std::span<const IpAddress> addresses) {
  std::string line = "announce" + on(interface);
  if (holder != own) line += " for " + holder.text();
  for (const IpAddress& address : addresses) line += " " + address.text();
  journal_.push_back(line);
}

// --- KernelScene ---

netlink::Link link(int index, std::string name) {
  return {.index = index,
          .name = std::move(name),
          .mac = own_mac,
          .up = true,
          .carrier = true,
          .mtu = 1500};
}

KernelScene::KernelScene(std::set<IpAddress> adopted)
    : thread(mailboxes, kernel, links, clock, std::move(adopted)) {
  kernel.set_link(link(2, "eth0"));
  kernel.add(2, "192.0.2.11/24");
}

void KernelScene::add_interface(InterfaceSlot slot, std::string name) {
  mailboxes.control_to_kernel.post(
      AddInterface{.slot = slot, .name = std::move(name), .status = nullptr});
}

void KernelScene::add_router(RouterId id, std::vector<std::string_view> prefixes,
                             InterfaceSlot slot, std::size_t longest_advert) {
  mailboxes.control_to_kernel.post(
      AddRouter{.kernel = kernel_router(id, prefixes, slot, longest_advert), .engine = nullptr});
}

void KernelScene::adopt_router(RouterId id, std::vector<std::string_view> prefixes) {
  KernelRouter router = kernel_router(id, prefixes, 0, 0);
  router.adopted = true;
  mailboxes.control_to_kernel.post(AddRouter{.kernel = std::move(router), .engine = nullptr});
}

void KernelScene::add_gateway(RouterId id, std::vector<std::string_view> prefixes,
                              InterfaceSlot slot, std::optional<MacAddress> mac) {
  KernelRouter router = kernel_router(id, prefixes, slot, 0);
  router.protocol = router::Protocol::vrrp;
  router.number = static_cast<std::uint8_t>(10 + id);
  router.virtual_macs = {.ipv4 = mac, .ipv6 = mac};
  router.accepts = false;
  mailboxes.control_to_kernel.post(AddRouter{.kernel = std::move(router), .engine = nullptr});
}

namespace {
KernelRouter hot_router(RouterId id) {
  KernelRouter router = kernel_router(id, {"192.0.2.1/24", "2001:db8::1/64"}, 0, 0);
  router.number = 10;
  router.virtual_macs.ipv4 = router.virtual_macs.ipv6 = MacAddress({0, 0, 0x5e, 0, 1, 10});
  router.hot = true;
  return router;
}
}  // namespace

void KernelScene::add_hot(RouterId id) {
  mailboxes.control_to_kernel.post(AddRouter{.kernel = hot_router(id), .engine = nullptr});
}

void KernelScene::become_hot(RouterId id) {
  mailboxes.control_to_kernel.post(ChangeRouter{.kernel = hot_router(id), .engine = nullptr});
}

void KernelScene::become_warm(RouterId id) {
  KernelRouter warm = hot_router(id);
  warm.hot = false;
  mailboxes.control_to_kernel.post(ChangeRouter{.kernel = std::move(warm), .engine = nullptr});
}

void KernelScene::change_gateway(RouterId id, std::vector<std::string_view> prefixes) {
  KernelRouter router = kernel_router(id, prefixes, 0, 0);
  router.accepts = false;
  mailboxes.control_to_kernel.post(ChangeRouter{.kernel = std::move(router), .engine = nullptr});
}

void KernelScene::change_router(RouterId id, std::vector<std::string_view> prefixes,
                                InterfaceSlot slot, std::size_t longest_advert) {
  mailboxes.control_to_kernel.post(
      ChangeRouter{.kernel = kernel_router(id, prefixes, slot, longest_advert), .engine = nullptr});
}

void KernelScene::begin_change() { mailboxes.control_to_kernel.post(BeginChange{}); }
void KernelScene::end_change(std::uint64_t number) {
  mailboxes.control_to_kernel.post(EndChange{number});
}
void KernelScene::claim(RouterId id) { mailboxes.engine_to_kernel.post(ClaimRouter{id}); }
void KernelScene::release(RouterId id, const PerFamily<std::optional<MacAddress>>& successors) {
  mailboxes.engine_to_kernel.post(ReleaseRouter{.id = id, .successors = successors});
}
void KernelScene::forget(RouterId id) { mailboxes.engine_to_kernel.post(ForgetRouter{id}); }

void KernelScene::begin_claimed(std::vector<std::string_view> prefixes) {
  begin();
  add_router(0, std::move(prefixes));
  turn();
  claim(0);
  turn();
  (void)to_engine();
  journal.clear();
}

std::vector<std::string> KernelScene::to_engine() {
  std::vector<std::string> all;
  for (const KernelToEngine& message : taken_from(mailboxes.kernel_to_engine))
    all.push_back(std::visit(EngineWords{}, message));
  return all;
}

void KernelScene::read_control() {
  for (const KernelToControl& message : taken_from(mailboxes.kernel_to_control)) {
    if (const auto* line = std::get_if<KernelLog>(&message)) log_.push_back(line->text);
    if (const auto* left = std::get_if<RouterGone>(&message)) gone_.push_back(left->id);
    if (const auto* tried = std::get_if<ChangeTried>(&message)) trial_ = *tried;
  }
}

std::vector<std::string> KernelScene::log() {
  read_control();
  return std::exchange(log_, {});
}

std::vector<RouterId> KernelScene::gone() {
  read_control();
  return std::exchange(gone_, {});
}

std::optional<ChangeTried> KernelScene::trial() {
  read_control();
  return std::exchange(trial_, std::nullopt);
}

}  // namespace failover::tests
