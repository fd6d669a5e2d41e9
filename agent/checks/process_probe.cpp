#include "agent/checks/process_probe.hpp"

#include <optional>

namespace failover::checks {
namespace {

std::string how_many(std::size_t found) {
  if (found == 0) return "no process";
  return std::to_string(found) + (found == 1 ? " process" : " processes");
}

class ProcessProbe final : public Probe {
 public:
  ProcessProbe(ProcessScan& scan, const config::ProcessTrack& track) : scan_(scan), track_(track) {}
  ProcessProbe(const ProcessProbe&) = delete;
  ProcessProbe& operator=(const ProcessProbe&) = delete;
  ~ProcessProbe() override { end(); }

  void ask(Duration, Done done) override {
    counting_ = scan_.count(track_.name, [this, done](const auto& counted) {
      counting_.reset();
      done(counted ? judge(*counted) : Finding{Verdict::none, counted.error()});
    });
  }

  // How long /proc takes is no property of the process.
  Finding give_up(Duration) override {
    end();
    return {Verdict::none, "not judged: the list of processes takes too long to read"};
  }
  [[nodiscard]] Duration own_time() const override { return limits::check_own_time; }

 private:
  void end() {
    if (counting_) scan_.cancel(*counting_);
    counting_.reset();
  }

  [[nodiscard]] Finding judge(std::size_t found) const {
    const bool enough = found >= track_.count;
    std::string detail = how_many(found) + " named " + track_.name;
    if (!enough && track_.count > 1) detail += ", not " + std::to_string(track_.count);
    return {enough ? Verdict::good : Verdict::bad, detail};
  }

  ProcessScan& scan_;
  config::ProcessTrack track_;
  std::optional<ProcessScan::Ticket> counting_;
};

}  // namespace

std::unique_ptr<Probe> make_process_probe(ProcessScan& scan, const config::ProcessTrack& track) {
  return std::make_unique<ProcessProbe>(scan, track);
}

}  // namespace failover::checks
