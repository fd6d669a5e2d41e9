#pragma once
// A moment of two or three nodes with everything that decides what can come next: the real state
// machines, who holds the addresses, what is under way. Copied for every step that is tried.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/carp/router.hpp"

namespace failover::sim {

// Bugs that are put back on purpose, to see that the exploration finds them: each bends an event or
// an effect on its way.
enum class Bug : std::uint8_t {
  none,
  never_yields_on_tie,
  forgets_to_rearm,  // a backup does not take note of adverts that tell it nothing new
  releases_before_peer_spoke,
};

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
  ExploredState(const std::vector<carp::Settings>& settings, Bug bug);

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
    carp::Router router;
    bool holds = false;
    bool leaving = false;  // its last word was a farewell
    bool lost_since_leaving = false;
    std::optional<Instant> claim_done{};
    Instant heard{};  // an advert that is no farewell
  };
  struct Message {
    std::uint8_t from = 0;
    std::uint8_t to = 0;
    std::optional<carp::Rank> advert;  // nothing: an announcement
    Instant sent;
  };
  [[nodiscard]] std::optional<Instant> deadline(const Member& member) const;
  [[nodiscard]] std::optional<std::size_t> first_message(std::size_t from, std::size_t to) const;
  void reach_deadline(std::size_t node);
  void deliver(std::size_t at);
  void lose(std::size_t at);
  void crash(std::size_t node);
  void handle(std::size_t node, const carp::Event& event);
  [[nodiscard]] bool is_bent(const Member& member, const carp::Event& event) const;
  void carry_out(std::size_t node, const carp::Effect& effect);
  void speak(std::size_t node, std::optional<carp::Rank> advert);
  void release(std::size_t node);
  void check_reason(const Member& member, const carp::Transition& transition);
  void check_two_active();

  std::vector<Member> members_;
  std::vector<Message> under_way_;
  Instant now_{3600s};
  std::optional<Instant> two_active_since_;
  Bug bug_;
  std::uint8_t losses_left_ = 1;
  std::uint8_t commands_left_ = 1;
  std::uint8_t crashes_left_ = 1;
  std::string violation_;
};

}  // namespace failover::sim
