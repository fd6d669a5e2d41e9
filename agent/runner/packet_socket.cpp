#include "agent/runner/packet_socket.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "protocol/limits.hpp"

namespace failover::runner {
namespace {

bool is_only_busy() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

bool PacketSocket::is_of_our_user() const {
  ucred peer{};
  socklen_t size = sizeof peer;
  return getsockopt(number(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

void PacketSocket::send(std::string packet) {
  if (waiting_.size() >= limits::runner_packets_waiting) broken_ = true;
  if (broken_) return;
  waiting_.push_back(std::move(packet));
  flush();
}

void PacketSocket::flush() {
  while (!waiting_.empty() && !broken_) {
    const std::string& packet = waiting_.front();
    if (::send(number(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
      broken_ = !is_only_busy();
      return;
    }
    waiting_.pop_front();
  }
}

std::optional<std::string> PacketSocket::receive() {
  if (broken_) return std::nullopt;
  // Its length first: most packets are small, and few are waited for.
  const ssize_t length = recv(number(), nullptr, 0, MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC);
  if (length < 0 && is_only_busy()) return std::nullopt;
  broken_ = length <= 0 || static_cast<std::size_t>(length) > limits::runner_packet_bytes;
  if (broken_) return std::nullopt;
  std::string packet(static_cast<std::size_t>(length), '\0');
  broken_ = recv(number(), packet.data(), packet.size(), MSG_DONTWAIT) != length;
  return broken_ ? std::nullopt : std::optional(std::move(packet));
}

}  // namespace failover::runner
