#pragma once
// What systemd keeps for the next failoverd while none runs (FileDescriptorStoreMax= of the unit,
// FDSTORE of sd_notify(3), sd_listen_fds(3)): a parent that is killed takes nothing of it along.
//
// The protocol is one datagram and three variables. libsystemd would do it too, but brings four
// libraries for compression and cryptography into a process with CAP_NET_ADMIN.

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "agent/descriptor.hpp"

namespace failover {

using StoredDescriptors = std::map<std::string, Descriptor, std::less<>>;

// What the environment says was kept, from descriptor `first` on; afterwards it says so no more.
// Empty without a service manager, or where it speaks to another process. Of two with one name the
// last; they are closed when another program is run. One thread only, since it changes the
// environment.
[[nodiscard]] StoredDescriptors take_stored(int first = 3);

// In the place of what was kept with that name. Nothing happens without a service manager, or where
// it does not keep anything. It is waited for a second at most.
void store(std::string_view name, int descriptor);
void forget_stored(std::string_view name);

}  // namespace failover
