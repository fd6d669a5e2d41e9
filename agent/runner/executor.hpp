#pragma once
// Runs commands, many at once, and waits for none of them.

#include <poll.h>
#include <sys/types.h>

#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "agent/descriptor.hpp"
#include "agent/runner/command.hpp"
#include "protocol/result.hpp"

namespace failover::runner {

// One thread's, which must be the only one of its process, since a command begins as a copy of it.
// The caller polls: it waits for the descriptors until the deadline, then calls look(). A command
// that floods its output costs no memory, one that ignores SIGTERM is killed, and so is what it has
// started, as far as that stays in its process group. What was started and is still there when a
// hook has ended by itself is left alone: it may be a service. Of a check nothing stays.
class Executor {
 public:
  using Key = std::uint64_t;
  // Once for each command, out of look().
  using Done = std::function<void(const Finished&)>;

  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  ~Executor();

  // The error says what the machine refused, or which bound there is.
  [[nodiscard]] Result<Key, std::string> start(const Command& command, Instant now, Done done);
  // Ends it, and nobody wants to know of it any more. Harmless when it has ended.
  void end(Key key, Instant now);
  void end_all(Instant now);  // likewise
  [[nodiscard]] bool empty() const { return running_.empty(); }

  void add_descriptors(std::vector<pollfd>& polled) const;
  [[nodiscard]] std::optional<Instant> deadline() const;
  void look(Instant now);

 private:
  struct Running {
    Key key = 0;
    Kind kind = Kind::check;
    pid_t process = 0;
    Descriptor exit;     // readable when the process has ended
    Descriptor output;   // closed when there is no more
    Descriptor refusal;  // why it was not started, if there is something to read at its end
    Instant started{};
    std::optional<Instant> deadline;
    enum class Phase : std::uint8_t { runs, told_to_end, killed } phase = Phase::runs;
    std::string kept;  // of the output
    Done done;         // empty once it was called, or when nobody wants to know

    void read_output();
    void past_deadline(Instant now);
    void tell_to_end(Instant now);
    void signal_group(int signal) const;
    // Reaped; what became of it.
    [[nodiscard]] Finished reap() const;
    void report(Finished finished, Instant now);
  };
  [[nodiscard]] static bool has_ended(const Running& command);

  std::list<Running> running_;
  Key last_key_ = 0;
};

}  // namespace failover::runner
