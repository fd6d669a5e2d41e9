#include "agent/http/http_server.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <optional>
#include <vector>

#include "agent/http/connection.hpp"
#include "agent/http/listener.hpp"
#include "agent/http/refusals.hpp"

namespace failover::http {
namespace {

std::optional<Credentials> credentials_of(Socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return std::nullopt;
  }
  return Credentials{.uid = peer.uid, .gid = peer.gid, .pid = peer.pid};
}

// What a client gets for which there is no place. It goes into the empty buffer of the new socket
// in one piece, before the request is looked at: there is no connection to keep it in.
void refuse(Socket& socket, std::size_t places) {
  const Response response = problem_response(too_many_connections(places));
  const std::string text =
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: " +
      response.content_type + "\r\nContent-Length: " + std::to_string(response.body.size()) +
      "\r\n\r\n" + response.body;
  boost::system::error_code ignored;  // the client has gone: nobody to tell
  socket.non_blocking(true, ignored);
  socket.write_some(boost::asio::buffer(text), ignored);
}

}  // namespace

struct HttpServer::State {
  State(boost::asio::io_context& its_context, Handler handler, const Bounds& bounds)
      : context(its_context), service{bounds, std::move(handler), {}} {}

  void accepted(Socket socket, Access access);
  [[nodiscard]] std::size_t places(const Credentials& client) const;
  [[nodiscard]] bool has_place(const Credentials& client) const;
  [[nodiscard]] std::shared_ptr<Connection> longest_at_rest(const Credentials& newcomer) const;
  [[nodiscard]] std::vector<std::shared_ptr<Connection>> all() const;

  boost::asio::io_context& context;
  Service service;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::map<const Connection*, std::shared_ptr<Connection>> connections;
};

std::size_t HttpServer::State::places(const Credentials& client) const {
  const Bounds& bounds = service.bounds;
  if (client.uid == 0) return bounds.connections;
  return bounds.connections - std::min(bounds.kept_for_root, bounds.connections);
}

bool HttpServer::State::has_place(const Credentials& client) const {
  if (connections.size() >= service.bounds.connections) return false;
  if (client.uid == 0) return true;
  const auto others = std::ranges::count_if(
      connections, [](const auto& entry) { return entry.second->client().uid != 0; });
  return static_cast<std::size_t>(others) < places(client);
}

// Another user's before root's; root's only for root.
std::shared_ptr<Connection> HttpServer::State::longest_at_rest(const Credentials& newcomer) const {
  std::shared_ptr<Connection> longest;
  for (const auto& [key, candidate] : connections) {
    const bool of_root = candidate->client().uid == 0;
    if (!candidate->at_rest() || (of_root && newcomer.uid != 0)) continue;
    const bool longest_of_root = longest && longest->client().uid == 0;
    if (!longest || (longest_of_root && !of_root) ||
        (longest_of_root == of_root && candidate->since() < longest->since())) {
      longest = candidate;
    }
  }
  return longest;
}

std::vector<std::shared_ptr<Connection>> HttpServer::State::all() const {
  std::vector<std::shared_ptr<Connection>> list;
  list.reserve(connections.size());
  for (const auto& [key, connection] : connections) list.push_back(connection);
  return list;
}

void HttpServer::State::accepted(Socket socket, Access access) {
  ++service.counters.accepted;
  const auto client = credentials_of(socket);
  if (!client) return;  // gone before it was looked at
  if (!has_place(*client)) {
    if (const auto longest = longest_at_rest(*client)) {
      ++service.counters.evicted;
      longest->close();
    }
  }
  if (!has_place(*client)) {
    ++service.counters.refused;
    return refuse(socket, places(*client));
  }
  const auto connection =
      make_connection(std::move(socket), access, *client, service,
                      [this](const Connection& closed) { connections.erase(&closed); });
  connections.emplace(connection.get(), connection);
  connection->start();
}

HttpServer::HttpServer(boost::asio::io_context& context, Handler handler, const Bounds& bounds)
    : state_(std::make_unique<State>(context, std::move(handler), bounds)) {}

HttpServer::~HttpServer() {
  for (const auto& listener : state_->listeners) listener->close();
  for (const auto& connection : state_->all()) connection->close();
}

std::error_code HttpServer::serve(int listening_descriptor, Access access) {
  auto listener = std::make_shared<Listener>(
      state_->context,
      [state = state_.get(), access](Socket socket) { state->accepted(std::move(socket), access); },
      state_->service.counters);
  const std::error_code failed = listener->open(listening_descriptor);
  if (!failed) state_->listeners.push_back(std::move(listener));
  return failed;
}

void HttpServer::stop() {
  for (const auto& listener : state_->listeners) listener->close();
  state_->listeners.clear();
  for (const auto& connection : state_->all()) connection->finish();
}

std::size_t HttpServer::connections() const { return state_->connections.size(); }

const Counters& HttpServer::counters() const { return state_->service.counters; }

}  // namespace failover::http
