// FreeBSD's and ucarp's columns of CARP.md 3.2, over IPv4.

#include "tests/carp_settings.hpp"
#include "tests/unit/protocol/lan.hpp"

namespace failover::tests::lan {
namespace {

// What the others' tables have in common.
class CarpModel : public Node {
 public:
  explicit CarpModel(const router::Settings& settings) : settings_(settings) {}

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
      heard_in_master(carp_of(*word.advert), from, now, speak);
    else
      heard_in_backup(carp_of(*word.advert), now, speak);
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

class BsdNode : public CarpModel {
 public:
  using CarpModel::CarpModel;

 private:
  void heard_in_master(const carp::Rank& peer, const IpAddress&, Instant now,
                       const Speak&) override {
    if (peer.compared() <= rank().compared()) become_backup(now);
  }
};

class UcarpNode : public CarpModel {
 public:
  UcarpNode(const router::Settings& settings, const IpAddress& source)
      : CarpModel(settings), source_(source) {}

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

std::unique_ptr<Node> bsd_node(const router::Settings& settings) {
  return std::make_unique<BsdNode>(settings);
}
std::unique_ptr<Node> ucarp_node(const router::Settings& settings, const IpAddress& source) {
  return std::make_unique<UcarpNode>(settings, source);
}

}  // namespace failover::tests::lan
