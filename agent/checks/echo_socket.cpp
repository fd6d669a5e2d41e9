#include "agent/checks/echo_socket.hpp"

#include <linux/filter.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <cerrno>

#include "agent/checks/asio_address.hpp"
#include "agent/checks/echo_message.hpp"
#include "protocol/limits.hpp"

namespace failover::checks {
namespace {

using boost::asio::ip::icmp;
using boost::system::error_code;

error_code last_error() { return {errno, boost::system::system_category()}; }

// From the kernel: neither is worth guessing.
template <class Bytes>
bool draw(Bytes& bytes) {
  return getrandom(&bytes, sizeof bytes, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof bytes);
}

error_code set_filter(int descriptor, Family family, std::uint16_t identifier) {
  auto filter = reply_filter(family, identifier);
  const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                           .filter = filter.data()};
  const int failed = setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
  return failed == 0 ? error_code{} : last_error();
}

}  // namespace

EchoSocket::EchoSocket(boost::asio::io_context& context, Family family)
    : family_(family), socket_(context) {}

Result<EchoSocket::Sequence, error_code> EchoSocket::ask(const IpAddress& address,
                                                         std::function<void()> answered) {
  error_code failed;
  if (!socket_.is_open()) open(failed);
  if (failed) return failure(failed);
  if (waiting_.size() >= limits::echo_requests_waiting)
    return failure(error_code(ENOBUFS, boost::system::system_category()));
  Waiting waiting{.address = address, .token = {}, .answered = std::move(answered)};
  if (!draw(waiting.token)) return failure(last_error());
  const Sequence sequence = free_sequence();
  const auto message = echo_request(
      family_, {.identifier = identifier_, .sequence = sequence, .token = waiting.token});
  socket_.send_to(boost::asio::buffer(message), icmp::endpoint(asio_address(address), 0), 0,
                  failed);
  if (failed) return failure(failed);
  waiting_.emplace(sequence, std::move(waiting));
  return sequence;
}

EchoSocket::Sequence EchoSocket::free_sequence() {
  do {
    ++last_sequence_;
  } while (waiting_.contains(last_sequence_));
  return last_sequence_;
}

void EchoSocket::open(error_code& failed) {
  socket_.open(family_ == Family::ipv4 ? icmp::v4() : icmp::v6(), failed);
  if (failed) return;
  if (!draw(identifier_)) failed = last_error();
  if (!failed) failed = set_filter(socket_.native_handle(), family_, identifier_);
  if (!failed) socket_.non_blocking(true, failed);
  if (!failed) return listen();
  error_code ignored;  // the descriptor is gone either way
  socket_.close(ignored);
}

void EchoSocket::listen() {
  socket_.async_wait(icmp::socket::wait_read, lifetime_.guard([this](error_code failed) {
    if (!failed) receive();
  }));
}

void EchoSocket::receive() {
  std::array<std::uint8_t, limits::echo_reply_bytes> packet{};
  for (std::size_t count = 0; count < limits::echo_replies_per_turn; ++count) {
    icmp::endpoint from;
    error_code failed;
    const auto bytes = socket_.receive_from(boost::asio::buffer(packet), from, 0, failed);
    // Nothing more, or something that concerns one packet. The socket itself cannot break.
    if (failed) break;
    take(std::span(packet).first(bytes), from);
  }
  listen();
}

void EchoSocket::take(std::span<const std::uint8_t> packet, const icmp::endpoint& from) {
  const auto reply = echo_reply(family_, packet);
  if (!reply || reply->identifier != identifier_) return;
  const auto waiting = waiting_.find(reply->sequence);
  if (waiting == waiting_.end()) return;
  auto expected = asio_address(waiting->second.address);
  if (reply->token != waiting->second.token || from.address() != expected) return;
  const auto answered = std::move(waiting->second.answered);
  waiting_.erase(waiting);
  answered();
}

}  // namespace failover::checks
