#pragma once
// What keeps the engine punctual, and the kernel thread quick: scheduling class, memory that is not
// paged out, timer slack.

#include <string>

namespace failover {

// For the calling thread: SCHED_FIFO where it is allowed; else a short time slice (kernel 6.12 and
// later) and the best nice value we get. Says in words what it got.
[[nodiscard]] std::string make_thread_punctual();

// For the calling thread: woken before ordinary work, where it is allowed. Never SCHED_FIFO:
// whoever adds 10,000 addresses in one go must leave room for the machine's own network threads.
// Beside other sessions the short slice is what counts, the nice value only within the session or
// the control group (sched(7), autogroup).
void favour_thread();

// For the process: pages stay in memory once they have been touched. False where it is not allowed.
// Lasts when CAP_IPC_LOCK is given away afterwards.
[[nodiscard]] bool lock_memory();

}  // namespace failover
