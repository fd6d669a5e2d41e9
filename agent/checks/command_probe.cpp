#include "agent/checks/command_probe.hpp"

#include <optional>

#include "agent/checks/unit_command.hpp"
#include "protocol/limits.hpp"

namespace failover::checks {
namespace {

class CommandProbe final : public Probe {
 public:
  CommandProbe(Execute& execute, Command command)
      : execute_(execute), command_(std::move(command)) {}
  CommandProbe(const CommandProbe&) = delete;
  CommandProbe& operator=(const CommandProbe&) = delete;
  ~CommandProbe() override { end(); }

  void ask(Duration timeout, Done done) override {
    command_.timeout = timeout;
    running_ = execute_.run(command_, [this, timeout, done](const Outcome& outcome) {
      running_.reset();
      output_ = last_line(outcome.output);
      done(std::visit([&](const auto& how) { return judge(how, timeout); }, outcome.how));
    });
  }

  // The runner judges the timeout, and ends the command.
  Finding give_up(Duration) override {
    end();
    return {Verdict::none, "not judged: the runner does not answer"};
  }
  [[nodiscard]] Duration own_time() const override { return limits::check_own_time; }

 private:
  void end() {
    if (running_) execute_.cancel(*running_);
    running_.reset();
  }

  [[nodiscard]] Finding judge(const Exited& exited, Duration) const {
    return {exited.status == 0 ? Verdict::good : Verdict::bad,
            with_output("exited with " + std::to_string(exited.status))};
  }
  [[nodiscard]] Finding judge(const Signalled& signalled, Duration) const {
    return {Verdict::bad, with_output("killed by signal " + std::to_string(signalled.signal))};
  }
  [[nodiscard]] Finding judge(const TimedOut&, Duration timeout) const {
    Finding finding = no_answer(timeout);
    finding.detail = with_output(finding.detail);
    return finding;
  }
  [[nodiscard]] Finding judge(const NotStarted& not_started, Duration) const {
    return {Verdict::bad, "not started: " + last_line(not_started.why)};
  }
  [[nodiscard]] Finding judge(const Lost&, Duration) const {
    return {Verdict::none, "not judged: the runner is not there"};
  }

  [[nodiscard]] std::string with_output(const std::string& text) const {
    return output_.empty() ? text : text + ": " + output_;
  }

  Execute& execute_;
  Command command_;
  std::string output_;  // the last line of the last try's
  std::optional<Execute::Ticket> running_;
};

}  // namespace

std::unique_ptr<Probe> make_command_probe(Execute& execute, const config::CommandTrack& track) {
  return std::make_unique<CommandProbe>(execute,
                                        Command{.arguments = track.command, .user = track.user});
}

std::unique_ptr<Probe> make_unit_probe(Execute& execute, const config::UnitTrack& track) {
  return std::make_unique<CommandProbe>(
      execute, Command{.arguments = unit_status_command(service_manager(), track.unit)});
}

}  // namespace failover::checks
