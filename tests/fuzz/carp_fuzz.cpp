// CARP adverts, from the frame to the verdict of a virtual router. Each frame has exactly one: it
// is accepted, or refused for the first thing that is wrong with it, and that is counted once.
//
// The first byte of an input says what is put right in the frame behind it, since no mutation ever
// finds a checksum and a digest.

#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

#include "agent/engine/virtual_router.hpp"
#include "protocol/bytes.hpp"
#include "protocol/ipv4.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Span = std::span<const std::uint8_t>;

constexpr unsigned mend_ip_checksum = 1;
constexpr unsigned mend_digest = 2;
constexpr unsigned mend_carp_checksum = 4;

constexpr auto vhid = carp::Vhid::of<1>();
constexpr auto own_source = IpAddress::v4({192, 0, 2, 11});
constexpr auto peer_source = IpAddress::v4({192, 0, 2, 12});
constexpr MacAddress mac{{2, 0, 0, 0, 0, 1}};
constexpr Instant now{1s};

class StoppedClock final : public Clock {
 public:
  [[nodiscard]] Instant monotonic() const override { return now; }
  [[nodiscard]] RealTime real() const override { return RealTime(1'700'000'000s); }
};

constexpr std::array<std::uint8_t, 4> password{'t', 'e', 's', 't'};
const std::vector<IpAddress> addresses{IpAddress::v4({192, 0, 2, 1})};

carp::Authenticator authenticator_of(carp::Vhid of) { return {password, of, addresses}; }

// A virtual router with what it publishes.
struct Station {
  PublishedRouter published;
  StoppedClock clock;
  InterfaceStatus interface;
  VirtualRouter router{
      std::make_unique<EngineRouter>(EngineRouter{.number = vhid.value(),
                                                  .settings = {},
                                                  .wire = CarpWire(vhid, password, addresses),
                                                  .addresses = addresses,
                                                  .sources = {},
                                                  .peers = {},
                                                  .status = &published}),
      clock};

  Station() {
    interface.index = 1;
    interface.mac = mac;
    interface.sources.ipv4 = own_source;
  }
  Result<router::Rank, Rejection> accept(const Datagram& datagram, MacAddress sender) {
    return router.accept(datagram, sender, interface, now);
  }
  RouterStatus status() {
    router.publish();
    return published.read();
  }
};

// The only reason that was counted; nothing when none was.
std::optional<Rejection> counted(const RouterStatus& status) {
  const auto& rejected = status.rejected;
  const auto sum = std::accumulate(rejected.begin(), rejected.end(), std::uint64_t{0});
  must(sum <= 1, "a frame is refused for one reason");
  if (sum == 0) return std::nullopt;
  const auto which = std::ranges::find(rejected, std::uint64_t{1}) - rejected.begin();
  return static_cast<Rejection>(which);
}

// What is wrong with a datagram, found in another way than the router does behind misfit().
std::optional<Rejection> expected_verdict(const carp::Authenticator& authenticator,
                                          const Datagram& datagram) {
  const Span payload = datagram.payload;
  if (const auto misfit = carp::misfit(datagram)) return misfit;
  if (datagram.destination.text() != "224.0.0.18") return Rejection::peer;
  ByteReader words(payload);
  std::uint64_t sum = 0;
  while (!words.rest().empty()) sum += words.u16();
  if (sum % 0xffff != 0) return Rejection::checksum;
  const auto digest = authenticator.digest(ByteReader(payload.subspan(8)).u64());
  if (!std::ranges::equal(digest, payload.subspan(16))) return Rejection::digest;
  return std::nullopt;
}

void check_accepted(const carp::Advert& advert, Span payload) {
  const auto encoded = carp::encode(advert);
  Bytes normal(payload.begin(), payload.end());
  // In one's complement arithmetic 0xffff is another way to write a checksum of 0.
  if (normal[6] == 0xff && normal[7] == 0xff) normal[6] = normal[7] = 0;
  must(std::ranges::equal(encoded, normal), "what is accepted is encoded again byte for byte");
  const auto decoded = carp::decode(encoded);
  must(decoded && *decoded == advert, "what is encoded is decoded again");
  const auto authenticator = authenticator_of(vhid);
  carp::Advert forged = advert;
  forged.counter ^= 1;
  must(!authenticator.matches(forged), "a digest is for one counter only");
  forged = advert;
  forged.digest.back() ^= 1;
  must(!authenticator.matches(forged), "a digest with one wrong bit does not match");
  must(!authenticator_of(carp::Vhid::of<2>()).matches(advert), "a digest is for one VHID only");
}

void check_peers(Station& station, const Datagram& datagram) {
  const IpAddress& source = datagram.source;
  for (std::uint8_t i = 0; i < limits::peers_per_router + 2; ++i) {
    Datagram from = datagram;
    if (i % 2 != 0) from.source = IpAddress::v4({10, 0, 0, i});
    must(station.accept(from, mac).has_value(), "a digest is for any sender");
  }
  const auto status = station.status();
  must(status.peer_count <= status.peers.size(), "peers are bounded");
  const std::span peers(status.peers.data(), status.peer_count);
  must(std::ranges::count(peers, source, &PeerStatus::address) <= 1, "a peer is remembered once");
}

void check_judgement(const Datagram& datagram, MacAddress sender) {
  Station station;
  const auto rank = station.accept(datagram, sender);
  const auto status = station.status();
  const auto reason = counted(status);
  must(rank.has_value() != reason.has_value(), "a refused advert has a reason, another has none");
  must(reason == expected_verdict(authenticator_of(vhid), datagram),
       "the verdict is the first thing that is wrong");
  must((reason == Rejection::digest) == (status.wrong_digest.heard == now),
       "who sent a wrong digest is remembered");
  if (!rank) return;
  const auto advert = carp::decode(datagram.payload);
  must(advert && *rank == router::Rank(advert->rank), "what is accepted is what it says");
  check_accepted(*advert, datagram.payload);
  check_peers(station, datagram);
}

// An advert of ours with this rank: refused when the network loops it back, accepted from another.
void check_own(const carp::Rank& rank) {
  Station station;
  std::vector<OutgoingAdvert> sent;
  station.router.write_adverts(rank, station.interface, sent);
  must(sent.size() == 1, "an IPv4 router sends one advert");
  const auto frame = parse_ethernet(sent[0].content());
  must(frame && frame->source == mac, "an own frame is read back");
  auto datagram = parse_ipv4(frame->payload);
  must(datagram && !carp::misfit(*datagram), "an own datagram fits");
  must(carp::named_vhid(datagram->payload) == vhid, "an own advert names its VHID");
  must(!station.accept(*datagram, mac), "an own advert is refused");
  must(counted(station.status()) == Rejection::own, "an own advert is counted as such");
  datagram->source = peer_source;
  must(station.accept(*datagram, mac) == router::Rank(rank),
       "the same from another address is a peer's");
}

void check_frame(Span frame) {
  const auto ethernet = parse_ethernet(frame);
  if (!ethernet) return;
  const auto datagram = parse_ipv4(ethernet->payload);
  if (!datagram) return;
  const Span payload = datagram->payload;
  const auto named = carp::named_vhid(payload);
  must(named.has_value() == (payload.size() >= 2 && payload[1] != 0), "a VHID is 1 to 255");
  const auto misfit = carp::misfit(*datagram);
  const bool long_enough = payload.size() == carp::advert_bytes && payload[3] == 7;
  must((misfit == Rejection::length) == !long_enough, "length is judged first");
  must(!long_enough || (misfit == Rejection::ttl) == (datagram->ttl != 255), "then TTL");
  must(misfit.has_value() || payload[0] == 0x21, "then version and type");
  // Any bytes: the decoder must be safe for those that misfit() would have kept away, too.
  const auto decoded = carp::decode(payload);
  must(decoded || decoded.error() == Rejection::checksum || payload.size() < carp::advert_bytes,
       "a decoder refuses for the checksum, or for too few bytes");
  if (decoded) check_own(decoded->rank);
  if (named != vhid) return;
  check_judgement(*datagram, ethernet->source);
}

void mend(std::span<std::uint8_t> frame, unsigned what) {
  constexpr std::size_t headers = ethernet_header + ipv4_header;
  if (frame.size() < headers + carp::advert_bytes) return;
  const auto ip = frame.subspan(ethernet_header, ipv4_header);
  const auto payload = frame.subspan(headers, carp::advert_bytes);
  if ((what & mend_digest) != 0) {
    const auto digest = authenticator_of(vhid).digest(ByteReader(payload.subspan(8)).u64());
    std::ranges::copy(digest, payload.begin() + 16);
  }
  const auto put_checksum = [](std::span<std::uint8_t> bytes, std::size_t at) {
    bytes[at] = bytes[at + 1] = 0;
    ByteWriter(bytes.subspan(at)).u16(internet_checksum(bytes));
  };
  if ((what & mend_carp_checksum) != 0) put_checksum(payload, 6);
  if ((what & mend_ip_checksum) != 0) put_checksum(ip, 10);
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::vector<std::uint8_t> frame(data + 1, data + size);
  failover::fuzz::mend(frame, data[0]);
  failover::fuzz::check_frame(frame);
  return 0;
}
