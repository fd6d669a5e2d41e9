#pragma once
// Revisions: which configurations have been in force, since when, by whom and why. Kept in
// STATE_DIR/revisions, one file each, so that any of them can be gone back to; the oldest go first.
//
// A file has two lines: who, when and why; and the whole tree. Trees may be large, so memory has
// the first lines only, and a start reads no more than those.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/clock.hpp"
#include "agent/config/tree.hpp"

namespace failover::changes {

enum class Source : std::uint8_t { start, reload, set, apply, rollback };
[[nodiscard]] std::string_view name(Source source);

struct Revision {
  std::uint64_t number = 0;
  RealTime at{};
  Source source = Source::start;
  std::string owner = {};    // "root"
  std::string reason = {};   // empty: none was given
  std::int64_t changes = 0;  // values that differ from the revision before
};

// The control thread only. What the disk refuses is told and lives in memory; so does all where
// there is no directory.
class Revisions {
 public:
  using Warn = std::function<void(const std::string&)>;
  Revisions(const std::optional<std::filesystem::path>& state_directory, Warn warn);

  // What earlier agents have left. A file that is not understood is left alone and told.
  void read();
  [[nodiscard]] std::uint64_t next_number() const;
  // With the next number, or its own where that is greater. Returns it.
  std::uint64_t add(Revision revision, config::Table tree);
  [[nodiscard]] const Revision* find(std::uint64_t number) const;
  // Secrets and all; nothing when it is not kept, or cannot be read any more.
  [[nodiscard]] std::optional<config::Table> tree_of(std::uint64_t number) const;
  [[nodiscard]] const Revision* latest() const;
  [[nodiscard]] const std::map<std::uint64_t, Revision>& all() const { return revisions_; }

 private:
  void read(const std::filesystem::path& file, std::uint64_t number);
  void drop_oldest();
  [[nodiscard]] std::filesystem::path file_of(std::uint64_t number) const;

  std::optional<std::filesystem::path> directory_;
  Warn warn_;
  std::map<std::uint64_t, Revision> revisions_;
  std::map<std::uint64_t, config::Table> in_memory_;  // of those that are on no disk
};

}  // namespace failover::changes
