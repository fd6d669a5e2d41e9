#include "agent/rehearsal/twins.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

namespace failover::rehearsal {
namespace {

using config::RouterSettings;
using Place = std::tuple<std::string_view, std::size_t, std::uint8_t>;
Place exactly(const RouterSettings& router) {
  return {router.interface, router.protocol.index(), router.id()};
}
Place anywhere(const RouterSettings& router) { return {{}, router.protocol.index(), router.id()}; }

using Routers = std::vector<const RouterSettings*>;
using Twins = std::vector<std::pair<const RouterSettings*, const RouterSettings*>>;

Routers routers_of(const config::Configuration& configuration) {
  Routers routers;
  for (const RouterSettings& router : configuration.routers) routers.push_back(&router);
  return routers;
}

std::map<Place, Routers> by(Place (*place)(const RouterSettings&), const Routers& routers) {
  std::map<Place, Routers> found;
  for (const RouterSettings* router : routers) found[place(*router)].push_back(router);
  return found;
}

// Takes out of both those that are alone at their place.
void take(Place (*place)(const RouterSettings&), Routers& ours, Routers& theirs, Twins& twins) {
  const auto our_places = by(place, ours);
  const auto their_places = by(place, theirs);
  const auto is_alone_in = [&](const auto& places, const RouterSettings* router) {
    const auto found = places.find(place(*router));
    return found != places.end() && found->second.size() == 1;
  };
  const auto is_taken = [&](const RouterSettings* router) {
    return is_alone_in(our_places, router) && is_alone_in(their_places, router);
  };
  for (const RouterSettings* router : ours)
    if (is_taken(router)) twins.emplace_back(router, their_places.at(place(*router)).front());
  std::erase_if(ours, is_taken);
  std::erase_if(theirs, is_taken);
}

}  // namespace

Twins twins_of(const config::Configuration& ours, const config::Configuration& theirs) {
  Routers our_rest = routers_of(ours);
  Routers their_rest = routers_of(theirs);
  Twins twins;
  take(exactly, our_rest, their_rest, twins);
  take(anywhere, our_rest, their_rest, twins);
  std::ranges::sort(twins, {}, [](const auto& twin) { return twin.first; });
  return twins;
}

}  // namespace failover::rehearsal
