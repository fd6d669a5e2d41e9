#pragma once
// Assertions for our own bugs: always on, in every build.

namespace failover {
[[noreturn]] inline void broken_promise() { __builtin_trap(); }
constexpr void promise(bool holds) {
  if (!holds) broken_promise();
}
}  // namespace failover
