#include "agent/checks/icmp_probe.hpp"

#include <optional>

namespace failover::checks {
namespace {

class IcmpProbe final : public Probe {
 public:
  IcmpProbe(EchoSocket& socket, IpAddress address) : socket_(socket), address_(address) {}
  IcmpProbe(const IcmpProbe&) = delete;
  IcmpProbe& operator=(const IcmpProbe&) = delete;
  ~IcmpProbe() override { end(); }

  void ask(Duration, Done done) override {
    const auto sent = socket_.ask(address_, [this, done] {
      under_way_.reset();
      done({Verdict::good, "answered"});
    });
    if (!sent) return done(refusal(sent.error()));
    under_way_ = *sent;
  }

  Finding give_up(Duration timeout) override {
    end();
    return no_answer(timeout);
  }

 private:
  void end() {
    if (under_way_) socket_.forget(*under_way_);
    under_way_.reset();
  }

  EchoSocket& socket_;
  IpAddress address_;
  std::optional<EchoSocket::Sequence> under_way_;
};

}  // namespace

std::unique_ptr<Probe> make_icmp_probe(EchoSocket& socket, const config::IcmpTrack& track) {
  return std::make_unique<IcmpProbe>(socket, track.address);
}

}  // namespace failover::checks
