#pragma once
// Texts of groups for the tests of the reader.

#include "tests/unit/config/texts.hpp"

namespace failover::config::test {

// A group with a router that lacks nothing; `more` begins in line 6.
inline std::string in_group(std::string_view more) {
  return in_router("group = \"web\"\n[group.web]\n") + std::string(more);
}

// A group with a track of that type; `more` begins in line 8.
inline std::string in_track(std::string_view type, std::string_view more) {
  return in_group("[group.web.track.site]\ntype = \"" + std::string(type) + "\"\n") +
         std::string(more);
}

// The only group of a text.
inline GroupSettings only_group(std::string_view toml) {
  auto configuration = read(toml);
  REQUIRE(configuration.groups.size() == 1);
  return std::move(configuration.groups.front());
}

inline GroupSettings read_group(std::string_view more) { return only_group(in_group(more)); }

// The only track of a group.
inline TrackSettings read_track(std::string_view type, std::string_view more) {
  auto group = only_group(in_track(type, more));
  REQUIRE(group.tracks.size() == 1);
  return std::move(group.tracks.front());
}

}  // namespace failover::config::test
