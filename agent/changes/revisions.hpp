#pragma once
// Revisions: which configurations have been in force, since when, by whom and why. Kept in
// STATE_DIR/revisions, one file each with the whole tree, so that any of them can be gone back to;
// the oldest go first.

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
  std::string owner = {};   // "root"
  std::string reason = {};  // empty: none was given
  config::Table tree = {};  // secrets and all
};

// The control thread only. What the disk refuses is told and lives in memory.
class Revisions {
 public:
  using Warn = std::function<void(const std::string&)>;
  // Without a directory nothing is kept. A file that is not understood is left alone and told.
  Revisions(const std::optional<std::filesystem::path>& state_directory, Warn warn);

  [[nodiscard]] std::uint64_t next_number() const;
  // With the next number, which it returns.
  std::uint64_t add(Revision revision);
  [[nodiscard]] const Revision* find(std::uint64_t number) const;
  [[nodiscard]] const Revision* latest() const;
  [[nodiscard]] const std::map<std::uint64_t, Revision>& all() const { return revisions_; }

 private:
  void read(const std::filesystem::path& file);
  void drop_oldest();
  [[nodiscard]] std::filesystem::path file_of(std::uint64_t number) const;

  std::optional<std::filesystem::path> directory_;
  Warn warn_;
  std::map<std::uint64_t, Revision> revisions_;
};

}  // namespace failover::changes
