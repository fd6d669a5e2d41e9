#include "tests/unit/protocol/lan.hpp"

#include <algorithm>

namespace failover::tests::lan {
namespace {

constexpr Duration claim_time = 1ms;

void earliest(std::optional<Instant>& soonest, std::optional<Instant> candidate) {
  if (candidate && (!soonest || *candidate < *soonest)) soonest = candidate;
}

class OurNode : public Node {
 public:
  OurNode(const router::Settings& settings, const Sources& sources)
      : router_(settings), sources_(sources) {}

  void start(Instant now, const Speak& speak) override {
    happens(router::Ready{sources_}, now, speak);
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
    auto soonest = router_.deadline();
    earliest(soonest, claimed_at_);
    return soonest;
  }
  [[nodiscard]] bool is_active() const override { return router_.role() == router::Role::active; }
  [[nodiscard]] bool holds() const override { return holds_; }

 private:
  void happens(const router::Event& event, Instant now, const Speak& speak) {
    router::Effects effects;
    router_.handle(event, now, effects);
    for (const router::Effect& effect : effects) {
      if (const auto* send = std::get_if<router::SendAdvert>(&effect)) {
        for (const Family family : families)
          if (sources_[family]) speak({.advert = send->rank, .family = family});
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
  Sources sources_;
  std::optional<Instant> claimed_at_;
  bool holds_ = false;
};

// RFC 5798 6.4, which both daemons are made from.
class VrrpModel : public Node {
 public:
  VrrpModel(const router::Settings& settings, const IpAddress& source)
      : election_(std::get<vrrp::Election>(settings.election)),
        preempt_(settings.preempt),
        source_(source) {}

  void start(Instant now, const Speak& speak) override {
    if (election_.is_owner())
      become_active(now, speak);
    else
      wait(now);
  }
  void reach_deadline(Instant now, const Speak& speak) override {
    if (active_)
      advertise(now, speak);
    else
      become_active(now, speak);
  }
  void hear(const Word& word, const IpAddress& from, Instant now, const Speak& speak) override {
    if (!word.advert || !deadline_) return;
    const auto& peer = std::get<vrrp::Rank>(*word.advert);
    if (active_)
      heard_while_active(peer, from, now, speak);
    else
      heard_in_backup(peer, now);
  }
  [[nodiscard]] std::optional<Instant> deadline() const override { return deadline_; }
  [[nodiscard]] bool is_active() const override { return active_; }
  [[nodiscard]] bool holds() const override { return active_; }

 protected:
  // (256 - priority)/256 of it, as exactly as the daemon reckons.
  [[nodiscard]] virtual Duration skew_of(Duration whole) const = 0;
  virtual void hears_a_loser(Instant now, const Speak& speak) = 0;

  [[nodiscard]] int priority() const { return election_.priority.value(); }
  void advertise(Instant now, const Speak& speak) {
    speak({.advert = election_.rank({}), .family = source_.family()});
    deadline_ = now + own_interval();
  }

 private:
  [[nodiscard]] Duration own_interval() const { return election_.rank({}).interval(); }
  [[nodiscard]] Duration skew() const {
    return skew_of(election_.version == vrrp::Version::v2 ? Duration(1s) : learned_);
  }
  void wait(Instant now) { deadline_ = now + 3 * learned_ + skew(); }
  void become_active(Instant now, const Speak& speak) {
    active_ = true;
    learned_ = own_interval();
    advertise(now, speak);
    speak({});
  }
  void follow(const vrrp::Rank& peer, Instant now) {
    active_ = false;
    learned_ = peer.interval();
    wait(now);
  }
  void heard_in_backup(const vrrp::Rank& peer, Instant now) {
    if (peer.is_farewell())
      deadline_ = now + skew();
    else if (preempt_ == Preempt::off || peer.priority >= priority())
      follow(peer, now);
  }
  void heard_while_active(const vrrp::Rank& peer, const IpAddress& from, Instant now,
                          const Speak& speak) {
    if (peer.is_farewell())
      advertise(now, speak);
    else if (peer.priority > priority() || (peer.priority == priority() && from > source_))
      follow(peer, now);
    else
      hears_a_loser(now, speak);
  }

  vrrp::Election election_;
  Preempt preempt_;
  IpAddress source_;
  Duration learned_ = own_interval();
  bool active_ = false;
  std::optional<Instant> deadline_;
};

class KeepalivedNode : public VrrpModel {
 public:
  using VrrpModel::VrrpModel;

 private:
  [[nodiscard]] Duration skew_of(Duration whole) const override {
    return (256 - priority()) * (whole / 1us) / 256 * Duration(1us);
  }
  void hears_a_loser(Instant now, const Speak& speak) override {
    advertise(now, speak);
    speak({});
  }
};

class FrrNode : public VrrpModel {
 public:
  using VrrpModel::VrrpModel;

 private:
  [[nodiscard]] Duration skew_of(Duration whole) const override {
    return (256 - priority()) * (whole / 10ms) / 256 * Duration(10ms);
  }
  void hears_a_loser(Instant, const Speak&) override {}
};

}  // namespace

std::unique_ptr<Node> our_node(router::Settings settings, const Sources& sources) {
  settings.speaks = {.ipv4 = sources.ipv4.has_value(), .ipv6 = sources.ipv6.has_value()};
  return std::make_unique<OurNode>(settings, sources);
}
std::unique_ptr<Node> keepalived_node(const router::Settings& settings, const IpAddress& source) {
  return std::make_unique<KeepalivedNode>(settings, source);
}
std::unique_ptr<Node> frr_node(const router::Settings& settings, const IpAddress& source) {
  return std::make_unique<FrrNode>(settings, source);
}

Lan::Lan(std::vector<Place> places, Delay delay)
    : places_(std::move(places)),
      started_(places_.size()),
      ways_(places_.size() * places_.size()),
      delay_(std::move(delay)) {}

std::optional<Instant> Lan::next() const {
  std::optional<Instant> soonest;
  for (const auto& way : ways_)
    if (!way.empty()) earliest(soonest, way.front().arrives);
  for (std::size_t number = 0; number < places_.size(); ++number) {
    if (!started_[number]) earliest(soonest, places_[number].starts);
    earliest(soonest, places_[number].node->deadline());
  }
  return soonest;
}

void Lan::run_until(Instant end) {
  for (auto now = next(); now && *now <= end; now = next())
    for (std::size_t number = 0; number < places_.size(); ++number) step(number, *now);
}

// As an engine does: what has arrived is read before deadlines are judged.
void Lan::step(std::size_t number, Instant now) {
  Node& node = *places_[number].node;
  if (!started_[number] && places_[number].starts <= now) {
    started_[number] = true;
    act(number, now, [&](const Speak& speak) { node.start(now, speak); });
  }
  for (std::size_t from = 0; from < places_.size(); ++from) {
    auto& way = between(from, number);
    while (!way.empty() && way.front().arrives <= now) {
      const Word word = way.front().word;
      way.pop_front();
      const IpAddress source = places_[from].sources[word.family].value_or(IpAddress{});
      act(number, now, [&](const Speak& speak) { node.hear(word, source, now, speak); });
    }
  }
  if (node.deadline() && *node.deadline() <= now)
    act(number, now, [&](const Speak& speak) { node.reach_deadline(now, speak); });
}

void Lan::act(std::size_t number, Instant now, const std::function<void(const Speak&)>& action) {
  const Node& node = *places_[number].node;
  const bool was_active = node.is_active();
  action([&](const Word& word) { send(number, word, now); });
  if (node.is_active() != was_active) ++changes_;
}

void Lan::send(std::size_t from, const Word& word, Instant now) {
  for (std::size_t to = 0; to < places_.size(); ++to) {
    if (to == from) continue;
    const auto delay =
        delay_({.from = from, .to = to, .family = word.family, .said = now, .number = words_});
    if (!delay) continue;
    ++words_;
    auto& way = between(from, to);
    Instant arrives = now + *delay;
    if (!way.empty()) arrives = std::max(arrives, way.back().arrives);
    way.push_back({arrives, word});
  }
}

}  // namespace failover::tests::lan
