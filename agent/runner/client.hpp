#pragma once
// The agent's way to the runner.

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/runner/packet_socket.hpp"
#include "agent/runner/wire.hpp"

namespace failover::runner {

// Lives on the control thread, in one io_context, which runs no more when this goes. It connects
// when it is made, and again whenever the runner has died. What was asked of one that has died is
// lost; what is asked while none is there waits for the next one, for a while.
class Client {
 public:
  using Done = std::function<void(const Finished&)>;

  Client(boost::asio::io_context& context, std::filesystem::path socket);

  // Calls done once, later, on the context's thread: always, but after cancel(). It takes the
  // command's timeout and limits::runner_patience at most.
  Ticket run(const Command& command, Done done);
  // Ends it. done is not called any more.
  void cancel(Ticket ticket);
  [[nodiscard]] bool is_connected() const { return greeted_; }

 private:
  struct Pending {
    std::string packet;  // until it is sent
    Duration timeout{};
    Instant deadline{};
    Done done;
    [[nodiscard]] bool is_sent() const { return packet.empty(); }
  };
  void connect();
  void disconnect();
  void listen();
  void receive();
  void wait_until_writable();
  void write(std::string packet);
  void take(const Greeting& greeting);
  void take(const Reply& reply);
  void take(const Request&) {}  // not for us; harmless
  void take(const Cancel&) {}
  void send(Pending& pending);
  void finish(Ticket ticket, const Finished& finished);
  void finish_later(Ticket ticket, Finished finished);
  void look_for_deadlines();

  boost::asio::io_context& context_;
  std::filesystem::path path_;
  std::unique_ptr<PacketSocket> socket_;             // nothing while there is no connection
  boost::asio::posix::stream_descriptor readiness_;  // a copy of its descriptor
  std::uint64_t connections_ = 0;                    // so far: whose readiness it was
  bool greeted_ = false;
  boost::asio::steady_timer reconnect_timer_;
  boost::asio::steady_timer deadline_timer_;
  std::map<Ticket, Pending> pending_;
  Ticket last_ticket_ = 0;
};

}  // namespace failover::runner
