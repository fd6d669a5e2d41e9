#pragma once
// Checks: everything that the configured groups depend on and that is asked every interval, not
// told by the kernel.
//
// A finding is reported as it is, at each try: how many in a row make a track go up or down is the
// group's to count. What could not be found out, for a reason that is ours (no descriptor left, no
// runner, this thread held up), is not reported at all: no address moves because of it.

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/checks/make_check.hpp"
#include "agent/clock.hpp"
#include "agent/config/group_settings.hpp"

namespace failover::checks {

struct LastTry {
  Finding finding;
  RealTime at{};  // its end
  Duration took{};
  std::uint64_t tries = 0;       // since the check began
  std::uint64_t timeouts = 0;    // of them
  std::uint64_t not_judged = 0;  // likewise
};

// Control thread only. The context and `execute` outlive it.
class Checks {
 public:
  // Must not call apply().
  using Report =
      std::function<void(std::string_view group, group::TrackNumber track, group::Health health)>;

  Checks(boost::asio::io_context& context, Execute& execute, Report report);

  // From now on those of these groups. A check whose question and rhythm are the same goes on as if
  // nothing had happened; the first try of the others comes at once, or within
  // limits::check_start_spread and half an interval: not all in one moment.
  void apply(const std::vector<config::GroupSettings>& groups);

  // Nothing while the first try is under way, and where there is no such check.
  [[nodiscard]] std::optional<LastTry> last(std::string_view group, std::string_view track) const;

 private:
  struct Entry {
    std::string group;
    group::TrackNumber number = 0;
    config::TrackSettings settings;
    LastTry last = {};
    std::unique_ptr<Check> check = {};
  };
  using Name = std::pair<std::string, std::string>;  // group, track
  using Entries = std::map<Name, std::unique_ptr<Entry>>;

  [[nodiscard]] std::unique_ptr<Entry> kept(const Name& name, const config::TrackSettings& track);
  [[nodiscard]] std::unique_ptr<Entry> started(const Name& name,
                                               const config::TrackSettings& track);
  [[nodiscard]] Duration next_offset(const config::TrackSettings& track);
  void take(Entry& entry, const Finding& finding, Duration took);

  Report report_;
  Means means_;
  Check::Time applied_at_{};
  Duration offset_{};  // of the next that starts
  Entries entries_;
};

}  // namespace failover::checks
