#include "agent/http/chunk_stream.hpp"

#include <array>
#include <boost/asio/write.hpp>
#include <charconv>

namespace failover::http {
namespace {

std::string hexadecimal(std::size_t number) {
  std::array<char, 16> digits{};
  const auto written = std::to_chars(digits.begin(), digits.end(), number, 16);
  return {digits.data(), written.ptr};
}

}  // namespace

ChunkStream::ChunkStream(Socket& socket, Framing framing, const Bounds& bounds, Ended ended)
    : socket_(socket),
      framing_(framing),
      bound_(bounds.stream_bytes),
      patience_(bounds.reply_time),
      ended_(std::move(ended)),
      deadline_(socket.get_executor()) {}

// An empty chunk would be the last one.
bool ChunkStream::write(std::string_view text) {
  if (!open_) return false;
  if (text.empty()) return true;
  if (waiting_.size() >= bound_) {
    end(End::too_slow);
    return false;
  }
  if (framing_ == Framing::chunks) waiting_ += hexadecimal(text.size()) + "\r\n";
  waiting_ += text;
  if (framing_ == Framing::chunks) waiting_ += "\r\n";
  if (leaving_.empty()) send_waiting();
  return open_;
}

void ChunkStream::send_waiting() {
  leaving_ = std::exchange(waiting_, {});
  const auto self = shared_from_this();
  deadline_.expires_after(patience_);
  deadline_.async_wait([self](const boost::system::error_code& error) {
    // A wait that was over before it could be cancelled speaks of an earlier piece.
    const bool is_over = self->deadline_.expiry() <= boost::asio::steady_timer::clock_type::now();
    if (!error && is_over && !self->leaving_.empty()) self->end(End::too_slow);
  });
  boost::asio::async_write(socket_, boost::asio::buffer(leaving_),
                           [self](const boost::system::error_code& error, std::size_t) {
                             self->sent(static_cast<bool>(error));
                           });
}

void ChunkStream::sent(bool failed) {
  if (!open_) return;
  leaving_.clear();
  deadline_.cancel();
  if (failed) return end(End::broken);
  if (!waiting_.empty()) send_waiting();
}

void ChunkStream::end(End how) {
  if (!open_) return;
  stop();
  ended_(how);
}

void ChunkStream::stop() {
  open_ = false;
  deadline_.cancel();
}

}  // namespace failover::http
