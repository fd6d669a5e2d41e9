#pragma once
// Wire: a router's adverts as bytes, out and in. One class for each protocol.
//
// The judgement of a packet comes in the documented order: fits() says length, TTL and version,
// read() the checksum and everything behind it. Neither changes a state machine.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "agent/clock.hpp"
#include "protocol/carp/advert.hpp"
#include "protocol/carp/authenticator.hpp"
#include "protocol/carp/replay.hpp"
#include "protocol/datagram.hpp"
#include "protocol/limits.hpp"
#include "protocol/result.hpp"
#include "protocol/router/election.hpp"
#include "protocol/vrrp/advert.hpp"
#include "protocol/vrrp/hmac.hpp"

namespace failover {

// Where an advert goes, and when.
struct Outbound {
  IpAddress source;
  IpAddress destination;
  RealTime now{};
};

// What an advert that was accepted says.
struct Heard {
  router::Rank rank;
  // VRRP: it lists other addresses than ours. RFC 9568, 7.1, has this logged, and to drop it, as
  // RFC 3768 does, would make two actives of two nodes whose lists are being changed.
  bool lists_others = false;
  // VRRPv3 over IPv4: which of its two forms the checksum has.
  std::optional<vrrp::Checksum> checksum = {};
  // CARP: what replay protection says, when it looks.
  std::optional<carp::Judgement> replay = {};
};

// Why an advert was not accepted: of most there is nothing to say but the reason.
struct Refusal {
  Refusal(Rejection why, std::optional<carp::Judgement> how = {}) : reason(why), replay(how) {}
  Rejection reason;
  std::optional<carp::Judgement> replay;  // CARP: of Rejection::replay
};

class CarpWire {
 public:
  // advertised: the addresses that the digest covers, of both families.
  CarpWire(carp::Vhid vhid, std::span<const std::uint8_t> password,
           const std::vector<IpAddress>& advertised, const carp::ReplaySettings& replay = {});

  // With a new counter, which is remembered as ours: the real time in microseconds, or one more
  // than the last, so that it grows across a restart too.
  [[nodiscard]] std::size_t write(const router::Rank& rank, const Outbound& outbound,
                                  std::span<std::uint8_t> out);
  [[nodiscard]] std::optional<Rejection> misfit(const Datagram& datagram,
                                                std::uint8_t least_ttl) const;
  [[nodiscard]] Result<Heard, Refusal> read(const Datagram& datagram, const IpAddress& own_source,
                                            RealTime now);
  // Goes on counting where `before` ended, and what others have sent stays known.
  void continue_from(const CarpWire& before);

 private:
  struct Sent {
    std::uint64_t counter = 0;
    carp::Digest digest{};
  };
  [[nodiscard]] bool is_own(const carp::Advert& advert) const;

  carp::Vhid vhid_;
  carp::Authenticator authenticator_;
  // OpenBSD leaves link-local addresses out of what it sends and accepts both; FreeBSD has them in.
  // We send what both accept, and accept what either sends (CARP.md 2.3).
  std::optional<carp::Authenticator> without_link_local_;
  std::uint64_t last_counter_ = 0;
  std::array<Sent, limits::own_adverts_remembered> sent_{};
  std::size_t sent_next_ = 0;
  carp::ReplayProtection protection_;
  std::optional<carp::ReplayMemory> memory_;  // unless protection is off
};

class VrrpWire {
 public:
  struct Setup {
    vrrp::Vrid vrid;
    vrrp::Version version = vrrp::Version::v3;
    vrrp::Checksum checksum = vrrp::Checksum::rfc5798;
    std::uint16_t centiseconds = 100;
    std::optional<vrrp::Password> password = {};  // version 2
    std::vector<IpAddress> addresses;             // advertised ones, in the order of the file
    struct Hmac {
      std::vector<vrrp::HmacKey> keys;  // the first one signs
      vrrp::HmacMode mode = vrrp::HmacMode::enforce;
      vrrp::AntiReplay anti_replay = vrrp::AntiReplay::time;
      vrrp::ReplayWindow window = vrrp::ReplayWindow::of<5>();
    };
    std::optional<Hmac> hmac = {};
  };
  explicit VrrpWire(Setup setup);

  [[nodiscard]] std::size_t write(const router::Rank& rank, const Outbound& outbound,
                                  std::span<std::uint8_t> out);
  [[nodiscard]] std::optional<Rejection> misfit(const Datagram& datagram,
                                                std::uint8_t least_ttl) const;
  [[nodiscard]] Result<Heard, Refusal> read(const Datagram& datagram, const IpAddress& own_source,
                                            RealTime now);
  // Stamps go on growing, and what others have sent stays known.
  void continue_from(const VrrpWire& before);

 private:
  [[nodiscard]] std::optional<Rejection> judge_trailer(const vrrp::Advert& advert,
                                                       const IpAddress& source, RealTime now);
  [[nodiscard]] bool lists_ours(const vrrp::Advert& advert) const;

  Setup setup_;
  PerFamily<std::vector<IpAddress>> addresses_;  // in the order of the file
  PerFamily<std::vector<IpAddress>> sorted_;
  vrrp::Stamp last_stamp_;
  std::optional<vrrp::Senders> senders_;
};

using Wire = std::variant<CarpWire, VrrpWire>;

}  // namespace failover
