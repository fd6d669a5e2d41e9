#include "tests/unit/protocol/segment.hpp"

#include "tests/carp_settings.hpp"

#include <algorithm>
#include <array>

namespace failover::tests {
namespace {

constexpr Duration claim_time = 1ms;

class OurNode : public Node {
 public:
  OurNode(const router::Settings& settings, const IpAddress& source)
      : router_(settings), source_(source) {}

  void start(Instant now, const Speak& speak) override {
    happens(router::Ready{{.ipv4 = source_, .ipv6 = {}}}, now, speak);
  }
  void hear(const Word& word, const IpAddress& from, Instant now, const Speak& speak) override {
    if (word.advert)
      happens(router::AdvertHeard{.rank = *word.advert, .source = from}, now, speak);
    else
      happens(router::AnnouncementHeard{0}, now, speak);
  }
  void reach_deadline(Instant now, const Speak& speak) override {
    if (claimed_at_ && *claimed_at_ <= now) {
      claimed_at_.reset();
      happens(router::Claimed{}, now, speak);
    }
    if (router_.deadline() && *router_.deadline() <= now)
      happens(router::DeadlineReached{}, now, speak);
  }
  [[nodiscard]] std::optional<Instant> deadline() const override {
    const auto next = router_.deadline();
    if (!next || !claimed_at_) return next ? next : claimed_at_;
    return std::min(*next, *claimed_at_);
  }
  [[nodiscard]] bool is_active() const override { return router_.role() == router::Role::active; }
  [[nodiscard]] bool holds() const override { return holds_; }

 private:
  void happens(const router::Event& event, Instant now, const Speak& speak) {
    router::Effects effects;
    router_.handle(event, now, effects);
    for (const router::Effect& effect : effects) {
      if (const auto* send = std::get_if<router::SendAdvert>(&effect)) {
        speak({.advert = carp_of(send->rank)});
        happens(router::AdvertSent{}, now, speak);
      } else if (std::holds_alternative<router::Announce>(effect)) {
        speak({});
      } else if (std::holds_alternative<router::ClaimAddresses>(effect)) {
        holds_ = true;
        claimed_at_ = now + claim_time;
      } else if (std::holds_alternative<router::ReleaseAddresses>(effect)) {
        holds_ = false;
        claimed_at_.reset();
      }
    }
  }

  router::Router router_;
  IpAddress source_;
  std::optional<Instant> claimed_at_;
  bool holds_ = false;
};

// What the others' tables have in common.
class ModelNode : public Node {
 public:
  explicit ModelNode(const router::Settings& settings) : settings_(settings) {}

  void start(Instant now, const Speak&) override { deadline_ = now + settings_.dead_time(); }
  void reach_deadline(Instant now, const Speak& speak) override {
    if (active_) {
      advertise(now, speak);
    } else {
      become_active(now, speak);
    }
  }
  void hear(const Word& word, const IpAddress& from, Instant now, const Speak& speak) override {
    if (!word.advert || !deadline_) return;
    if (active_)
      heard_in_master(*word.advert, from, now, speak);
    else
      heard_in_backup(*word.advert, now, speak);
  }
  [[nodiscard]] std::optional<Instant> deadline() const override { return deadline_; }
  [[nodiscard]] bool is_active() const override { return active_; }
  [[nodiscard]] bool holds() const override { return active_; }

 protected:
  virtual void heard_in_master(const carp::Rank& peer, const IpAddress& from, Instant now,
                               const Speak& speak) = 0;

  [[nodiscard]] carp::Rank rank() const { return carp_rank(settings_); }
  void become_backup(Instant now) {
    active_ = false;
    deadline_ = now + settings_.dead_time();
  }

 private:
  void heard_in_backup(const carp::Rank& peer, Instant now, const Speak& speak) {
    const bool preempts = settings_.preempt == Preempt::on && peer.compared() > rank().compared();
    const bool times_out_anyway = settings_.dead_time() < peer.compared();
    if (preempts || times_out_anyway)
      become_active(now, speak);
    else
      deadline_ = now + settings_.dead_time();
  }
  void become_active(Instant now, const Speak& speak) {
    active_ = true;
    advertise(now, speak);
    speak({});
  }
  void advertise(Instant now, const Speak& speak) {
    speak({.advert = rank()});
    deadline_ = now + rank().interval();
  }

  router::Settings settings_;
  bool active_ = false;
  std::optional<Instant> deadline_;
};

class BsdNode : public ModelNode {
 public:
  using ModelNode::ModelNode;

 private:
  void heard_in_master(const carp::Rank& peer, const IpAddress&, Instant now,
                       const Speak&) override {
    if (peer.compared() <= rank().compared()) become_backup(now);
  }
};

class UcarpNode : public ModelNode {
 public:
  UcarpNode(const router::Settings& settings, const IpAddress& source)
      : ModelNode(settings), source_(source) {}

 private:
  // The addresses as raw words of a little-endian machine.
  [[nodiscard]] static std::uint32_t word(const IpAddress& address) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i > 0; --i) value = value << 8 | address.bytes()[i - 1];
    return value;
  }
  void heard_in_master(const carp::Rank& peer, const IpAddress& from, Instant now,
                       const Speak& speak) override {
    const bool tie = peer.compared() == rank().compared();
    const bool better = peer.compared() < rank().compared();
    if (better || (tie && word(from) < word(source_))) {
      if (better) speak({.advert = rank()});
      become_backup(now);
    } else {
      speak({});
    }
  }

  IpAddress source_;
};

}  // namespace

std::unique_ptr<Node> our_node(const router::Settings& settings, const IpAddress& source) {
  return std::make_unique<OurNode>(settings, source);
}
std::unique_ptr<Node> bsd_node(const router::Settings& settings) {
  return std::make_unique<BsdNode>(settings);
}
std::unique_ptr<Node> ucarp_node(const router::Settings& settings, const IpAddress& source) {
  return std::make_unique<UcarpNode>(settings, source);
}

Segment::Segment(Side left, Side right, Delay delay)
    : sides_{std::move(left), std::move(right)}, delay_(std::move(delay)) {}

std::optional<Instant> Segment::next() const {
  std::optional<Instant> soonest;
  const auto consider = [&](std::optional<Instant> candidate) {
    if (candidate && (!soonest || *candidate < *soonest)) soonest = candidate;
  };
  for (std::size_t side = 0; side < 2; ++side) {
    if (!started_[side]) consider(sides_[side].starts);
    if (!towards_[side].empty()) consider(towards_[side].front().arrives);
    consider(sides_[side].node->deadline());
  }
  return soonest;
}

void Segment::run_until(Instant end) {
  for (auto now = next(); now && *now <= end; now = next()) {
    step(0, *now);
    step(1, *now);
  }
}

// As an engine does: what has arrived is read before deadlines are judged.
void Segment::step(std::size_t side, Instant now) {
  Node& node = *sides_[side].node;
  if (!started_[side] && sides_[side].starts <= now) {
    started_[side] = true;
    act(side, now, [&](const Speak& speak) { node.start(now, speak); });
  }
  while (!towards_[side].empty() && towards_[side].front().arrives <= now) {
    const Word word = towards_[side].front().word;
    towards_[side].pop_front();
    act(side, now,
        [&](const Speak& speak) { node.hear(word, sides_[1 - side].source, now, speak); });
  }
  if (node.deadline() && *node.deadline() <= now)
    act(side, now, [&](const Speak& speak) { node.reach_deadline(now, speak); });
}

void Segment::act(std::size_t side, Instant now, const std::function<void(const Speak&)>& action) {
  const bool was_active = sides_[side].node->is_active();
  action([&](const Word& word) {
    if (now < healed_) return;
    auto& queue = towards_[1 - side];
    Instant arrives = now + delay_(side == 0 ? From::left : From::right, words_++);
    if (!queue.empty()) arrives = std::max(arrives, queue.back().arrives);
    queue.push_back({arrives, word});
  });
  if (sides_[side].node->is_active() != was_active) ++changes_;
}

}  // namespace failover::tests
