#pragma once
// HTTP/1.1 on Unix sockets for the control thread: framing, bounds, credentials. What a request means
// is the handler's business (api.hpp).
//
// Bounds (protocol/limits.hpp): connections, header and body sizes, the time a request may take to
// arrive. What is over a bound is refused with problem+json that names it, and the connection closed.

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace failover::http {

// Who is on the other end of a Unix socket (SO_PEERCRED).
struct Credentials {
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;
};

enum class Access : std::uint8_t { everything, reads };  // control.sock, status.sock

struct Request {
  std::string method;                        // "GET"
  std::string path;                          // percent-decoded, without the query: "/v1/status"
  std::map<std::string, std::string> query;  // percent-decoded
  std::string body;
  Credentials client;
  Access access = Access::reads;
};

struct Response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::map<std::string, std::string> headers;  // further ones: Allow, Location
};

// Answers one request, now or later, once, on the io_context's thread. Harmless when the client has
// gone meanwhile. A Reply may be copied; only the first call counts.
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
};
[[nodiscard]] Response problem_response(const Problem& problem);

// Owned by the control thread, which runs the io_context; no call from another. A failing accept or
// client is that client's loss and is counted, never thrown.
class HttpServer {
 public:
  HttpServer(boost::asio::io_context& context, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Serves a listening Unix stream socket from here on; the server owns the descriptor.
  void serve(int listening_descriptor, Access access);
  // No new connections; those at rest are closed, answers under way are finished.
  void stop();
  [[nodiscard]] std::size_t connections() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace failover::http
