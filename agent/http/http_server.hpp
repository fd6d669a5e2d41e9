#pragma once
// HTTP/1.1 on Unix sockets for the control thread: framing, bounds, credentials. What a request
// means is the handler's business (api.hpp).
//
// Bounds (protocol/limits.hpp): connections, header and body sizes, the time a request may take to
// arrive. What is over a bound is refused with problem+json that names it, and the connection
// closed.

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "protocol/limits.hpp"

namespace failover::http {

// Who is on the other end of a Unix socket (SO_PEERCRED).
struct Credentials {
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;
};

enum class Access : std::uint8_t { everything, reads };  // control.sock, status.sock

struct Request {
  std::string method;                        // "GET", also for HEAD: the server drops the body
  std::string path;                          // percent-decoded, without the query: "/v1/status"
  std::map<std::string, std::string> query;  // percent-decoded
  std::string body;
  std::string content_type = {};  // empty: not said
  std::string if_match = {};      // the same
  Credentials client;
  Access access = Access::reads;
};

// The open end of an answer that goes on. It goes with its connection, so who writes has a weak
// hold of it. On the io_context's thread.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;
  // Leaves behind what was given before. False: nothing leaves any more, because the client has
  // gone or was too slow for what waits already, and was dropped.
  virtual bool write(std::string_view text) = 0;
  virtual void close() = 0;
};

struct Response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::map<std::string, std::string> headers;  // further ones: Allow, Location
  // The answer goes on after the body: called with its open end once the header has left. The
  // connection is this answer's from then on, and counts as one under way.
  std::function<void(const std::weak_ptr<Stream>&)> stays_open = {};
};

// Answers one request, now or later, once, on the io_context's thread. Harmless when the client has
// gone meanwhile. A Reply may be copied; only the first call counts. When the last copy goes
// without a call, the client gets a 500.
using Reply = std::function<void(Response)>;
using Handler = std::function<void(const Request&, Reply)>;

// Problem details (RFC 9457) as the API gives them: status, a stable code, a title, a detail for
// people, the path concerned, a hint at the way out.
struct Problem {
  unsigned status = 500;
  std::string code;
  std::string title;
  std::string detail;
  std::string path;
  std::string hint;
  struct Fault {
    std::string key;      // where: "interface.eth0.carp.10.advskew"; may be empty
    std::string message;  // what is wrong there
    std::string text;     // both in a line
  };
  std::vector<Fault> errors = {};  // the answer has `errors` when there are some
};
[[nodiscard]] Response problem_response(const Problem& problem);

// The bounds of one server. Others than those of limits.hpp are for tests.
struct Bounds {
  std::size_t connections = limits::api_connections;
  std::size_t kept_for_root = limits::api_connections_kept_for_root;
  std::size_t header_bytes = limits::api_header_bytes;
  std::size_t body_bytes = limits::api_body_bytes;
  std::size_t reader_body_bytes = limits::api_reader_body_bytes;
  std::size_t stream_bytes = limits::api_stream_bytes;
  Duration request_time = limits::api_request_time;
  Duration reply_time = limits::api_reply_time;
  Duration linger_time = limits::api_linger_time;
};

// What happened to clients, for metrics and logs.
struct Counters {
  std::uint64_t accepted = 0;
  std::uint64_t accept_failures = 0;  // the machine's: no descriptors, no memory
  std::uint64_t refused = 0;          // 503: no place, and nobody to close for it
  std::uint64_t evicted = 0;          // closed at rest to make room for another
  std::uint64_t bad_requests = 0;     // malformed, or over a bound of size
  std::uint64_t too_slow = 0;         // requests that did not arrive, answers that were not read
};

// Owned by the control thread, which runs the io_context; no call from another. A failing accept or
// client is that client's loss and is counted, never thrown. Must go before the io_context does.
//
// When there is no place for a new client, the connection that has been at rest longest (it has
// asked nothing yet, or not everything) is closed for it: silent clients cannot lock others out.
// Clients other than root never get the last places, and never take the place of a root's client.
class HttpServer {
 public:
  HttpServer(boost::asio::io_context& context, Handler handler, const Bounds& bounds = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Serves a listening Unix stream socket from here on; the server owns the descriptor, also when
  // it is refused (no socket of that kind, or the machine has no place for it).
  std::error_code serve(int listening_descriptor, Access access);
  // No new connections; those at rest are closed, answers under way are finished.
  void stop();
  [[nodiscard]] std::size_t connections() const;
  [[nodiscard]] const Counters& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace failover::http
