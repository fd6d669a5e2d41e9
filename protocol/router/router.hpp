#pragma once
// The state machine: one virtual router on one interface, of either protocol, with addresses of one
// family or of both.
//
// Who is active is the protocol's own matter (carp/election.hpp, vrrp/election.hpp). What both
// share is here: listening and claiming, announcing, errors, and the hand-over. Who leaves says
// farewell and goes on answering until the peer has announced the addresses (lingering.hpp), or
// takes its role back when nobody claims.
//
// A router with both families moves as one. It sends adverts in both, claims when the active has
// been silent in every family in which it was heard, and yields to a better one in any. Either
// timer alone, as the BSDs have it, would flap for ever between two nodes of which one is deaf in
// one family.
//
// handle() is the only way in, deadline() the only way to learn when to come back. Pure: no clock,
// no randomness, no system call; heap only when it is made and when a hand-over begins.

#include <optional>
#include <variant>

#include "protocol/router/events.hpp"
#include "protocol/router/lingering.hpp"
#include "protocol/time.hpp"

namespace failover::router {

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
  // Farewell is said, and nobody has claimed yet.
  [[nodiscard]] bool leaving() const { return std::holds_alternative<Leaving>(state_); }
  // Somebody else's address is in the way.
  [[nodiscard]] bool barred() const { return barred_.has_value(); }
  [[nodiscard]] bool demoted() const { return demotion() != Demotion{}; }
  // By what it depends on, and by send errors.
  [[nodiscard]] Demotion demotion() const;
  [[nodiscard]] const Settings& settings() const { return settings_; }

 private:
  struct Initialize {
    WaitingFor what = WaitingFor::nothing;
  };
  struct Backup {
    std::optional<Instant> active_is_dead;          // nothing while barred
    Instant listen_until{};                         // after a stall: no claim against a peer before
    PerFamily<std::optional<Instant>> silent_at{};  // in each family in which it was heard
    Instant listened_out{};                         // when it would have been dead, never heard
    Reason cause = Reason::no_response;             // of the claim, should it come to that
    bool half_deaf = false;                         // it is heard in one of two families only
  };
  struct Active {
    Instant since;
    Instant next_advert;
    Instant advertised{};     // last
    Instant heard_in_ipv4{};  // somebody else who is active
    Instant rival_since{};    // an equal one that should yield, by IPv6
    Instant rival_heard{};
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
    Unclaimed unclaimed = Unclaimed::take_back;
    Reason reason = Reason::op;
  };
  using State = std::variant<Initialize, Backup, Active, Leaving>;

  void on(const Ready& event, Instant now, Effects& effects);
  void on(const Resume& event, Instant now, Effects& effects);
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
  void on(const ComeAlong& event, Instant now, Effects& effects);
  void on(const GiveUp& event, Instant now, Effects& effects);
  void on(const Forbid& event, Instant now, Effects& effects);
  void on(const Allow& event, Instant now, Effects& effects);
  void on(const MayPreempt& event, Instant now, Effects& effects);
  void on(const Advertise& event, Instant now, Effects& effects);
  void on(const Woken& event, Instant now, Effects& effects);
  void on(const DeadlineReached& event, Instant now, Effects& effects);

  // hearing.cpp
  void heard_in_backup(Backup& backup, const AdvertHeard& advert, Instant now, Effects& effects);
  void heard_in_active(Active& active, const AdvertHeard& advert, Instant now, Effects& effects);
  [[nodiscard]] bool insists(Active& active, const AdvertHeard& advert, const IpAddress& ours,
                             Instant now) const;
  [[nodiscard]] bool decides_ties(const Active& active, Family family, Instant now) const;
  void answer(Active& active, ActiveVerdict::Answer answer, Instant now, Effects& effects);
  void announce_again(Active& active, Instant now, Effects& effects);
  void port_moved(Family family, Instant now);
  void heard_while_leaving(const AdvertHeard& advert, Instant now, Effects& effects);
  [[nodiscard]] Wish wish() const;
  void follow(const AdvertHeard& advert, Instant now);
  void wait_for_silence(Backup& backup, Family family, Instant silent_at);
  void notice_deafness(Backup& backup, Family family, Instant now, Effects& effects);
  void report_two_active(const Active& active, const AdvertHeard& advert, Reason verdict,
                         Instant now, Effects& effects) const;

  // router.cpp
  void become_backup(Reason reason, Instant now, Effects& effects);
  void become_active(Reason reason, Instant now, Effects& effects);
  void become_initialize(WaitingFor what, Reason reason, Effects& effects);
  void yield_to_peer(Reason reason, const AdvertHeard& advert, Instant now, Effects& effects);
  void send_advert(Active& active, Instant now, Effects& effects);
  void start_announcing(Active& active, Instant now, Effects& effects);
  void announce(Active& active, Instant now, Effects& effects);
  void announce_when_due(Active& active, Instant now, Effects& effects);
  void advertise_change(Instant now, Effects& effects);
  void shift_silence(Duration later);
  void transition(Role from, Reason reason, Effects& effects);
  [[nodiscard]] Duration dead_time() const;
  [[nodiscard]] bool may_claim() const { return !barred_ && !forbidden_; }
  // Why a backup does not claim, or what it does otherwise.
  [[nodiscard]] Reason reason_to_wait(Reason otherwise) const {
    return barred_.value_or(forbidden_.value_or(otherwise));
  }

  // handover.cpp
  void start_leaving(Unclaimed unclaimed, Reason reason, Instant now, Effects& effects);
  void stay(Reason reason, Instant now, Effects& effects);
  void nobody_claimed(Instant now, Effects& effects);
  void release_when_due(Instant now, Effects& effects);
  void let_go(Effects& effects);
  void end_operation(Outcome outcome, Effects& effects);

  Settings settings_;
  State state_ = Initialize{};
  Reason reason_ = Reason::starting;
  PerFamily<std::optional<IpAddress>> sources_;
  std::optional<Rank> followed_;           // what the active says that we listen to
  std::optional<Lingering> lingering_;     // addresses still answer though the role is gone
  std::optional<IpAddress> heard_active_;  // who advertised last, unless it has left
  std::optional<IpAddress> lost_active_;   // whose silence made us active
  std::optional<Reason> barred_;
  std::optional<Reason> forbidden_;  // by the group
  Preempt may_preempt_ = Preempt::on;
  Advertised advertised_ = Advertised::own_rank;
  std::optional<Instant> best_until_;  // who came along advertises the best rank at first
  bool yielded_ = false;
  bool stopping_ = false;
  bool operation_ = false;  // a switchover is under way
  Demotion demotion_;       // by what the router depends on
  int send_errors_ = 0;
  int send_successes_ = 0;
  bool send_demoted_ = false;
};

}  // namespace failover::router
