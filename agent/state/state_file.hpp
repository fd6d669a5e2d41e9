#pragma once
// The state file: what must outlive the agent, in memory that does not die with it.
//
// One file in the run-time directory, mapped by the agent, which writes it, and by the parent,
// which looks whether the agent still lives. What is kept of a router is written in two copies in
// turn, each with a number and a checksum: a write that was cut short leaves the copy before it.
// Nothing in it depends on the build, so that an agent of another version goes on from it too. What
// another boot of the machine has left says nothing.

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/clock.hpp"
#include "agent/state/counter_file.hpp"
#include "protocol/reason.hpp"
#include "protocol/result.hpp"
#include "protocol/router/events.hpp"

namespace failover {

// A router of an agent's earlier life.
struct Survivor {
  router::Role role = router::Role::initialize;
  Reason reason = Reason::starting;
  RealTime since{};
  bool yielded = false;
  Instant last_seen{};  // when that agent last came round
};

class StateFile {
 public:
  // Of one router. Its place stays; the thread that has it may write at any time.
  class Entry {
   public:
    void write(const Survivor& survivor);

   private:
    friend class StateFile;
    struct Copy {
      std::uint64_t number = 0;  // the higher one is the newer one; 0: never written
      std::int64_t since = 0;    // nanoseconds since 1970
      std::uint8_t role = 0;
      std::uint8_t yielded = 0;
      std::array<char, 22> reason{};  // its name
      std::uint64_t checksum = 0;
      [[nodiscard]] std::uint64_t right_checksum() const;
    };
    [[nodiscard]] const Copy* newest() const;
    std::array<char, 32> name_{};  // "eth0.carp.10"; empty: free
    std::array<Copy, 2> copies_{};
  };

  // Makes the file, or opens what an earlier life left.
  [[nodiscard]] static Result<StateFile, std::string> open(const std::filesystem::path& file);

  // What was kept of a router. The control thread.
  [[nodiscard]] std::optional<Survivor> find(std::string_view router) const;
  // A place for it; nullptr when there is none left. The control thread.
  [[nodiscard]] Entry* entry_of(std::string_view router);
  // The same for its counters, which are a file of their own beside this one.
  [[nodiscard]] CounterFile::Entry* counters_of(std::string_view router);
  void forget(std::string_view router);

  // The engine's sign of life; any thread may look.
  [[nodiscard]] std::atomic<Instant::rep>& pulse();
  [[nodiscard]] Instant last_seen() const;
  // Who runs: the agent, and the parent that watches it; 0 when there was none.
  [[nodiscard]] std::atomic<pid_t>& agent();
  [[nodiscard]] std::atomic<pid_t>& parent();
  // How often an agent had to be started again since the parent was started.
  [[nodiscard]] std::atomic<std::uint32_t>& restarts();

 private:
  struct Layout;
  struct Unmap {
    void operator()(Layout* layout) const;
  };
  StateFile(Layout* layout, std::optional<CounterFile> counters);
  [[nodiscard]] Entry* search(std::string_view router) const;

  std::unique_ptr<Layout, Unmap> layout_;
  std::optional<CounterFile> counters_;
  std::size_t used_ = 0;   // entries behind that are free
  Instant seen_before_{};  // the last sign of life when it was opened
};

}  // namespace failover
