#include "agent/checks/tcp_probe.hpp"

#include <boost/asio/ip/tcp.hpp>

#include "agent/checks/asio_address.hpp"
#include "agent/checks/lifetime.hpp"

namespace failover::checks {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// Nobody listens on a local port of the ephemeral range, and the kernel has just given us that port
// for our own end: TCP connects the socket to itself.
bool is_connected_to_itself(const tcp::socket& socket) {
  error_code failed;
  const auto own = socket.local_endpoint(failed);
  return !failed && own == socket.remote_endpoint(failed) && !failed;
}

class TcpProbe final : public Probe {
 public:
  TcpProbe(boost::asio::io_context& context, const config::TcpTrack& track)
      : socket_(context), server_(asio_address(track.address), track.port) {}

  void ask(Duration, Done done) override {
    socket_.async_connect(server_, attempt_.guard([this, done](error_code refused) {
      const bool nobody = !refused && is_connected_to_itself(socket_);
      end();
      if (nobody) refused = boost::asio::error::connection_refused;
      done(refused ? refusal(refused) : Finding{Verdict::good, "connected"});
    }));
  }

  Finding give_up(Duration timeout) override {
    end();
    return no_answer(timeout);
  }

 private:
  void end() {
    attempt_.renew();
    error_code ignored;  // the descriptor is gone either way
    socket_.close(ignored);
  }

  tcp::socket socket_;
  tcp::endpoint server_;
  Lifetime attempt_;
};

}  // namespace

std::unique_ptr<Probe> make_tcp_probe(boost::asio::io_context& context,
                                      const config::TcpTrack& track) {
  return std::make_unique<TcpProbe>(context, track);
}

}  // namespace failover::checks
