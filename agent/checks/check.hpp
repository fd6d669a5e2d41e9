#pragma once
// Check: one thing asked again and again: at once, and then every interval.
//
// The rhythm is kept: how long a try takes does not move the next one. Tries never overlap; one
// that is still under way when the next is due takes its place. A try that is not answered within
// the timeout is ended and counts as bad, but not when this thread itself came late to see it: then
// the answer may have been there all the time, and nothing has been found out.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "agent/checks/lifetime.hpp"
#include "agent/checks/probe.hpp"

namespace failover::checks {

struct Rhythm {
  Duration interval;
  Duration timeout;  // never longer than the interval
};

// Control thread only. Ends with its owner.
class Check {
 public:
  using Time = boost::asio::steady_timer::clock_type::time_point;
  // Each try, with how long it took. Must not end the check.
  using Found = std::function<void(const Finding&, Duration)>;

  Check(boost::asio::io_context& context, Rhythm rhythm, std::unique_ptr<Probe> probe);

  // Once. first: of the tries. Those of checks with one instant and one interval stay together.
  void start(Time first, Found found);

 private:
  void wait_for(Time time, void (Check::*then)());
  void ask();
  void overdue();
  void conclude(const Finding& finding);

  Rhythm rhythm_;
  Found found_;
  boost::asio::steady_timer timer_;
  Time due_{};  // the try under way, or the next one
  Time asked_{};
  Lifetime phase_;
  std::unique_ptr<Probe> probe_;
};

}  // namespace failover::checks
