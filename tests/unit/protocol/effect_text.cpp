#include "tests/unit/protocol/effect_text.hpp"

namespace failover::tests {
namespace {

std::string text(const carp::Rank& rank) {
  std::string words = std::to_string(rank.advbase) + "/" + std::to_string(rank.advskew);
  if (rank.demote > 0) words += " demote " + std::to_string(rank.demote);
  return words;
}

std::string text(carp::Role role) {
  switch (role) {
    case carp::Role::initialize: return "initialize";
    case carp::Role::backup: return "backup";
    case carp::Role::active: return "active";
  }
  return "?";
}

std::string text(carp::Outcome outcome) {
  switch (outcome) {
    case carp::Outcome::done: return "done";
    case carp::Outcome::taken_back: return "taken-back";
    case carp::Outcome::not_active: return "not-active";
    case carp::Outcome::interrupted: return "interrupted";
  }
  return "?";
}

struct EffectText {
  std::string operator()(const carp::SendAdvert& effect) const {
    return "SendAdvert(" + text(effect.rank) + ")";
  }
  std::string operator()(const carp::ClaimAddresses&) const { return "ClaimAddresses"; }
  std::string operator()(const carp::ReleaseAddresses& effect) const {
    return effect.successor == carp::Successor::announced ? "ReleaseAddresses(announced)"
                                                          : "ReleaseAddresses(unknown)";
  }
  std::string operator()(const carp::Announce&) const { return "Announce"; }
  std::string operator()(const carp::Transition& effect) const {
    return "Transition(" + text(effect.from) + " -> " + text(effect.to) + ", " +
           std::string(name(effect.reason)) + ")";
  }
  std::string operator()(const carp::TwoActive& effect) const {
    return "TwoActive(" + effect.peer.text() + ")";
  }
  std::string operator()(const carp::OperationEnded& effect) const {
    return "OperationEnded(" + text(effect.outcome) + ")";
  }
  std::string operator()(const carp::Stopped&) const { return "Stopped"; }
};

struct EventText {
  std::string operator()(const carp::Ready&) const { return "Ready"; }
  std::string operator()(const carp::NotReady& event) const {
    return "NotReady(" + std::string(name(event.what)) + ")";
  }
  std::string operator()(const carp::AdvertHeard& event) const {
    return "AdvertHeard(" + text(event.rank) + " from " + event.source.text() + ")";
  }
  std::string operator()(const carp::AnnouncementHeard& event) const {
    return "AnnouncementHeard(" + std::to_string(event.address) + ")";
  }
  std::string operator()(const carp::Claimed&) const { return "Claimed"; }
  std::string operator()(const carp::ClaimRefused&) const { return "ClaimRefused"; }
  std::string operator()(const carp::Barred&) const { return "Barred"; }
  std::string operator()(const carp::Unbarred&) const { return "Unbarred"; }
  std::string operator()(const carp::AdvertSent&) const { return "AdvertSent"; }
  std::string operator()(const carp::AdvertNotSent&) const { return "AdvertNotSent"; }
  std::string operator()(const carp::Demote& event) const {
    return "Demote(" + std::to_string(event.cost) + ", " + std::to_string(event.count) + ")";
  }
  std::string operator()(const carp::SwitchOver&) const { return "SwitchOver"; }
  std::string operator()(const carp::Unyield&) const { return "Unyield"; }
  std::string operator()(const carp::AnnounceAgain&) const { return "AnnounceAgain"; }
  std::string operator()(const carp::Stop&) const { return "Stop"; }
  std::string operator()(const carp::StopNow&) const { return "StopNow"; }
  std::string operator()(const carp::Reconfigured&) const { return "Reconfigured"; }
  std::string operator()(const carp::Woken&) const { return "Woken"; }
  std::string operator()(const carp::DeadlineReached&) const { return "DeadlineReached"; }
};

}  // namespace

std::string text(const carp::Effect& effect) { return std::visit(EffectText{}, effect); }
std::string text(const carp::Event& event) { return std::visit(EventText{}, event); }
std::string text(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(duration).count()) +
         "us";
}

}  // namespace failover::tests
