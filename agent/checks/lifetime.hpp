#pragma once
// Lifetime: lets an object hand out handlers that do nothing once it has gone or moved on. Asio
// calls a handler whose timer or socket was cancelled too late, as if nothing had been cancelled.
// One thread.

#include <memory>
#include <utility>

namespace failover::checks {

class Lifetime {
 public:
  // What was handed out before does nothing any more.
  void renew() { token_ = std::make_shared<char>(); }

  template <class Handler>
  [[nodiscard]] auto guard(Handler handler) const {
    return [alive = std::weak_ptr<char>(token_), handler = std::move(handler)](auto&&... given) {
      if (!alive.expired()) handler(std::forward<decltype(given)>(given)...);
    };
  }

 private:
  std::shared_ptr<char> token_ = std::make_shared<char>();
};

}  // namespace failover::checks
