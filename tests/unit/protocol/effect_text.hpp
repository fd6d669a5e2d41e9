#pragma once
// Effects and events in words, so that a failing test prints what happened and how to replay it.

#include <string>

#include "protocol/router/events.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {

[[nodiscard]] std::string text(const router::Effect& effect);
[[nodiscard]] std::string text(const router::Event& event);
[[nodiscard]] std::string text(Duration duration);

}  // namespace failover::tests

namespace Catch {
template <>
struct StringMaker<failover::router::Effect> {
  static std::string convert(const failover::router::Effect& effect) {
    return failover::tests::text(effect);
  }
};
}  // namespace Catch
