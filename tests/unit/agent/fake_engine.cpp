#include "tests/unit/agent/fake_engine.hpp"

#include <algorithm>

namespace failover::tests {
namespace {

std::string word(router::Outcome outcome) {
  switch (outcome) {
    case router::Outcome::done: return "done";
    case router::Outcome::taken_back: return "taken-back";
    case router::Outcome::not_active: return "not-active";
    case router::Outcome::interrupted: return "interrupted";
  }
  return "";
}
std::string word(router::Role role) {
  switch (role) {
    case router::Role::initialize: return "initialize";
    case router::Role::backup: return "backup";
    case router::Role::active: return "active";
  }
  return "";
}

std::string word(Stranger kind) {
  switch (kind) {
    case Stranger::other_protocol: return "other-protocol";
    case Stranger::other_key: return "other-key";
    case Stranger::has_address: return "has-address";
  }
  return "";
}

struct KernelWords {
  std::string operator()(const ClaimRouter& message) const {
    return "claim " + std::to_string(message.id);
  }
  std::string operator()(const ReleaseRouter& message) const {
    return "release " + std::to_string(message.id) +
           (message.successors.ipv4 ? " " + message.successors.ipv4->text() : "") +
           (message.successors.ipv6 ? " " + message.successors.ipv6->text() : "");
  }
  std::string operator()(const AnnounceRouter& message) const {
    return "announce " + std::to_string(message.id);
  }
  std::string operator()(const ProbeRouter& message) const {
    return "probe " + std::to_string(message.id);
  }
  std::string operator()(const ClaimRoutes& message) const {
    return "claim-routes " + std::to_string(message.id);
  }
  std::string operator()(const ReleaseRoutes& message) const {
    return "release-routes " + std::to_string(message.id);
  }
  std::string operator()(const ForgetRouter& message) const {
    return "forget " + std::to_string(message.id);
  }
  std::string operator()(const CloseCapture& message) const {
    return "close " + std::to_string(message.slot) + (message.failed ? " failed" : "");
  }
};

struct ControlWords {
  std::string operator()(const RoleChanged& message) const {
    std::string text = "role " + std::to_string(message.id) + " " + word(message.transition.to) +
                       " " + std::string(name(message.transition.reason));
    if (message.waiting_for != WaitingFor::nothing)
      text += " waiting " + std::string(name(message.waiting_for));
    return text;
  }
  std::string operator()(const SawTwoActive& message) const {
    return "two-active " + std::to_string(message.id) + " " + message.peer.address.text();
  }
  std::string operator()(const SawStranger& message) const {
    return "stranger " + std::to_string(message.id) + " " + word(message.kind) + " " +
           message.address.text() + " " + message.mac.text();
  }
  std::string operator()(const OperationFinished& message) const {
    return "operation " + std::to_string(message.operation) + " " + word(message.outcome);
  }
  std::string operator()(const GroupMoved& message) const {
    return "group " + std::to_string(message.id) + " " + word(message.to) + " " +
           std::string(name(message.reason));
  }
  std::string operator()(const TrackMoved& message) const {
    return "track " + std::to_string(message.id) + " " + std::to_string(message.track);
  }
  std::string operator()(const ServicesWanted& message) const {
    return "services-wanted " + std::to_string(message.id);
  }
  std::string operator()(const GroupGone& message) const {
    return "group-gone " + std::to_string(message.id);
  }
  std::string operator()(const RecordedRouter& message) const {
    return "recorded-router " + std::to_string(message.id);
  }
  std::string operator()(const RecordedEvent& message) const {
    return "recorded-event " + std::to_string(message.id);
  }
};

template <class Words, class Message>
std::vector<std::string> in_words(Mailbox<Message>& box) {
  std::vector<std::string> all;
  for (const Message& message : taken_from(box)) all.push_back(std::visit(Words{}, message));
  return all;
}

}  // namespace

bool FakeCapture::read(const std::function<void(const Frame&)>& take) {
  for (; !segment_.frames.empty(); segment_.frames.pop_front())
    take({.bytes = segment_.frames.front().bytes, .arrived = segment_.frames.front().at});
  return !segment_.broken;
}

short FakeCapture::ready() const {
  const bool readable = !segment_.frames.empty() || segment_.broken;
  return static_cast<short>(segment_.events | (readable ? POLLIN : 0));
}

void FakeSender::send(std::span<const OutgoingAdvert> adverts, std::vector<int>& results) {
  on_send();
  calls.push_back(adverts.size());
  for (const OutgoingAdvert& advert : adverts) {
    const bool meets_error = !only || only == advert.source.family();
    results.push_back(meets_error ? error : 0);
    if (results.back() == 0) sent.push_back(advert);
  }
}

EngineScene::EngineScene(Engine::Recording recording)
    : engine(mailboxes, sender, clock, recording) {}

void EngineScene::use_vrrp(const vrrp::Election& election) { settings.election = election; }

void EngineScene::start_interface() {
  mailboxes.kernel_to_engine.post(InterfaceAdded{.slot = 0, .status = &published_interface});
  open_capture();
  change_interface(WaitingFor::nothing);
}

void EngineScene::open_capture() {
  mailboxes.kernel_to_engine.post(
      CaptureOpened{.slot = 0, .capture = std::make_unique<FakeCapture>(segment)});
}

void EngineScene::change_interface(WaitingFor waiting, int index, std::optional<IpAddress> source,
                                   MacAddress mac) {
  mailboxes.kernel_to_engine.post(InterfaceChanged{.slot = 0,
                                                   .waiting_for = waiting,
                                                   .index = index,
                                                   .mac = mac,
                                                   .sources = {.ipv4 = source, .ipv6 = link_local},
                                                   .global6 = global6});
}

std::unique_ptr<EngineRouter> EngineScene::setup(RouterId id, std::uint8_t number, Wire wire) {
  while (published.size() <= id) published.push_back(std::make_unique<PublishedRouter>());
  const auto has = [&](Family family) {
    return std::ranges::find(addresses, family, &IpAddress::family) != addresses.end();
  };
  settings.addresses = addresses.size();
  settings.speaks = {.ipv4 = has(Family::ipv4), .ipv6 = has(Family::ipv6)};
  return std::make_unique<EngineRouter>(
      EngineRouter{.id = id,
                   .slot = 0,
                   .group = group.value_or(id),
                   .number = number,
                   .settings = settings,
                   .wire = std::move(wire),
                   .addresses = addresses,
                   .sources = sources,
                   .peers = peers,
                   .least_ttl = peers.empty() ? unrouted_ttl : least_ttl,
                   .status = published[id].get(),
                   .survivor = survivor});
}

std::unique_ptr<EngineRouter> EngineScene::setup(RouterId id, carp::Vhid vhid) {
  return setup(id, vhid.value(), CarpWire(vhid, key_of(password), addresses, replay));
}

std::unique_ptr<EngineRouter> EngineScene::setup(RouterId id, vrrp::Vrid vrid) {
  const auto& election = std::get<vrrp::Election>(settings.election);
  return setup(id, vrid.value(),
               VrrpWire({.vrid = vrid,
                         .version = election.version,
                         .centiseconds = election.interval.value(),
                         .password = vrrp_password,
                         .addresses = addresses}));
}

void EngineScene::add_router(RouterId id) {
  if (router::protocol_of(settings.election) == router::Protocol::carp) {
    add_router(id, vhid_10);
  } else {
    add_router(id, vrid_20);
  }
}
void EngineScene::add_group(GroupId id) {
  while (published_groups.size() <= id)
    published_groups.push_back(std::make_unique<PublishedGroup>());
  mailboxes.kernel_to_engine.post(GroupAdded{std::make_unique<EngineGroup>(
      EngineGroup{.id = id, .settings = group_settings, .status = published_groups[id].get()})});
}
void EngineScene::add_router(RouterId id, carp::Vhid vhid) {
  if (!group && published_groups.size() <= id) add_group(id);
  mailboxes.kernel_to_engine.post(RouterAdded{setup(id, vhid)});
}
void EngineScene::add_router(RouterId id, vrrp::Vrid vrid) {
  if (!group && published_groups.size() <= id) add_group(id);
  mailboxes.kernel_to_engine.post(RouterAdded{setup(id, vrid)});
}

void EngineScene::start_active() {
  start_interface();
  add_router();
  turn();
  run_for(settings.dead_time());
  mailboxes.kernel_to_engine.post(RouterClaimed{0});
  turn();
  (void)to_kernel();
  (void)to_control();
  sender.sent.clear();
  sender.calls.clear();
}

void EngineScene::turn() {
  engine.turn(
      [](const Capture& capture) { return dynamic_cast<const FakeCapture&>(capture).ready(); });
}

void EngineScene::run_for(Duration duration) {
  const Instant end = clock.now + duration;
  for (auto next = engine.next_deadline(); next && *next <= end; next = engine.next_deadline()) {
    clock.advance(std::max(*next - clock.now, Duration{0}));
    turn();
  }
  clock.advance(end - clock.now);
}

std::string EngineScene::counted(RouterId id) const {
  std::string text;
  const auto add = [&](std::string_view what, std::uint64_t count) {
    if (count == 0) return;
    text += (text.empty() ? "" : ", ") + std::string(what) + " " + std::to_string(count);
  };
  for (std::size_t i = 0; i < rejections; ++i)
    add(name(static_cast<Rejection>(i)), status(id).rejected[i]);
  add("interface id_conflicts", interface().id_conflicts);
  add("interface unknown_id", interface().unknown_id);
  add("interface vlan_tagged", interface().vlan_tagged);
  add("interface malformed", interface().malformed);
  add("other_addresses", status(id).other_addresses);
  add("received", status(id).adverts_received);
  return text;
}

std::vector<std::string> EngineScene::to_kernel() {
  return in_words<KernelWords>(mailboxes.engine_to_kernel);
}
std::vector<std::string> EngineScene::to_control() {
  auto words = in_words<ControlWords>(mailboxes.engine_to_control);
  std::erase_if(words, [this](const std::string& word) {
    const bool moves = word.starts_with("group ");
    if (moves) group_moves.push_back(word);
    return moves;
  });
  return words;
}

}  // namespace failover::tests
