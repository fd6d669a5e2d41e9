#include "agent/config/track_keys.hpp"

#include "agent/config/duration_text.hpp"
#include "agent/config/names.hpp"
#include "agent/config/track_type_keys.hpp"
#include "protocol/limits.hpp"

namespace failover::config {
namespace {

constexpr DurationRange intervals{.shortest = limits::track_interval_shortest,
                                  .longest = limits::track_interval_longest};
constexpr DurationRange timeouts{.shortest = limits::track_timeout_shortest,
                                 .longest = limits::track_interval_longest};

// What the kernel tells is known once and for all: nothing is asked that could time out, and no
// second failure is waited for.
bool is_asked(const Value& value, const TrackSettings& track) {
  if (!is_told_by_kernel(track.what)) return true;
  value.reject("the kernel tells what becomes of a track of type " +
               in_quotes(type_name(track.what)) + ", which is down at once then; leave it out");
  return false;
}

std::vector<std::string_view> type_words() {
  std::vector<std::string_view> words;
  for (const TrackType& type : track_types()) words.push_back(type.name());
  return words;
}

void describe_type(const Value& value, TrackSettings&) { (void)word_in(value, type_words()); }

constexpr std::array track_keys{
    Key<TrackSettings>{"demote",
                       [](const Value& value, TrackSettings& track) {
                         if (const auto cost = integer_in(value, 0, limits::track_demote_most))
                           track.demote = static_cast<unsigned>(*cost);
                       },
                       "What it costs while the track is down; by default the group yields."},
    Key<TrackSettings>{"fall",
                       [](const Value& value, TrackSettings& track) {
                         if (is_asked(value, track))
                           whole<&TrackSettings::fall, 1, limits::track_count_most>(value, track);
                       },
                       "How many checks in a row must be bad until the track is down."},
    Key<TrackSettings>{"interval", duration<&TrackSettings::interval, intervals>,
                       "The time between two checks."},
    Key<TrackSettings>{"rise", whole<&TrackSettings::rise, 1, limits::track_count_most>,
                       "How many checks in a row must be good until the track is up; 1 by default "
                       "where the kernel tells."},
    Key<TrackSettings>{"timeout",
                       [](const Value& value, TrackSettings& track) {
                         if (is_asked(value, track))
                           duration<&TrackSettings::timeout, timeouts>(value, track);
                       },
                       "A check that takes longer has failed; never longer than the interval."},
    Key<TrackSettings>{"type", read_apart<describe_type>,
                       "What the track looks at, and what other keys it has.", Presence::required},
};

// Nothing, and an error, when there is none.
const TrackType* read_type(const Value& track) {
  const auto words = type_words();
  const auto* const table = std::get_if<Table>(&track.node.value);
  if (table != nullptr && find(*table, "type") == nullptr)
    track.reject("type is missing; accepted: " + listed(words));
  const TrackType* found = nullptr;
  read_named(track, "type", [&](const Value& value) {
    if (const auto index = word_in(value, words)) found = &track_types()[*index];
  });
  return found;
}

// The types that have the key: "\"tcp\" or \"icmp\"". Empty when none has.
std::string types_with(std::string_view key) {
  std::string text;
  for (const TrackType& type : track_types()) {
    if (std::ranges::count(type.keys(), key) == 0) continue;
    if (!text.empty()) text += " or ";
    text += in_quotes(type.name());
  }
  return text;
}

// type: nothing when it is not known; then a key of any type may be right.
void reject_track_key(const Member& member, const Value& track, const TrackType* type) {
  std::vector<std::string_view> known;
  for (const auto& key : track_keys) known.push_back(key.name);
  for (const TrackType& each : track_types())
    if (type == nullptr || &each == type)
      for (const std::string_view key : each.keys()) known.push_back(key);
  std::ranges::sort(known);
  known.erase(std::unique(known.begin(), known.end()), known.end());  // as clang 14 knows it
  if (std::ranges::binary_search(known, member.name)) return;
  const auto owners = types_with(member.name);
  if (owners.empty()) {
    reject_unknown_key(member, track, known);
    return;
  }
  track.errors.add(member.place, KeyPath(track.path, member.name).text(),
                   "is a key of type " + owners + ", and this is " + in_quotes(type->name()) +
                       "; accepted: " + listed(known));
}

// A try that took longer than the interval would meet the next one.
void check_timeout(const Value& track, TrackSettings& settings) {
  if (settings.timeout <= settings.interval) return;
  const auto* const table = std::get_if<Table>(&track.node.value);
  if (table == nullptr || find(*table, "timeout") == nullptr) settings.timeout = settings.interval;
  read_named(track, "timeout", [&](const Value& value) {
    value.reject(in_quotes(duration_text(settings.timeout)) + " is longer than the interval, " +
                 in_quotes(duration_text(settings.interval)) + "; accepted: at most the interval");
  });
}

TrackSettings blank_track(const std::string& name, const TrackType* type) {
  // Of those that are asked, so that keys of a track without a type are judged by their range only.
  if (type == nullptr) return {.name = name, .what = CommandTrack{}};
  TrackSettings track{.name = name, .what = type->blank()};
  if (!is_told_by_kernel(track.what)) return track;
  track.rise = limits::track_rise_told_default;
  track.fall = 1;
  return track;
}

TrackSettings read_track(const Value& value, const std::string& name) {
  const TrackType* const type = read_type(value);
  TrackSettings track = blank_track(name, type);
  const auto* const table = table_in(value);
  if (table == nullptr) return track;
  for (const Member& member : *table) {
    if (read_member(member, value, Section{track_keys, track})) continue;
    if (type != nullptr && type->read(member, value, track.what)) continue;
    reject_track_key(member, value, type);
  }
  if (!is_told_by_kernel(track.what)) check_timeout(value, track);
  if (type == nullptr) return track;
  if (find(*table, type->required) == nullptr)
    value.reject(std::string(type->required) + " is missing; a track of type " +
                 in_quotes(type->name()) + " needs it");
  type->finish(value, track.what);
  return track;
}

void describe_track(const Value& value) {
  TrackSettings track = blank_track({}, nullptr);
  read_members(value, Section{track_keys, track});
  for (const TrackType& type : track_types()) {
    Tracked what = type.blank();
    type.describe(value, what);
    for (const std::string_view key : type.keys())
      note_owner(value, key, type.name(),
                 key == type.required ? Presence::required : Presence::optional);
    if (is_told_by_kernel(what)) continue;
    for (const std::string_view key : {"fall", "timeout"})
      note_owner(value, key, type.name(), Presence::optional);
  }
}

}  // namespace

void read_tracks(const Value& value, GroupSettings& group) {
  const auto* const table = table_in(value);
  if (value.describing != nullptr)
    describe_track(described_entry(value, track_names.what, track_names.pattern));
  if (table == nullptr || exceeds(value, table->size(), limits::tracks_per_group, "tracks")) return;
  for (const Member& member : *table) {
    const KeyPath path(value.path, member.name);
    if (!is_name(member.name, track_names))
      value.errors.add(member.place, path.text(), refusal(member.name, track_names));
    group.tracks.push_back(read_track({member.node, path, value.errors}, member.name));
  }
}

}  // namespace failover::config
