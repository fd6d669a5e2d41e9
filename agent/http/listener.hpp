#pragma once
// Accepts clients on one Unix socket.

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <system_error>

#include "agent/http/http_server.hpp"

namespace failover::http {

using Socket = boost::asio::local::stream_protocol::socket;

// Lives on the control thread. Shared between the server and the accept under way, since the latter
// may complete after the server has gone; close() cuts it off from the server. An accept that the
// machine refuses is counted and tried again after a pause.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  using Accepted = std::function<void(Socket)>;
  Listener(boost::asio::io_context& context, Accepted accepted, Counters& counters);

  // Takes the descriptor in any case.
  std::error_code open(int listening_descriptor);
  void close();

 private:
  void accept();
  void pause();

  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  Accepted accepted_;
  Counters& counters_;  // not touched once closed
  bool closed_ = false;
};

}  // namespace failover::http
