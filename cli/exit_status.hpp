#pragma once
// What failoverctl exits with. Scripts rely on the numbers: none is ever reused.

namespace failover::cli {

enum class ExitStatus : int {
  done = 0,  // or true
  failed = 1,
  usage = 2,
  predicate_false = 3,
  no_such_object = 4,
  refused = 5,  // for safety, or for lack of rights
  unreachable = 6,
  timed_out = 7,  // the operation goes on
  configuration_invalid = 8,
  conflict = 9,  // or rolled back
  unverified = 10,
};

}  // namespace failover::cli
