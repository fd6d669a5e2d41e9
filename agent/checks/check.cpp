#include "agent/checks/check.hpp"

#include "protocol/limits.hpp"

namespace failover::checks {
namespace {

using SteadyClock = boost::asio::steady_timer::clock_type;

}  // namespace

Check::Check(boost::asio::io_context& context, Rhythm rhythm, std::unique_ptr<Probe> probe)
    : rhythm_(rhythm), timer_(context), probe_(std::move(probe)) {}

void Check::start(Time first, Found found) {
  found_ = std::move(found);
  due_ = first;
  wait_for(due_, &Check::ask);
}

void Check::wait_for(Time time, void (Check::*then)()) {
  phase_.renew();
  timer_.expires_at(time);
  timer_.async_wait(phase_.guard([this, then](const boost::system::error_code& cancelled) {
    if (!cancelled) (this->*then)();
  }));
}

void Check::ask() {
  asked_ = SteadyClock::now();
  wait_for(asked_ + rhythm_.timeout + probe_->own_time(), &Check::overdue);
  probe_->ask(rhythm_.timeout, phase_.guard([this](const Finding& finding) { conclude(finding); }));
}

void Check::overdue() {
  const bool late = SteadyClock::now() - timer_.expiry() > limits::check_lateness;
  const Finding finding = probe_->give_up(rhythm_.timeout);
  if (!late) return conclude(finding);
  conclude({Verdict::none, "not judged: failoverd was held up itself"});
}

void Check::conclude(const Finding& finding) {
  const auto now = SteadyClock::now();
  due_ += rhythm_.interval;
  if (due_ < now) due_ += (now - due_) / rhythm_.interval * rhythm_.interval + rhythm_.interval;
  wait_for(due_, &Check::ask);
  found_(finding, now - asked_);
}

}  // namespace failover::checks
