#pragma once
// ChunkStream: the open end of an answer that goes on. What is written to it leaves as chunks (RFC
// 9112, section 7.1), or as it is for a client that speaks HTTP/1.0 and reads until the end.
//
// A client that does not read must not make us keep what it will never take: what waits for it is
// bounded, and so is the time that it may take for a piece.

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "agent/http/http_server.hpp"
#include "agent/http/listener.hpp"

namespace failover::http {

enum class Framing : std::uint8_t { chunks, plain };

// Lives on the control thread, within its connection, whose socket it writes to.
class ChunkStream final : public Stream, public std::enable_shared_from_this<ChunkStream> {
 public:
  // What the connection does at the end.
  enum class End : std::uint8_t { asked, broken, too_slow };
  using Ended = std::function<void(End)>;
  ChunkStream(Socket& socket, Framing framing, const Bounds& bounds, Ended ended);

  bool write(std::string_view text) override;
  void close() override { end(End::asked); }
  // The connection goes: nothing is written any more.
  void stop();

 private:
  void send_waiting();
  void sent(bool failed);
  void end(End how);

  Socket& socket_;
  Framing framing_;
  std::size_t bound_;
  Duration patience_;
  Ended ended_;
  boost::asio::steady_timer deadline_;
  std::string waiting_;
  std::string leaving_;
  bool open_ = true;
};

}  // namespace failover::http
