#include "cli/client.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <limits>

#include "protocol/limits.hpp"

namespace failover::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast::http;
using Socket = asio::local::stream_protocol::socket;
using boost::system::error_code;

Obstacle obstacle_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return Obstacle::no_socket;
    case ECONNREFUSED: return Obstacle::refused;
    case EACCES:
    case EPERM: return Obstacle::no_access;
    case EAGAIN: return Obstacle::no_answer;
    default: return Obstacle::other;
  }
}

// A connected descriptor, or errno. Blocking, with a bound: a non-blocking connect would fail at
// once while the agent's queue is full, though it will be emptied in a moment.
Result<int, int> connect_to(const std::string& path, Duration patience) {
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) return failure(ENAMETOOLONG);
  address.sun_family = AF_UNIX;
  std::ranges::copy(path, address.sun_path);
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return failure(int{errno});
  // A bound of 0 would mean none.
  const auto micros =
      std::max<std::int64_t>(1, std::chrono::floor<std::chrono::microseconds>(patience).count());
  timeval bound{};
  bound.tv_sec = micros / 1'000'000;
  bound.tv_usec = micros % 1'000'000;
  if (setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound) != 0 ||
      connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    close(descriptor);
    return failure(error);
  }
  return descriptor;
}

beast::request<beast::string_body> request_of(const Call& call) {
  beast::request<beast::string_body> request;
  request.method_string(call.method);
  request.target(call.target);
  request.version(11);
  request.set(beast::field::host, "localhost");
  request.set(beast::field::accept, "application/json");
  request.keep_alive(false);
  if (!call.body.empty()) request.set(beast::field::content_type, call.content_type);
  request.body() = call.body;
  request.prepare_payload();
  return request;
}

// Writes the request and reads the answer. Failing to write does not end it: an agent that refuses
// a request may answer, and close, before it has read all of it.
class Exchange {
 public:
  Exchange(Socket& socket, const Call& call) : socket_(socket), request_(request_of(call)) {
    parser_.body_limit(limits::cli_answer_bytes);
    parser_.skip(call.method == "HEAD");
  }

  void start() {
    beast::async_write(socket_, request_, [](error_code, std::size_t) {});
    beast::async_read(socket_, buffer_, parser_, [this](error_code failed, std::size_t) {
      ended_ = true;
      failed_ = failed;
    });
  }

  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool answered() const { return ended_ && !failed_; }
  [[nodiscard]] Answer answer() {
    auto& message = parser_.get();
    return {.status = message.result_int(),
            .content_type = std::string(message[beast::field::content_type]),
            .body = std::move(message.body())};
  }

 private:
  Socket& socket_;
  beast::request<beast::string_body> request_;
  beast::response_parser<beast::string_body> parser_;
  boost::beast::flat_buffer buffer_;
  bool ended_ = false;
  error_code failed_;
};

Result<Answer, Obstacle> exchange(int descriptor, const Call& call, Duration patience) {
  asio::io_context context;
  Socket socket(context, asio::local::stream_protocol(), descriptor);
  Exchange exchange(socket, call);
  exchange.start();
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!exchange.ended() && context.run_one_until(end) > 0) {
  }
  if (exchange.answered()) return exchange.answer();
  return failure(exchange.ended() ? Obstacle::broken_off : Obstacle::no_answer);
}

// Hands the whole lines over and keeps the rest.
Following hand_lines(std::string& body, const TakeLines& take) {
  const auto last = body.rfind('\n');
  if (last == std::string::npos) return Following::goes_on;
  const Following wanted = take(std::string_view(body).substr(0, last + 1));
  body.erase(0, last + 1);
  return wanted;
}

Result<Answer, Obstacle> follow(int descriptor, const Call& call, Duration patience,
                                const TakeLines& take) {
  asio::io_context context;
  Socket socket(context, asio::local::stream_protocol(), descriptor);
  const auto request = request_of(call);
  beast::response_parser<beast::string_body> parser;
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  boost::beast::flat_buffer buffer;
  bool begun = false;
  error_code failed;
  beast::async_write(socket, request, [](error_code, std::size_t) {});
  beast::async_read_header(socket, buffer, parser, [&](error_code error, std::size_t) {
    begun = true;
    failed = error;
  });
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!begun && context.run_one_until(end) > 0) {
  }
  if (!begun) return failure(Obstacle::no_answer);

  auto& answer = parser.get();
  const bool followed = !failed && answer.result_int() / 100 == 2;
  while (!failed && !parser.is_done() && answer.body().size() <= limits::cli_answer_bytes) {
    beast::read_some(socket, buffer, parser, failed);
    if (followed && hand_lines(answer.body(), take) == Following::ends) {
      return Answer{.status = answer.result_int(), .content_type = "", .body = ""};
    }
  }
  if (failed || followed || !parser.is_done()) return failure(Obstacle::broken_off);
  return Answer{.status = answer.result_int(),
                .content_type = std::string(answer[beast::field::content_type]),
                .body = std::move(answer.body())};
}

// Connects and exchanges by `exchange`, which takes the descriptor over.
template <class Exchanging>
Result<Answer, Unreachable> with_connection(const std::string& socket_path, Duration patience,
                                            Exchanging exchange) {
  const auto descriptor = connect_to(socket_path, patience);
  if (!descriptor) {
    return failure(Unreachable{obstacle_of(descriptor.error()), socket_path, descriptor.error()});
  }
  try {
    auto answer = exchange(*descriptor);
    if (answer) return std::move(*answer);
    return failure(Unreachable{answer.error(), socket_path, 0});
  } catch (const boost::system::system_error& error) {
    close(*descriptor);  // it never came into the socket's hands
    return failure(Unreachable{Obstacle::other, socket_path, error.code().value()});
  }
}

}  // namespace

Result<Answer, Unreachable> call_agent(const std::string& socket_path, const Call& call,
                                       Duration patience) {
  return with_connection(socket_path, patience,
                         [&](int descriptor) { return exchange(descriptor, call, patience); });
}

Result<Answer, Unreachable> follow_agent(const std::string& socket_path, const Call& call,
                                         Duration patience, const TakeLines& take) {
  return with_connection(socket_path, patience,
                         [&](int descriptor) { return follow(descriptor, call, patience, take); });
}

std::string percent_encoded(std::string_view segment) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "-._~";
  std::string encoded;
  for (const char character : segment) {
    const auto byte = static_cast<unsigned char>(character);
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                        (byte >= '0' && byte <= '9');
    if (letter || plain.find(character) != std::string_view::npos) {
      encoded += character;
    } else {
      encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return encoded;
}

}  // namespace failover::cli
