#include "agent/record/words.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

namespace failover::record {
namespace {

// --- Writing ---

int number(auto enumerator) { return static_cast<int>(enumerator); }

std::string rank_words(const carp::Rank& rank) {
  return fmt::format("{} {} {}", rank.advbase, rank.advskew, rank.demote);
}

struct EventWords {
  std::string operator()(const carp::Ready& event) const { return "Ready " + event.source.text(); }
  std::string operator()(const carp::NotReady& event) const {
    return fmt::format("NotReady {}", number(event.what));
  }
  std::string operator()(const carp::AdvertHeard& event) const {
    return fmt::format("AdvertHeard {} {}", rank_words(event.rank), event.source.text());
  }
  std::string operator()(const carp::AnnouncementHeard& event) const {
    return fmt::format("AnnouncementHeard {}", event.address);
  }
  std::string operator()(const carp::Claimed&) const { return "Claimed"; }
  std::string operator()(const carp::ClaimRefused&) const { return "ClaimRefused"; }
  std::string operator()(const carp::Barred&) const { return "Barred"; }
  std::string operator()(const carp::Unbarred&) const { return "Unbarred"; }
  std::string operator()(const carp::AdvertSent&) const { return "AdvertSent"; }
  std::string operator()(const carp::AdvertNotSent&) const { return "AdvertNotSent"; }
  std::string operator()(const carp::Demote& event) const {
    return fmt::format("Demote {} {}", event.cost, event.count);
  }
  std::string operator()(const carp::SwitchOver&) const { return "SwitchOver"; }
  std::string operator()(const carp::Unyield&) const { return "Unyield"; }
  std::string operator()(const carp::AnnounceAgain&) const { return "AnnounceAgain"; }
  std::string operator()(const carp::Stop&) const { return "Stop"; }
  std::string operator()(const carp::StopNow&) const { return "StopNow"; }
  std::string operator()(const carp::Reconfigured& event) const {
    return "Reconfigured " + to_words(event.settings);
  }
  std::string operator()(const carp::Woken&) const { return "Woken"; }
  std::string operator()(const carp::DeadlineReached&) const { return "DeadlineReached"; }
};

struct EffectWords {
  std::string operator()(const carp::SendAdvert& effect) const {
    return "SendAdvert " + rank_words(effect.rank);
  }
  std::string operator()(const carp::ClaimAddresses&) const { return "ClaimAddresses"; }
  std::string operator()(const carp::ReleaseAddresses& effect) const {
    return fmt::format("ReleaseAddresses {}", number(effect.successor));
  }
  std::string operator()(const carp::Announce&) const { return "Announce"; }
  std::string operator()(const carp::Transition& effect) const {
    return fmt::format("Transition {} {} {}", number(effect.from), number(effect.to),
                       name(effect.reason));
  }
  std::string operator()(const carp::TwoActive& effect) const {
    return "TwoActive " + effect.peer.text();
  }
  std::string operator()(const carp::OperationEnded& effect) const {
    return fmt::format("OperationEnded {}", number(effect.outcome));
  }
  std::string operator()(const carp::Stopped&) const { return "Stopped"; }
};

// --- Reading ---

// Takes words from the front; after the first that does not fit, ok() is false for good.
class WordReader {
 public:
  explicit WordReader(std::string_view text) : rest_(text) {}

  std::string_view word() {
    const auto begin = rest_.find_first_not_of(' ');
    rest_ = begin == std::string_view::npos ? std::string_view{} : rest_.substr(begin);
    const auto taken = rest_.substr(0, rest_.find(' '));
    rest_.remove_prefix(taken.size());
    ok_ = ok_ && !taken.empty();
    return taken;
  }
  std::int64_t number(std::int64_t least, std::int64_t most) {
    const auto digits = word();
    std::int64_t value = least;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value < least ||
        value > most) {
      ok_ = false;
      return least;
    }
    return value;
  }
  IpAddress address() {
    const auto parsed = IpAddress::parse(word());
    ok_ = ok_ && parsed;
    return parsed.value_or(IpAddress{});
  }
  carp::Rank rank() {
    carp::Rank rank;
    rank.advbase = static_cast<std::uint8_t>(number(0, 255));
    rank.advskew = static_cast<std::uint8_t>(number(0, 255));
    rank.demote = static_cast<std::uint8_t>(number(0, 255));
    return rank;
  }
  template <class Limited>
  Limited limited() {
    return *Limited::from(number(Limited::min, Limited::max));
  }
  carp::Settings settings() {
    carp::Settings settings;
    settings.advbase = limited<carp::AdvBase>();
    settings.advskew = limited<carp::AdvSkew>();
    settings.dead_ratio = limited<carp::DeadRatio>();
    settings.preempt = number(0, 1) == 1 ? carp::Preempt::on : carp::Preempt::off;
    settings.handover_timeout = Duration(number(0, limits::handover_timeout_longest.count()));
    settings.addresses = static_cast<std::size_t>(
        number(1, static_cast<std::int64_t>(limits::addresses_per_router)));
    return settings;
  }
  // True when every word fitted and none is left.
  [[nodiscard]] bool done() const {
    return ok_ && rest_.find_first_not_of(' ') == std::string_view::npos;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct NamedEvent {
  std::string_view name;
  carp::Event (*read)(WordReader&);
};

template <class Plain>
carp::Event plain(WordReader&) {
  return Plain{};
}

constexpr std::array events{
    NamedEvent{"Ready", [](WordReader& in) -> carp::Event { return carp::Ready{in.address()}; }},
    NamedEvent{"NotReady",
               [](WordReader& in) -> carp::Event {
                 return carp::NotReady{
                     static_cast<WaitingFor>(in.number(0, static_cast<int>(WaitingFor::capture)))};
               }},
    NamedEvent{"AdvertHeard",
               [](WordReader& in) -> carp::Event {
                 const carp::Rank rank = in.rank();
                 return carp::AdvertHeard{.rank = rank, .source = in.address()};
               }},
    NamedEvent{"AnnouncementHeard",
               [](WordReader& in) -> carp::Event {
                 return carp::AnnouncementHeard{static_cast<std::size_t>(
                     in.number(0, static_cast<std::int64_t>(limits::addresses_per_router)))};
               }},
    NamedEvent{"Claimed", plain<carp::Claimed>},
    NamedEvent{"ClaimRefused", plain<carp::ClaimRefused>},
    NamedEvent{"Barred", plain<carp::Barred>},
    NamedEvent{"Unbarred", plain<carp::Unbarred>},
    NamedEvent{"AdvertSent", plain<carp::AdvertSent>},
    NamedEvent{"AdvertNotSent", plain<carp::AdvertNotSent>},
    NamedEvent{"Demote",
               [](WordReader& in) -> carp::Event {
                 const auto cost = static_cast<unsigned>(in.number(0, UINT32_MAX));
                 return carp::Demote{.cost = cost,
                                     .count = static_cast<std::uint8_t>(in.number(0, 255))};
               }},
    NamedEvent{"SwitchOver", plain<carp::SwitchOver>},
    NamedEvent{"Unyield", plain<carp::Unyield>},
    NamedEvent{"AnnounceAgain", plain<carp::AnnounceAgain>},
    NamedEvent{"Stop", plain<carp::Stop>},
    NamedEvent{"StopNow", plain<carp::StopNow>},
    NamedEvent{"Reconfigured",
               [](WordReader& in) -> carp::Event { return carp::Reconfigured{in.settings()}; }},
    NamedEvent{"Woken", plain<carp::Woken>},
    NamedEvent{"DeadlineReached", plain<carp::DeadlineReached>},
};
static_assert(events.size() == std::variant_size_v<carp::Event>);

}  // namespace

std::string to_words(const carp::Settings& settings) {
  return fmt::format("{} {} {} {} {} {}", settings.advbase.value(), settings.advskew.value(),
                     settings.dead_ratio.value(), number(settings.preempt),
                     settings.handover_timeout.count(), settings.addresses);
}

std::string to_words(const carp::Event& event) { return std::visit(EventWords{}, event); }

std::string to_words(const carp::Effects& effects) {
  std::string words;
  for (const carp::Effect& effect : effects)
    words += (words.empty() ? "" : "; ") + std::visit(EffectWords{}, effect);
  return words.empty() ? "-" : words;
}

Result<carp::Settings, ParseError> settings_from(std::string_view words) {
  WordReader reader(words);
  const carp::Settings settings = reader.settings();
  if (!reader.done()) return failure(ParseError{"no settings of a router"});
  return settings;
}

Result<carp::Event, ParseError> event_from(std::string_view words) {
  WordReader reader(words);
  const auto name = reader.word();
  for (const NamedEvent& event : events) {
    if (event.name != name) continue;
    const carp::Event read = event.read(reader);
    if (!reader.done()) return failure(ParseError{"the event's values do not fit it"});
    return read;
  }
  return failure(ParseError{"no such event"});
}

}  // namespace failover::record
