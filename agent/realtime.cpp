#include "agent/realtime.hpp"

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace failover {
namespace {

// Above ordinary work, below the kernel's own real-time threads (50).
constexpr int fifo_priority = 40;
constexpr std::uint64_t slice_nanoseconds = 100'000;
constexpr int best_nice = -20;

// glibc 2.36 has no sched_setattr.
struct SchedulingAttributes {
  std::uint32_t size = sizeof(SchedulingAttributes);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};

bool set_short_slice(int nice) {
  SchedulingAttributes attributes;
  attributes.nice = nice;
  attributes.runtime = slice_nanoseconds;
  return syscall(SYS_sched_setattr, 0, &attributes, 0U) == 0;
}

std::string set_best_nice() {
  if (set_short_slice(best_nice)) return "short slice, nice -20";
  if (set_short_slice(0)) return "short slice";
  return setpriority(PRIO_PROCESS, 0, best_nice) == 0 ? "nice -20" : "ordinary";
}

}  // namespace

std::string make_thread_punctual() {
  // The default of 50 microseconds is a fifth of what a 3.9 ms interval allows for everything.
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  sched_param parameters{};
  parameters.sched_priority = fifo_priority;
  // A child that somebody forks off here must not inherit it.
  if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0) return "fifo";
  return set_best_nice();
}

void favour_thread() { (void)set_best_nice(); }

// Who has no CAP_IPC_LOCK any more may not lock more than the limit: what is mapped later would
// not be paged out, it would not be there.
bool lock_memory() {
  constexpr rlimit unlimited{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  return setrlimit(RLIMIT_MEMLOCK, &unlimited) == 0 &&
         mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}

}  // namespace failover
