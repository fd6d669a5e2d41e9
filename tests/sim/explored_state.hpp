#pragma once
// A moment of two or three nodes with everything that decides what can come next: the real state
// machines, who holds the addresses, what is under way. Copied for every step that is tried.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/router/router.hpp"

namespace failover::sim {

// Bugs that are put back on purpose, to see that the exploration finds them: each bends an event or
// an effect on its way.
enum class Bug : std::uint8_t {
  none,
  never_yields_on_tie,
  forgets_to_rearm,  // a backup does not take note of adverts that tell it nothing new
  releases_before_peer_spoke,
  ignores_priority_zero,  // VRRP: a backup does not take note of a farewell
  turns_tie,              // VRRP: the lesser address wins
};

// Who begins, and what is not as it should be from the beginning.
enum class Order : std::uint8_t { same, crossed };
struct Beginning {
  std::vector<router::Settings> settings;
  Order ipv6_addresses = Order::same;  // as the IPv4 ones, or the other way round
  unsigned without_ipv4 = 0;           // nodes that hear nothing over IPv4, as bits
};

// The longest that a message is under way. The hand-over rule counts on less than its 20 ms: with
// more, two that are active at once and are told to switch over can both let go before the farewell
// arrives.
inline constexpr Duration longest_delay = 10ms;

// One way to go on.
struct Choice {
  enum class Kind : std::uint8_t { deliver, lose, time, switchover, crash };
  Kind kind = Kind::time;
  std::uint8_t node = 0;  // whose deadline, command or crash; or who sent the message
  std::uint8_t to = 0;
  [[nodiscard]] std::string text() const;
};

class ExploredState {
 public:
  ExploredState(const Beginning& beginning, Bug bug);

  // All ways to go on, at most a handful.
  [[nodiscard]] std::vector<Choice> choices() const;
  void take(const Choice& choice);
  // Every message at once and in order, every deadline in time, nothing lost: for so long.
  void run_fairly(Duration time);

  // What is wrong; empty when nothing is.
  [[nodiscard]] const std::string& violation() const { return violation_; }
  // Says whether exactly one is active, holds the addresses alone, and is the right one.
  void check_settled();
  // The same for two states that can only go on in the same way, whenever they are.
  [[nodiscard]] std::uint64_t fingerprint() const;
  [[nodiscard]] std::string text() const;

 private:
  static constexpr std::size_t most = 3;
  struct Member {
    router::Router router;
    bool holds = false;
    bool leaving = false;  // its last word was a farewell
    bool lost_since_leaving = false;
    std::optional<Instant> claim_done{};
    Instant heard{};  // an advert that it follows
    std::optional<router::Rank> heard_rank{};
    std::optional<Instant> farewell_costs_until{};  // nobody else has been followed since
    std::optional<Instant> must_claim{};            // the same, if nothing was lost
    bool lost_tie = false;                          // an equal rank, from an address that wins
  };
  struct Message {
    std::uint8_t from = 0;
    std::uint8_t to = 0;
    std::optional<router::Rank> advert;  // nothing: an announcement
    Family family = Family::ipv4;
    Instant sent;
  };
  [[nodiscard]] std::optional<Instant> deadline(const Member& member) const;
  [[nodiscard]] std::optional<std::size_t> first_message(std::size_t from, std::size_t to) const;
  void reach_deadline(std::size_t node);
  void deliver(std::size_t at);
  void lose(std::size_t at);
  void crash(std::size_t node);
  void handle(std::size_t node, const router::Event& event);
  // Nothing when the bug swallows it.
  [[nodiscard]] std::optional<router::Event> bent(const Member& member,
                                                  const router::Event& event) const;
  [[nodiscard]] IpAddress source_of(std::size_t node, Family family) const;
  [[nodiscard]] router::Ready readiness_of(std::size_t node) const;
  void heard_advert(const Message& message);
  void heard_farewell(const Message& message);
  void carry_out(std::size_t node, const router::Effect& effect);
  void speak(std::size_t node, const std::optional<router::Rank>& advert);
  void send(std::size_t node, Family family, const std::optional<router::Rank>& advert);
  void release(std::size_t node);
  void check_reason(const Member& member, const router::Transition& transition);
  void check_farewells();
  void check_two_active();

  std::vector<Member> members_;
  std::vector<Message> under_way_;
  Instant now_{3600s};
  std::optional<Instant> two_active_since_;
  Bug bug_;
  Order ipv6_addresses_;
  unsigned without_ipv4_;
  std::uint8_t losses_left_ = 1;
  std::uint8_t commands_left_ = 1;
  std::uint8_t crashes_left_ = 1;
  std::string violation_;
};

}  // namespace failover::sim
