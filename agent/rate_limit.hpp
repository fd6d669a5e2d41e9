#pragma once
// RateLimit: what strangers send must not fill a log.

#include <optional>

#include "protocol/limits.hpp"
#include "protocol/time.hpp"

namespace failover {

class RateLimit {
 public:
  // True at most once in limits::report_spacing.
  [[nodiscard]] bool allows(Instant now) {
    if (last_ && now - *last_ < limits::report_spacing) return false;
    last_ = now;
    return true;
  }

 private:
  std::optional<Instant> last_;
};

}  // namespace failover
