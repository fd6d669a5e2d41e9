#pragma once
// The CARP state machine: one virtual router on one interface.
//
// CARP has no standard; what its three implementations do is a table of rows (state, event), and
// where they differ we take the row that lets two nodes settle with any of them:
//   * equal adverts are decided by address in ucarp's order, and yielding is always safe with a
//   BSD,
//     which yields too, because the one that yields listens a little longer;
//   * demotion is understood in both dialects, advskew 240 and OpenBSD's byte 4;
//   * a farewell (255/255) is taken over at once, by the "will time out anyway" row.
// Beyond the table stands the hand-over: who leaves says farewell and goes on answering until the
// peer has announced the addresses (lingering.hpp), or takes its role back when nobody claims.
//
// handle() is the only way in, deadline() the only way to learn when to come back. Pure: no clock,
// no randomness, no system call; heap only when it is made and when a hand-over begins.

#include <optional>
#include <variant>

#include "protocol/carp/events.hpp"
#include "protocol/carp/lingering.hpp"
#include "protocol/time.hpp"

namespace failover::carp {

// Whether the address `theirs` wins an equal advert against `ours`. ucarp compares the raw words of
// a little-endian machine, so an IPv4 address's last octet weighs most; lower wins. IPv6, which
// ucarp does not speak, is compared from the front. The same address never wins: then both yield
// and the next to time out stays.
[[nodiscard]] bool wins_tie(const IpAddress& theirs, const IpAddress& ours);

// Owned by the engine, or by a simulation; one thread at a time.
class Router {
 public:
  explicit Router(const Settings& settings) : settings_(settings) {}

  // Appends the effects, in the order in which they must happen. now: when it happened; for what
  // was captured before the process woke that may be earlier than the event before.
  void handle(const Event& event, Instant now, Effects& effects);

  // When DeadlineReached is due; nothing when only an event can change something.
  [[nodiscard]] std::optional<Instant> deadline() const;
  // How much earlier than deadline() it may be handled, so that adverts of several routers can
  // leave together: 1 % of the interval for an advert, else 0.
  [[nodiscard]] Duration slack() const;

  [[nodiscard]] Role role() const;
  [[nodiscard]] Reason reason() const { return reason_; }
  [[nodiscard]] WaitingFor waiting_for() const;
  // What our next advert says.
  [[nodiscard]] Rank rank() const;
  [[nodiscard]] bool yielded() const { return yielded_; }
  [[nodiscard]] bool demoted() const { return demotion_cost() > 0 || demotion_count_ > 0; }
  [[nodiscard]] unsigned demotion_cost() const;
  [[nodiscard]] const Settings& settings() const { return settings_; }

 private:
  struct Initialize {
    WaitingFor what = WaitingFor::nothing;
  };
  struct Backup {
    std::optional<Instant> active_is_dead;  // nothing while barred
    Instant listen_until{};                 // after a stall: no claim against a peer before
  };
  struct Active {
    Instant since;
    Instant next_advert;
    bool held = false;                        // the kernel has notified the addresses
    Instant announced{};                      // last
    std::optional<Instant> announce_soon{};   // 50 ms after the first announcement
    std::optional<Instant> announce_later{};  // 250 ms after it
    int adverts_until_announce = 0;           // 0: none is due
    bool listening = false;                   // after a stall: silent until next_advert
  };
  struct Leaving {
    Instant gives_up;
    Instant next_farewell;
  };
  using State = std::variant<Initialize, Backup, Active, Leaving>;

  void on(const Ready& event, Instant now, Effects& effects);
  void on(const NotReady& event, Instant now, Effects& effects);
  void on(const AdvertHeard& event, Instant now, Effects& effects);
  void on(const AnnouncementHeard& event, Instant now, Effects& effects);
  void on(const Claimed& event, Instant now, Effects& effects);
  void on(const ClaimRefused& event, Instant now, Effects& effects);
  void on(const Barred& event, Instant now, Effects& effects);
  void on(const Unbarred& event, Instant now, Effects& effects);
  void on(const AdvertSent& event, Instant now, Effects& effects);
  void on(const AdvertNotSent& event, Instant now, Effects& effects);
  void on(const Demote& event, Instant now, Effects& effects);
  void on(const SwitchOver& event, Instant now, Effects& effects);
  void on(const Unyield& event, Instant now, Effects& effects);
  void on(const AnnounceAgain& event, Instant now, Effects& effects);
  void on(const Stop& event, Instant now, Effects& effects);
  void on(const StopNow& event, Instant now, Effects& effects);
  void on(const Reconfigured& event, Instant now, Effects& effects);
  void on(const Woken& event, Instant now, Effects& effects);
  void on(const DeadlineReached& event, Instant now, Effects& effects);

  // election.cpp
  void heard_in_backup(Backup& backup, const AdvertHeard& advert, Instant now, Effects& effects);
  void heard_in_active(Active& active, const AdvertHeard& advert, Instant now, Effects& effects);
  void answer_worse(Active& active, Instant now, Effects& effects);
  void heard_while_leaving(const AdvertHeard& advert, Instant now, Effects& effects);
  [[nodiscard]] std::optional<Reason> takes_over_from(const Backup& backup, const Rank& peer,
                                                      Instant now) const;
  [[nodiscard]] std::optional<Reason> yields_to(const AdvertHeard& advert) const;
  void report_two_active(const Active& active, const AdvertHeard& advert, Reason verdict,
                         Instant now, Effects& effects) const;

  // router.cpp
  void become_backup(Reason reason, Instant now, Effects& effects);
  void become_active(Reason reason, Instant now, Effects& effects);
  void become_initialize(WaitingFor what, Reason reason, Effects& effects);
  void yield_to_peer(Reason reason, Instant now, Effects& effects);
  void send_advert(Active& active, Instant now, Effects& effects);
  void start_announcing(Active& active, Instant now, Effects& effects);
  void announce(Active& active, Instant now, Effects& effects);
  void announce_when_due(Active& active, Instant now, Effects& effects);
  void advertise_change(Instant now, Effects& effects);
  void transition(Role from, Reason reason, Effects& effects);
  [[nodiscard]] std::optional<Instant> dead_at(Instant heard) const;

  // handover.cpp
  void start_leaving(Instant now, Effects& effects);
  void nobody_claimed(Instant now, Effects& effects);
  void release_when_due(Instant now, Effects& effects);
  void let_go(Effects& effects);
  void end_operation(Outcome outcome, Effects& effects);

  Settings settings_;
  State state_ = Initialize{};
  Reason reason_ = Reason::starting;
  IpAddress source_;
  std::optional<Lingering> lingering_;     // addresses still answer though the role is gone
  std::optional<IpAddress> heard_active_;  // who advertised last, unless it has left
  std::optional<IpAddress> lost_active_;   // whose silence made us active
  std::optional<Reason> barred_;
  bool yielded_ = false;
  bool stopping_ = false;
  bool operation_ = false;  // a switchover is under way
  unsigned external_cost_ = 0;
  std::uint8_t demotion_count_ = 0;
  int send_errors_ = 0;
  int send_successes_ = 0;
  bool send_demoted_ = false;
};

}  // namespace failover::carp
