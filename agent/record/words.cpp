#include "agent/record/words.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

namespace failover::record {
namespace {

// --- Writing ---

int number(auto enumerator) { return static_cast<int>(enumerator); }

struct RankWords {
  std::string operator()(const carp::Rank& rank) const {
    return fmt::format("carp {} {} {}", rank.advbase, rank.advskew, rank.demote);
  }
  std::string operator()(const vrrp::Rank& rank) const {
    return fmt::format("vrrp {} {}", rank.priority, rank.centiseconds);
  }
};
std::string rank_words(const router::Rank& rank) { return std::visit(RankWords{}, rank); }

struct ElectionWords {
  std::string operator()(const carp::Election& election) const {
    return fmt::format("carp {} {} {}", election.advbase.value(), election.advskew.value(),
                       election.dead_ratio.value());
  }
  std::string operator()(const vrrp::Election& election) const {
    return fmt::format("vrrp {} {} {} {}", number(election.version), election.priority.value(),
                       election.interval.value(), election.dead_ratio.value());
  }
};

std::string source_words(const std::optional<IpAddress>& source) {
  return source ? source->text() : "-";
}

struct EventWords {
  std::string operator()(const router::Ready& event) const {
    return "Ready " + source_words(event.sources.ipv4) + " " + source_words(event.sources.ipv6);
  }
  std::string operator()(const router::Resume& event) const {
    return fmt::format("Resume {} {} {} {} {} {}", number(event.role), number(event.reason),
                       number(event.yielded), number(event.late), source_words(event.sources.ipv4),
                       source_words(event.sources.ipv6));
  }
  std::string operator()(const router::NotReady& event) const {
    return fmt::format("NotReady {}", number(event.what));
  }
  std::string operator()(const router::AdvertHeard& event) const {
    return fmt::format("AdvertHeard {} {} {}", rank_words(event.rank), event.source.text(),
                       number(event.mac));
  }
  std::string operator()(const router::AnnouncementHeard& event) const {
    return fmt::format("AnnouncementHeard {} {} {}", event.address, number(event.mac),
                       number(event.family));
  }
  std::string operator()(const router::Claimed&) const { return "Claimed"; }
  std::string operator()(const router::ClaimRefused&) const { return "ClaimRefused"; }
  std::string operator()(const router::Barred&) const { return "Barred"; }
  std::string operator()(const router::Unbarred&) const { return "Unbarred"; }
  std::string operator()(const router::AdvertSent&) const { return "AdvertSent"; }
  std::string operator()(const router::AdvertNotSent&) const { return "AdvertNotSent"; }
  std::string operator()(const router::Demote& event) const {
    return fmt::format("Demote {} {}", event.by.cost, event.by.count);
  }
  std::string operator()(const router::SwitchOver& event) const {
    return fmt::format("SwitchOver {}", number(event.unclaimed));
  }
  std::string operator()(const router::Unyield&) const { return "Unyield"; }
  std::string operator()(const router::AnnounceAgain&) const { return "AnnounceAgain"; }
  std::string operator()(const router::Stop&) const { return "Stop"; }
  std::string operator()(const router::StopNow&) const { return "StopNow"; }
  std::string operator()(const router::Reconfigured& event) const {
    return "Reconfigured " + to_words(event.settings);
  }
  std::string operator()(const router::ComeAlong&) const { return "ComeAlong"; }
  std::string operator()(const router::GiveUp& event) const {
    return fmt::format("GiveUp {} {}", number(event.reason), number(event.unclaimed));
  }
  std::string operator()(const router::Forbid& event) const {
    return fmt::format("Forbid {}", number(event.reason));
  }
  std::string operator()(const router::Allow&) const { return "Allow"; }
  std::string operator()(const router::MayPreempt& event) const {
    return fmt::format("MayPreempt {}", number(event.preempt));
  }
  std::string operator()(const router::Advertise& event) const {
    return fmt::format("Advertise {}", number(event.what));
  }
  std::string operator()(const router::Woken&) const { return "Woken"; }
  std::string operator()(const router::DeadlineReached&) const { return "DeadlineReached"; }
};

struct EffectWords {
  std::string operator()(const router::SendAdvert& effect) const {
    return "SendAdvert " + rank_words(effect.rank);
  }
  std::string operator()(const router::ClaimAddresses&) const { return "ClaimAddresses"; }
  std::string operator()(const router::ReleaseAddresses& effect) const {
    return fmt::format("ReleaseAddresses {}", number(effect.successor));
  }
  std::string operator()(const router::Announce&) const { return "Announce"; }
  std::string operator()(const router::Transition& effect) const {
    return fmt::format("Transition {} {} {}", number(effect.from), number(effect.to),
                       name(effect.reason));
  }
  std::string operator()(const router::TwoActive& effect) const {
    return "TwoActive " + effect.peer.text();
  }
  std::string operator()(const router::OperationEnded& effect) const {
    return fmt::format("OperationEnded {}", number(effect.outcome));
  }
  std::string operator()(const router::Stopped&) const { return "Stopped"; }
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
  Reason reason() { return static_cast<Reason>(number(0, static_cast<int>(last_reason))); }
  IpAddress address() {
    const auto parsed = IpAddress::parse(word());
    ok_ = ok_ && parsed;
    return parsed.value_or(IpAddress{});
  }
  std::optional<IpAddress> source() {
    const auto text = word();
    if (text == "-") return std::nullopt;
    const auto parsed = IpAddress::parse(text);
    ok_ = ok_ && parsed;
    return parsed.value_or(IpAddress{});
  }
  // "carp" or "vrrp", in front of what is about a rank or an election.
  bool is_vrrp() {
    const auto protocol = word();
    ok_ = ok_ && (protocol == "carp" || protocol == "vrrp");
    return protocol == "vrrp";
  }
  router::SourceMac mac() { return static_cast<router::SourceMac>(number(0, 1)); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(number(0, 255)); }
  router::Rank rank() {
    if (is_vrrp()) {
      vrrp::Rank rank;
      rank.priority = byte();
      rank.centiseconds = static_cast<std::uint16_t>(number(0, UINT16_MAX));
      return rank;
    }
    carp::Rank rank;
    rank.advbase = byte();
    rank.advskew = byte();
    rank.demote = byte();
    return rank;
  }
  router::Election election() {
    if (is_vrrp()) {
      vrrp::Election election;
      election.version = number(2, 3) == 2 ? vrrp::Version::v2 : vrrp::Version::v3;
      election.priority = limited<vrrp::Priority>();
      election.interval = limited<vrrp::Centiseconds>();
      election.dead_ratio = limited<vrrp::DeadRatio>();
      return election;
    }
    carp::Election election;
    election.advbase = limited<carp::AdvBase>();
    election.advskew = limited<carp::AdvSkew>();
    election.dead_ratio = limited<carp::DeadRatio>();
    return election;
  }
  template <class Limited>
  Limited limited() {
    return *Limited::from(number(Limited::min, Limited::max));
  }
  router::Settings settings() {
    router::Settings settings;
    settings.election = election();
    settings.preempt = number(0, 1) == 1 ? Preempt::on : Preempt::off;
    settings.handover_timeout = Duration(number(0, limits::handover_timeout_longest.count()));
    settings.addresses = static_cast<std::size_t>(
        number(1, static_cast<std::int64_t>(limits::addresses_per_router)));
    settings.speaks.ipv4 = number(0, 1) == 1;
    settings.speaks.ipv6 = number(0, 1) == 1;
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
  router::Event (*read)(WordReader&);
};

template <class Plain>
router::Event plain(WordReader&) {
  return Plain{};
}

constexpr std::array events{
    NamedEvent{"Ready",
               [](WordReader& in) -> router::Event {
                 const auto ipv4 = in.source();
                 return router::Ready{{.ipv4 = ipv4, .ipv6 = in.source()}};
               }},
    NamedEvent{"Resume",
               [](WordReader& in) -> router::Event {
                 const auto role = static_cast<router::Role>(
                     in.number(0, static_cast<int>(router::Role::active)));
                 const auto reason = in.reason();
                 const bool yielded = in.number(0, 1) != 0;
                 const bool late = in.number(0, 1) != 0;
                 const auto ipv4 = in.source();
                 return router::Resume{.sources = {.ipv4 = ipv4, .ipv6 = in.source()},
                                       .role = role,
                                       .reason = reason,
                                       .yielded = yielded,
                                       .late = late};
               }},
    NamedEvent{"NotReady",
               [](WordReader& in) -> router::Event {
                 return router::NotReady{
                     static_cast<WaitingFor>(in.number(0, static_cast<int>(WaitingFor::capture)))};
               }},
    NamedEvent{"AdvertHeard",
               [](WordReader& in) -> router::Event {
                 const router::Rank rank = in.rank();
                 const auto source = in.address();
                 return router::AdvertHeard{.rank = rank, .source = source, .mac = in.mac()};
               }},
    NamedEvent{"AnnouncementHeard",
               [](WordReader& in) -> router::Event {
                 const auto address = static_cast<std::size_t>(
                     in.number(0, static_cast<std::int64_t>(limits::addresses_per_router)));
                 const auto mac = in.mac();
                 return router::AnnouncementHeard{.address = address,
                                                  .mac = mac,
                                                  .family = static_cast<Family>(in.number(0, 1))};
               }},
    NamedEvent{"Claimed", plain<router::Claimed>},
    NamedEvent{"ClaimRefused", plain<router::ClaimRefused>},
    NamedEvent{"Barred", plain<router::Barred>},
    NamedEvent{"Unbarred", plain<router::Unbarred>},
    NamedEvent{"AdvertSent", plain<router::AdvertSent>},
    NamedEvent{"AdvertNotSent", plain<router::AdvertNotSent>},
    NamedEvent{"Demote",
               [](WordReader& in) -> router::Event {
                 const auto cost = static_cast<unsigned>(in.number(0, UINT32_MAX));
                 return router::Demote{{.cost = cost, .count = in.byte()}};
               }},
    NamedEvent{"SwitchOver",
               [](WordReader& in) -> router::Event {
                 return router::SwitchOver{static_cast<router::Unclaimed>(in.number(0, 1))};
               }},
    NamedEvent{"Unyield", plain<router::Unyield>},
    NamedEvent{"AnnounceAgain", plain<router::AnnounceAgain>},
    NamedEvent{"Stop", plain<router::Stop>},
    NamedEvent{"StopNow", plain<router::StopNow>},
    NamedEvent{"Reconfigured",
               [](WordReader& in) -> router::Event { return router::Reconfigured{in.settings()}; }},
    NamedEvent{"ComeAlong", plain<router::ComeAlong>},
    NamedEvent{"GiveUp",
               [](WordReader& in) -> router::Event {
                 const Reason reason = in.reason();
                 return router::GiveUp{reason, static_cast<router::Unclaimed>(in.number(0, 1))};
               }},
    NamedEvent{"Forbid",
               [](WordReader& in) -> router::Event { return router::Forbid{in.reason()}; }},
    NamedEvent{"Allow", plain<router::Allow>},
    NamedEvent{"MayPreempt",
               [](WordReader& in) -> router::Event {
                 return router::MayPreempt{static_cast<Preempt>(in.number(0, 1))};
               }},
    NamedEvent{"Advertise",
               [](WordReader& in) -> router::Event {
                 return router::Advertise{static_cast<router::Advertised>(in.number(0, 1))};
               }},
    NamedEvent{"Woken", plain<router::Woken>},
    NamedEvent{"DeadlineReached", plain<router::DeadlineReached>},
};
static_assert(events.size() == std::variant_size_v<router::Event>);

}  // namespace

std::string to_words(const router::Settings& settings) {
  return fmt::format("{} {} {} {} {} {}", std::visit(ElectionWords{}, settings.election),
                     number(settings.preempt), settings.handover_timeout.count(),
                     settings.addresses, number(settings.speaks.ipv4),
                     number(settings.speaks.ipv6));
}

std::string to_words(const router::Event& event) { return std::visit(EventWords{}, event); }

std::string to_words(const router::Effects& effects) {
  std::string words;
  for (const router::Effect& effect : effects)
    words += (words.empty() ? "" : "; ") + std::visit(EffectWords{}, effect);
  return words.empty() ? "-" : words;
}

Result<router::Settings, ParseError> settings_from(std::string_view words) {
  WordReader reader(words);
  const router::Settings settings = reader.settings();
  if (!reader.done()) return failure(ParseError{"no settings of a router"});
  return settings;
}

Result<router::Event, ParseError> event_from(std::string_view words) {
  WordReader reader(words);
  const auto name = reader.word();
  for (const NamedEvent& event : events) {
    if (event.name != name) continue;
    const router::Event read = event.read(reader);
    if (!reader.done()) return failure(ParseError{"the event's values do not fit it"});
    return read;
  }
  return failure(ParseError{"no such event"});
}

}  // namespace failover::record
