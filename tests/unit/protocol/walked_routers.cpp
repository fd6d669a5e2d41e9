#include "tests/unit/protocol/walked_routers.hpp"

#include "tests/unit/protocol/vrrp_scene.hpp"

namespace failover::tests {
namespace {

const IpAddress own6 = address("fe80::11");
const IpAddress peer6 = address("fe80::12");

// What happens to any router, whatever it speaks.
std::vector<router::Event> events_of(const router::Ready& ready,
                                     const router::Settings& reconfigured,
                                     const std::vector<router::AdvertHeard>& adverts) {
  std::vector<router::Event> all = {
      ready,
      router::Resume{.sources = ready.sources, .role = Role::active},
      router::Resume{.sources = ready.sources, .role = Role::active, .late = true},
      router::NotReady{WaitingFor::link},
      router::AnnouncementHeard{0},
      router::Claimed{},
      router::ClaimRefused{},
      router::Barred{},
      router::Unbarred{},
      router::AdvertSent{},
      router::AdvertNotSent{},
      router::Demote{{.cost = 50, .count = 1}},
      router::Demote{},
      router::SwitchOver{},
      router::SwitchOver{router::Unclaimed::let_go},
      router::ComeAlong{},
      router::GiveUp{Reason::preempted},
      router::GiveUp{Reason::contested, router::Unclaimed::take_back},
      router::Forbid{Reason::not_again},
      router::Allow{},
      router::MayPreempt{Preempt::off},
      router::Advertise{router::Advertised::best_rank},
      router::Advertise{router::Advertised::own_rank},
      router::Unyield{},
      router::AnnounceAgain{},
      router::Stop{},
      router::StopNow{},
      router::Reconfigured{reconfigured},
      router::Woken{},
      router::DeadlineReached{},
  };
  all.insert(all.end(), adverts.begin(), adverts.end());
  return all;
}

const router::Ready in_ipv4{{.ipv4 = own, .ipv6 = {}}};
const router::Ready in_both{{.ipv4 = own, .ipv6 = own6}};

router::Settings speaking_both(router::Settings settings) {
  settings.speaks = {.ipv4 = true, .ipv6 = true};
  return settings;
}

}  // namespace

WalkedRouter carp_in_ipv4() {
  return {.name = "CARP",
          .settings = settings(1, 100),
          .ready = in_ipv4,
          .better = better,
          .equal = equal,
          .worse = worse,
          .events = events_of(in_ipv4, settings(0, 50, Preempt::off),
                              {{better, loser},
                               {equal, winner},
                               {equal, loser},
                               {worse, loser},
                               {Rank{.advbase = 1, .advskew = 0, .demote = 3}, loser},
                               {Rank{.advbase = 9, .advskew = 0}, loser},
                               {carp::farewell_times, loser}})};
}

WalkedRouter vrrp_in_both() {
  return {.name = "VRRP, both families",
          .settings = speaking_both(v3(100)),
          .ready = in_both,
          .better = says(200),
          .equal = says(100),
          .worse = says(50),
          .events = events_of(in_both, speaking_both(v3(50, 20, Preempt::off)),
                              {{says(200), greater},
                               {says(200, 4095), peer6},
                               {says(100), greater},
                               {says(100), lesser},
                               {says(50), greater},
                               {says(50, 1), peer6},
                               {says(0), greater},
                               {says(0), peer6}})};
}

WalkedRouter carp_in_both() {
  return {.name = "CARP, both families",
          .settings = speaking_both(settings(1, 100)),
          .ready = in_both,
          .better = better,
          .equal = equal,
          .worse = worse,
          .events = events_of(in_both, settings(0, 50, Preempt::off),
                              {{better, loser},
                               {better, peer6},
                               {equal, peer6},
                               {worse, peer6},
                               {carp::farewell_times, loser},
                               {carp::farewell_times, peer6}})};
}

WalkedRouter vrrp_owner() {
  WalkedRouter walked = vrrp_in_both();
  walked.name = "VRRP, owner";
  walked.settings = speaking_both(v3(255));
  walked.better = walked.equal = says(255);
  walked.events.insert(walked.events.end(), {router::AdvertHeard{says(255), greater},
                                             router::AdvertHeard{says(255), lesser}});
  return walked;
}

}  // namespace failover::tests
