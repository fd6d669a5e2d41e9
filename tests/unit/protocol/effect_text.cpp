#include "tests/unit/protocol/effect_text.hpp"

namespace failover::tests {
namespace {

std::string text(const carp::Rank& rank) {
  std::string words = std::to_string(rank.advbase) + "/" + std::to_string(rank.advskew);
  if (rank.demote > 0) words += " demote " + std::to_string(rank.demote);
  return words;
}

std::string text(const vrrp::Rank& rank) {
  return "priority " + std::to_string(rank.priority) + " every " +
         std::to_string(rank.centiseconds) + " cs";
}

std::string text(const router::Rank& rank) {
  return std::visit([](const auto& content) { return text(content); }, rank);
}

std::string text(router::Role role) {
  switch (role) {
    case router::Role::initialize: return "initialize";
    case router::Role::backup: return "backup";
    case router::Role::active: return "active";
  }
  return "?";
}

std::string text(router::Outcome outcome) {
  switch (outcome) {
    case router::Outcome::done: return "done";
    case router::Outcome::taken_back: return "taken-back";
    case router::Outcome::not_active: return "not-active";
    case router::Outcome::interrupted: return "interrupted";
  }
  return "?";
}

struct EffectText {
  std::string operator()(const router::SendAdvert& effect) const {
    return "SendAdvert(" + text(effect.rank) + ")";
  }
  std::string operator()(const router::ClaimAddresses&) const { return "ClaimAddresses"; }
  std::string operator()(const router::ReleaseAddresses& effect) const {
    return effect.successor == router::Successor::announced ? "ReleaseAddresses(announced)"
                                                            : "ReleaseAddresses(unknown)";
  }
  std::string operator()(const router::Announce&) const { return "Announce"; }
  std::string operator()(const router::Transition& effect) const {
    return "Transition(" + text(effect.from) + " -> " + text(effect.to) + ", " +
           std::string(name(effect.reason)) + ")";
  }
  std::string operator()(const router::TwoActive& effect) const {
    return "TwoActive(" + effect.peer.text() + ")";
  }
  std::string operator()(const router::OperationEnded& effect) const {
    return "OperationEnded(" + text(effect.outcome) + ")";
  }
  std::string operator()(const router::Stopped&) const { return "Stopped"; }
};

struct EventText {
  std::string operator()(const router::Ready&) const { return "Ready"; }
  std::string operator()(const router::Resume& event) const {
    return event.late ? "Resume(late)" : "Resume";
  }
  std::string operator()(const router::NotReady& event) const {
    return "NotReady(" + std::string(name(event.what)) + ")";
  }
  std::string operator()(const router::AdvertHeard& event) const {
    return "AdvertHeard(" + text(event.rank) + " from " + event.source.text() + ")";
  }
  std::string operator()(const router::AnnouncementHeard& event) const {
    return "AnnouncementHeard(" + std::to_string(event.address) + ")";
  }
  std::string operator()(const router::Claimed&) const { return "Claimed"; }
  std::string operator()(const router::ClaimRefused&) const { return "ClaimRefused"; }
  std::string operator()(const router::Barred&) const { return "Barred"; }
  std::string operator()(const router::Unbarred&) const { return "Unbarred"; }
  std::string operator()(const router::AdvertSent&) const { return "AdvertSent"; }
  std::string operator()(const router::AdvertNotSent&) const { return "AdvertNotSent"; }
  std::string operator()(const router::Demote& event) const {
    return "Demote(" + std::to_string(event.by.cost) + ", " + std::to_string(event.by.count) + ")";
  }
  std::string operator()(const router::SwitchOver&) const { return "SwitchOver"; }
  std::string operator()(const router::Unyield&) const { return "Unyield"; }
  std::string operator()(const router::AnnounceAgain&) const { return "AnnounceAgain"; }
  std::string operator()(const router::Stop&) const { return "Stop"; }
  std::string operator()(const router::StopNow&) const { return "StopNow"; }
  std::string operator()(const router::Reconfigured&) const { return "Reconfigured"; }
  std::string operator()(const router::ComeAlong&) const { return "ComeAlong"; }
  std::string operator()(const router::GiveUp& event) const {
    const bool taken_back = event.unclaimed == router::Unclaimed::take_back;
    return "GiveUp(" + std::string(name(event.reason)) + (taken_back ? ", or not)" : ")");
  }
  std::string operator()(const router::Forbid& event) const {
    return "Forbid(" + std::string(name(event.reason)) + ")";
  }
  std::string operator()(const router::Allow&) const { return "Allow"; }
  std::string operator()(const router::MayPreempt& event) const {
    return event.preempt == Preempt::on ? "MayPreempt(on)" : "MayPreempt(off)";
  }
  std::string operator()(const router::Advertise& event) const {
    return event.what == router::Advertised::best_rank ? "Advertise(best)" : "Advertise(own)";
  }
  std::string operator()(const router::Woken&) const { return "Woken"; }
  std::string operator()(const router::DeadlineReached&) const { return "DeadlineReached"; }
};

}  // namespace

std::string text(const router::Effect& effect) { return std::visit(EffectText{}, effect); }
std::string text(const router::Event& event) { return std::visit(EventText{}, event); }
std::string text(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(duration).count()) +
         "us";
}

}  // namespace failover::tests
