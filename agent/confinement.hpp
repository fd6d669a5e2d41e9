#pragma once
// Confinement: what the agent gives away before it reads the first packet, so that a fault in
// reading one is worth no more to whoever sent it than two capabilities.
//
// The unit file could do some of it, but for the runner's hooks as well, which need what the agent
// does not; and there are other ways to start failoverd. So the agent does it itself.
//
// The filter of system calls is a list of what is refused, not of what is allowed: the C library,
// libnl and libpcap change their calls with every release, and an address must not go because of an
// update. What is refused fails with EPERM, and ends nobody.

#include <string>
#include <vector>

namespace failover {

// A sanitizer starts processes of its own, to look for leaks and to name places: there the filter
// lets them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
inline constexpr bool sanitized =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

// The calling thread, and those that it starts afterwards, keep CAP_NET_ADMIN and CAP_NET_RAW and
// no way back to others, and cannot start a program. Comes after everything that takes more: a
// real-time thread, locked memory, descriptors. Whatever of it the machine refuses is a sentence
// for the log; the rest is in force.
[[nodiscard]] std::vector<std::string> confine_thread();

}  // namespace failover
