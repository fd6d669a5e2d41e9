#include "tests/unit/agent/fake_engine.hpp"

#include "protocol/arp.hpp"
#include "protocol/bytes.hpp"

namespace failover::tests {
namespace {

constexpr std::size_t carp_at = ethernet_header + ipv4_header;

std::string word(carp::Outcome outcome) {
  switch (outcome) {
    case carp::Outcome::done: return "done";
    case carp::Outcome::taken_back: return "taken-back";
    case carp::Outcome::not_active: return "not-active";
    case carp::Outcome::interrupted: return "interrupted";
  }
  return "";
}
std::string word(carp::Role role) {
  switch (role) {
    case carp::Role::initialize: return "initialize";
    case carp::Role::backup: return "backup";
    case carp::Role::active: return "active";
  }
  return "";
}

struct KernelWords {
  std::string operator()(const ClaimRouter& message) const {
    return "claim " + std::to_string(message.id);
  }
  std::string operator()(const ReleaseRouter& message) const {
    return "release " + std::to_string(message.id) +
           (message.successor ? " " + message.successor->text() : "");
  }
  std::string operator()(const AnnounceRouter& message) const {
    return "announce " + std::to_string(message.id);
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
  std::string operator()(const OperationFinished& message) const {
    return "operation " + std::to_string(message.operation) + " " + word(message.outcome);
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

void put_checksum(std::span<std::uint8_t> bytes, std::size_t at) {
  ByteWriter(bytes.subspan(at)).u16(0);
  ByteWriter(bytes.subspan(at)).u16(internet_checksum(bytes));
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
  if (error == 0) sent.insert(sent.end(), adverts.begin(), adverts.end());
  results.insert(results.end(), adverts.size(), error);
}

EngineScene::EngineScene(Engine::Recording recording)
    : engine(mailboxes, sender, clock, recording) {
  settings.addresses = addresses.size();
}

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
  mailboxes.kernel_to_engine.post(InterfaceChanged{
      .slot = 0, .waiting_for = waiting, .index = index, .mac = mac, .source = source});
}

std::unique_ptr<EngineRouter> EngineScene::setup(RouterId id, carp::Vhid vhid) {
  while (published.size() <= id) published.push_back(std::make_unique<PublishedRouter>());
  return std::make_unique<EngineRouter>(
      EngineRouter{.id = id,
                   .slot = 0,
                   .vhid = vhid,
                   .settings = settings,
                   .authenticator = authenticator(password, vhid, addresses),
                   .addresses = addresses,
                   .source = std::nullopt,
                   .status = published[id].get()});
}

void EngineScene::add_router(RouterId id, carp::Vhid vhid) {
  mailboxes.kernel_to_engine.post(RouterAdded{setup(id, vhid)});
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

std::vector<std::string> EngineScene::to_kernel() {
  return in_words<KernelWords>(mailboxes.engine_to_kernel);
}
std::vector<std::string> EngineScene::to_control() {
  return in_words<ControlWords>(mailboxes.engine_to_control);
}

std::vector<std::uint8_t> frame_of(const PeerAdvert& advert) {
  std::vector<std::uint8_t> frame(carp_frame_bytes);
  write_advert_headers(frame, {.source_mac = peer_mac,
                               .source = advert.source,
                               .payload_bytes = std::uint16_t{carp::advert_bytes}});
  const auto payload = carp::encode(
      {.vhid = advert.vhid.value(),
       .rank = advert.rank,
       .counter = advert.counter,
       .digest =
           authenticator(advert.password, advert.vhid, advert.addresses).digest(advert.counter)});
  std::copy(payload.begin(), payload.end(), frame.begin() + carp_at);
  return frame;
}

std::vector<std::uint8_t> arp_of(MacAddress mac, const IpAddress& address) {
  const auto frame = gratuitous_arp(mac, mac, address);
  return {frame.begin(), frame.end()};
}

std::vector<std::uint8_t> tagged(const std::vector<std::uint8_t>& frame, std::uint16_t vlan) {
  std::vector<std::uint8_t> with(frame);
  const std::uint8_t tag[] = {0x81, 0x00, static_cast<std::uint8_t>(vlan >> 8),
                              static_cast<std::uint8_t>(vlan & 0xff)};
  with.insert(with.begin() + 12, std::begin(tag), std::end(tag));
  return with;
}

std::vector<std::uint8_t> with_carp_byte(std::vector<std::uint8_t> frame, std::size_t at,
                                         std::uint8_t value) {
  frame.at(carp_at + at) = value;
  put_checksum(std::span(frame).subspan(carp_at), 6);
  return frame;
}

std::vector<std::uint8_t> with_ip_byte(std::vector<std::uint8_t> frame, std::size_t at,
                                       std::uint8_t value) {
  frame.at(ethernet_header + at) = value;
  put_checksum(std::span(frame).subspan(ethernet_header, ipv4_header), 10);
  return frame;
}

carp::Rank rank_of(const OutgoingAdvert& advert) {
  return carp::decode(std::span(advert.frame).subspan(carp_at)).value().rank;
}

}  // namespace failover::tests
