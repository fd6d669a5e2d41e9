#include "agent/record/replay.hpp"

#include <istream>
#include <map>
#include <memory>
#include <sstream>

#include "agent/record/recorder.hpp"
#include "agent/record/words.hpp"
#include "protocol/router/router.hpp"

namespace failover::record {
namespace {

constexpr std::size_t differences_kept = 10;
constexpr std::string_view arrow = " => ";

std::string rest_of(std::istringstream& line) {
  std::string rest;
  std::getline(line >> std::ws, rest);
  return rest;
}

// A router never hears an advert of the other protocol, nor becomes one of it.
bool fits(const router::Event& event, const router::Election& election) {
  if (const auto* heard = std::get_if<router::AdvertHeard>(&event))
    return heard->rank.index() == election.index();
  if (const auto* changed = std::get_if<router::Reconfigured>(&event))
    return changed->settings.election.index() == election.index();
  return true;
}

// One recording on its way through the state machines.
class Run {
 public:
  // False when the line is none of a recording.
  [[nodiscard]] bool take(const std::string& text, std::size_t number) {
    std::istringstream line(text);
    std::string kind;
    line >> kind;
    if (kind == "router") return add_router(line);
    if (kind == "event") return handle(line, number);
    if (kind == "lost")
      return static_cast<bool>(line >> lost_now_) && (done.lost += lost_now_, true);
    return false;
  }

  Replayed done;

 private:
  bool add_router(std::istringstream& line) {
    RouterId id = 0;
    std::string name;
    line >> id >> name;
    const auto settings = settings_from(rest_of(line));
    if (!settings) return false;
    routers_.insert_or_assign(id, std::make_unique<router::Router>(*settings));
    ++done.routers;
    return true;
  }

  bool handle(std::istringstream& line, std::size_t number) {
    RouterId id = 0;
    Instant::rep at = 0;
    line >> id >> at;
    const std::string rest = rest_of(line);
    const auto middle = rest.find(arrow);
    const auto router = routers_.find(id);
    if (middle == std::string::npos || router == routers_.end()) return false;
    const auto event = event_from(std::string_view(rest).substr(0, middle));
    if (!event || !fits(*event, router->second->settings().election)) return false;
    router::Effects effects;
    router->second->handle(*event, Instant(Duration(at)), effects);
    ++done.events;
    const std::string recorded = rest.substr(middle + arrow.size());
    const std::string now = to_words(effects);
    if (recorded != now && done.differences.size() < differences_kept)
      done.differences.push_back({.line = number, .recorded = recorded, .now = now});
    return true;
  }

  std::map<RouterId, std::unique_ptr<router::Router>> routers_;
  std::uint64_t lost_now_ = 0;
};

}  // namespace

Result<Replayed, std::string> replay(std::istream& recording) {
  std::string text;
  if (!std::getline(recording, text) || text != first_line)
    return failure("line 1: not a recording; it begins with \"" + std::string(first_line) + "\"");
  Run run;
  for (std::size_t number = 2; std::getline(recording, text); ++number)
    if (!run.take(text, number))
      return failure("line " + std::to_string(number) + ": not understood: " + text.substr(0, 80));
  return std::move(run.done);
}

}  // namespace failover::record
