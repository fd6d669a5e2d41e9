#include "agent/runner/client.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstring>
#include <utility>
#include <vector>

#include "agent/clock.hpp"

namespace failover::runner {
namespace {

using boost::asio::posix::stream_descriptor;
using boost::system::error_code;

// Not open when nobody listens there.
Descriptor connected_to(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) return {};
  std::memcpy(address.sun_path, path.c_str(), path.native().size());
  Descriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open() ||
      ::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return {};
  return socket;
}

Finished lost(const char* why) { return {.outcome = Outcome::lost, .error = why}; }

}  // namespace

Client::Client(boost::asio::io_context& context, std::filesystem::path socket)
    : context_(context),
      path_(std::move(socket)),
      readiness_(context),
      reconnect_timer_(context),
      deadline_timer_(context) {
  connect();
}

Ticket Client::run(const Command& command, Done done) {
  const Ticket ticket = ++last_ticket_;
  std::string refusal = why_refused(command);
  auto packet = refusal.empty() ? encode(Request{.id = ticket, .command = command})
                                : failure(std::move(refusal));
  Pending& pending = pending_[ticket];
  pending = {.packet = {},
             .timeout = command.timeout,
             .deadline = monotonic_now() + limits::runner_patience,
             .done = std::move(done)};
  if (!packet) {
    finish_later(ticket, {.outcome = Outcome::not_started, .error = std::move(packet.error())});
    return ticket;
  }
  pending.packet = std::move(*packet);
  if (greeted_) send(pending);
  look_for_deadlines();
  return ticket;
}

void Client::cancel(Ticket ticket) {
  const auto pending = pending_.extract(ticket);
  if (!pending || !pending.mapped().is_sent() || !greeted_) return;
  if (auto packet = encode(Cancel{.id = ticket})) write(std::move(*packet));
}

void Client::connect() {
  Descriptor socket = connected_to(path_);
  if (socket.is_open()) socket_ = std::make_unique<PacketSocket>(std::move(socket));
  if (socket_ && socket_->is_of_our_user()) {
    error_code failed;
    readiness_.assign(dup(socket_->number()), failed);
    ++connections_;
    if (!failed) return listen();
  }
  disconnect();
}

void Client::disconnect() {
  error_code ignored;  // the descriptor is gone either way
  readiness_.close(ignored);
  socket_.reset();
  greeted_ = false;
  std::vector<Ticket> gone;
  for (const auto& [ticket, pending] : pending_)
    if (pending.is_sent()) gone.push_back(ticket);
  for (const Ticket ticket : gone)
    finish_later(ticket, lost("the runner has died; the command ran or it did not"));
  reconnect_timer_.expires_after(limits::runner_reconnect_pause);
  reconnect_timer_.async_wait([this](error_code error) {
    if (!error) connect();
  });
}

void Client::listen() {
  readiness_.async_wait(stream_descriptor::wait_read,
                        [this, connection = connections_](error_code error) {
                          if (!error && socket_ && connection == connections_) receive();
                        });
}

void Client::receive() {
  while (const auto packet = socket_->receive()) {
    const auto message = decode(*packet);
    // Another version's, which the parent is about to replace.
    if (!message) return disconnect();
    std::visit([this](const auto& content) { take(content); }, *message);
    if (!socket_) return;
  }
  if (socket_->is_broken()) return disconnect();
  listen();
}

void Client::wait_until_writable() {
  readiness_.async_wait(stream_descriptor::wait_write,
                        [this, connection = connections_](error_code error) {
                          if (error || !socket_ || connection != connections_) return;
                          socket_->flush();
                          if (socket_->has_waiting()) wait_until_writable();
                        });
}

// A broken connection is seen when it is read from.
void Client::write(std::string packet) {
  const bool waits_already = socket_->has_waiting();
  socket_->send(std::move(packet));
  if (socket_->has_waiting() && !waits_already) wait_until_writable();
}

void Client::take(const Greeting&) {
  greeted_ = true;
  for (auto& [ticket, pending] : pending_)
    if (!pending.is_sent()) send(pending);
  look_for_deadlines();
}

void Client::take(const Reply& reply) { finish(reply.id, reply.finished); }

// A runner that hangs does not reply; who asked must know at some time.
void Client::send(Pending& pending) {
  pending.deadline =
      monotonic_now() + pending.timeout + limits::runner_grace + limits::runner_patience;
  write(std::exchange(pending.packet, {}));
}

// Cancelled ones are not known any more.
void Client::finish(Ticket ticket, const Finished& finished) {
  auto pending = pending_.extract(ticket);
  if (pending) pending.mapped().done(finished);
}

void Client::finish_later(Ticket ticket, Finished finished) {
  boost::asio::post(context_,
                    [this, ticket, finished = std::move(finished)] { finish(ticket, finished); });
}

void Client::look_for_deadlines() {
  const Instant now = monotonic_now();
  Instant next = Instant::max();
  for (const auto& [ticket, pending] : pending_) {
    if (pending.deadline <= now)
      finish_later(ticket,
                   lost(pending.is_sent() ? "the runner does not reply" : "there is no runner"));
    else
      next = std::min(next, pending.deadline);
  }
  if (next == Instant::max()) return;
  deadline_timer_.expires_after(next - now);
  deadline_timer_.async_wait([this](error_code error) {
    if (!error) look_for_deadlines();
  });
}

}  // namespace failover::runner
