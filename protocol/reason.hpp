#pragma once
// The fixed list of reasons for a role, and of what a router waits for. Each is documented in
// failoverd(8); nothing else is ever given as a reason.

#include <cstdint>
#include <string_view>

namespace failover {

enum class Reason : std::uint8_t {
  starting,         // nothing has happened yet
  listening,        // elements are up; waiting for an active, or for its silence
  no_response,      // no advert within the dead time
  peer_left,        // the active said farewell
  slow_peer,        // the active's interval is longer than our dead time
  owner,            // VRRP priority 255: the addresses are the node's own
  priority,         // preempted a worse active
  demoted_peer,     // the active is demoted more than we are
  preempted,        // a better advert was heard
  tie,              // an equal advert from the address that wins
  demoted,          // we are demoted more than the active
  half_deaf,        // the active is heard in one of two families only
  op,               // an operator asked for it
  no_successor,     // a hand-over was taken back: nobody claimed
  element_down,     // what it stands on is missing; waiting_for says what
  foreign_address,  // somebody else's address is in the way
  kernel_refused,   // the kernel would not give us the address
  stall,            // we were stopped, and somebody else is active now
  stopping,         // the agent stops, or the router was taken out of the configuration
  group,            // another element of the group has taken the role
  start_delay,      // the group stays backup for a while after the start
  drain,            // an operator has drained it
  held,             // an operator holds it
  frozen,           // an operator has frozen everything
  mode_none,        // the group never takes over by itself
  not_again,        // another element could not follow the last time
  services,         // what has to run before the addresses are claimed does not
  contested,        // somebody on this node keeps removing the addresses
};
inline constexpr Reason last_reason = Reason::contested;
[[nodiscard]] std::string_view name(Reason reason);

// What a router in Initialize waits for; `nothing` when it does not wait.
enum class WaitingFor : std::uint8_t {
  nothing,
  interface,  // there is none of that name
  link,       // the interface is administratively down
  carrier,    // the interface has no carrier
  address,    // the interface has no address of the family to send from
  capture,    // the capture on the interface is being opened, or could not be
};
[[nodiscard]] std::string_view name(WaitingFor what);

}  // namespace failover
