#pragma once
// One client of the HTTP server. What it is behind this face needs Beast, which only connection.cpp
// sees.

#include <chrono>
#include <functional>
#include <memory>

#include "agent/http/http_server.hpp"
#include "agent/http/listener.hpp"

namespace failover::http {

// What the connections of one server have in common. A connection does not touch it once closed.
struct Service {
  Bounds bounds;
  Handler handler;
  Counters counters;
};

// Lives on the control thread. Owned by the server and by its own operations under way; the latter
// end soon after close(). Nothing fails but the connection itself, which then closes.
class Connection {
 public:
  using Clock = std::chrono::steady_clock;
  Connection() = default;
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  virtual void start() = 0;
  // At once, with what is under way. Calls `closed`, as every other end of the connection does.
  virtual void close() = 0;
  // As soon as the request under way, if any, is answered.
  virtual void finish() = 0;

  // At rest: closing it loses nothing that was asked, since nothing was, or not to the end.
  [[nodiscard]] virtual bool at_rest() const = 0;
  [[nodiscard]] virtual Clock::time_point since() const = 0;
  [[nodiscard]] virtual const Credentials& client() const = 0;
};

using Closed = std::function<void(const Connection&)>;
[[nodiscard]] std::shared_ptr<Connection> make_connection(Socket socket, Access access,
                                                          const Credentials& client,
                                                          Service& service, Closed closed);

}  // namespace failover::http
