#include "agent/http/listener.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace failover::http {

using boost::system::error_code;

Listener::Listener(boost::asio::io_context& context, Accepted accepted, Counters& counters)
    : acceptor_(context), pause_(context), accepted_(std::move(accepted)), counters_(counters) {}

std::error_code Listener::open(int listening_descriptor) {
  int domain = 0;
  socklen_t size = sizeof domain;
  int refusal = 0;
  if (getsockopt(listening_descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0) {
    refusal = errno;
  } else if (domain != AF_UNIX) {
    refusal = EAFNOSUPPORT;
  }
  error_code failed(refusal, boost::system::system_category());
  if (!failed)
    acceptor_.assign(boost::asio::local::stream_protocol(), listening_descriptor, failed);
  if (failed) {
    ::close(listening_descriptor);
    return failed;
  }
  accept();
  return {};
}

void Listener::close() {
  closed_ = true;
  error_code ignored;  // the descriptor is gone either way
  acceptor_.close(ignored);
  pause_.cancel();
}

void Listener::accept() {
  acceptor_.async_accept([self = shared_from_this()](error_code failed, Socket socket) {
    if (self->closed_) return;
    if (failed) return self->pause();
    self->accepted_(std::move(socket));
    if (!self->closed_) self->accept();
  });
}

void Listener::pause() {
  ++counters_.accept_failures;
  pause_.expires_after(limits::api_accept_pause);
  pause_.async_wait([self = shared_from_this()](error_code) {
    if (!self->closed_) self->accept();
  });
}

}  // namespace failover::http
