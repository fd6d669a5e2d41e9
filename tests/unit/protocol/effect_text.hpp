#pragma once
// Effects and events in words, so that a failing test prints what happened and how to replay it.

#include <string>

#include "protocol/carp/events.hpp"
#include "tests/unit/catch.hpp"

namespace failover::tests {

[[nodiscard]] std::string text(const carp::Effect& effect);
[[nodiscard]] std::string text(const carp::Event& event);
[[nodiscard]] std::string text(Duration duration);

}  // namespace failover::tests

namespace Catch {
template <>
struct StringMaker<failover::carp::Effect> {
  static std::string convert(const failover::carp::Effect& effect) {
    return failover::tests::text(effect);
  }
};
}  // namespace Catch
