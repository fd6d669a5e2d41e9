// One HTTP connection as a sequence of phases. A request is read whole, handed over, answered, and
// only then the next one is looked at: what a client sends ahead (pipelining) waits in the buffer
// or in the socket, and replies cannot get out of order. Every phase that waits for the client has
// a deadline; the one that waits for the handler has none, but notices when the client hangs up.

#include "agent/http/connection.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <optional>
#include <string_view>

#include "agent/http/chunk_stream.hpp"
#include "agent/http/refusals.hpp"
#include "agent/http/target.hpp"

namespace failover::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast::http;
using boost::system::error_code;

enum class Phase : std::uint8_t {
  resting,
  receiving,
  answering,
  sending,
  streaming,
  lingering,
  closed,
};
enum class Afterwards : std::uint8_t { rest, close, linger };

class BeastConnection final : public Connection,
                              public std::enable_shared_from_this<BeastConnection> {
 public:
  BeastConnection(Socket socket, Access access, const Credentials& client, Service& service,
                  Closed closed)
      : socket_(std::move(socket)),
        deadline_(socket_.get_executor()),
        access_(access),
        client_(client),
        service_(service),
        closed_(std::move(closed)),
        buffer_(service.bounds.header_bytes) {}

  void start() override { rest(); }
  void close() override;
  void finish() override;
  void answer(Response response);

  bool at_rest() const override {
    return phase_ == Phase::resting || phase_ == Phase::receiving || phase_ == Phase::lingering;
  }
  Clock::time_point since() const override { return since_; }
  const Credentials& client() const override { return client_; }
  const std::string& path() const { return path_; }

 private:
  void enter(Phase phase, Duration bound);
  void enter_without_deadline(Phase phase);
  void deadline_passed();

  void rest();
  void receive();
  void header_arrived(error_code failed);
  void receive_body();
  void request_arrived(error_code failed);
  void deliver();
  void hand_over(const Request& request);
  void notice_hang_up();
  void send(Response response, Afterwards afterwards);
  void fill(const Response& response, Afterwards afterwards);
  void open_stream(Response response);
  void stream(const Response& response);
  void sent(error_code failed);
  void linger();
  void drop_more();

  [[nodiscard]] bool is_read() const;
  [[nodiscard]] std::size_t body_bound() const;
  void refuse(const Problem& problem);
  void refuse_too_slow();
  void refuse_unread(error_code failed);

  Socket socket_;
  asio::steady_timer deadline_;
  Access access_;
  Credentials client_;
  Service& service_;
  Closed closed_;

  Phase phase_ = Phase::resting;
  Clock::time_point since_ = Clock::now();
  bool request_too_slow_ = false;
  bool finishing_ = false;
  Afterwards afterwards_ = Afterwards::rest;
  std::size_t dropped_bytes_ = 0;

  boost::beast::flat_buffer buffer_;
  std::optional<beast::request_parser<beast::string_body>> parser_;
  std::string path_;  // of the request under way
  std::optional<beast::response<beast::string_body>> response_;
  std::optional<beast::response_serializer<beast::string_body>> serializer_;
  std::shared_ptr<ChunkStream> stream_;  // while the answer goes on
};

// One request's chance to be answered. Shared by the copies of its Reply.
class PendingReply {
 public:
  explicit PendingReply(std::weak_ptr<BeastConnection> connection)
      : connection_(std::move(connection)) {}
  PendingReply(const PendingReply&) = delete;
  PendingReply& operator=(const PendingReply&) = delete;
  ~PendingReply() {
    if (given_) return;
    try {
      if (const auto connection = connection_.lock()) {
        connection->answer(problem_response(internal_error(connection->path())));
      }
    } catch (const std::exception&) {
      // No memory for a reply: the client's own patience ends the connection.
    }
  }
  void give(Response response) {
    if (std::exchange(given_, true)) return;
    if (const auto connection = connection_.lock()) connection->answer(std::move(response));
  }

 private:
  std::weak_ptr<BeastConnection> connection_;
  bool given_ = false;
};

void BeastConnection::enter(Phase phase, Duration bound) {
  phase_ = phase;
  since_ = Clock::now();
  deadline_.expires_after(bound);
  deadline_.async_wait([self = shared_from_this()](error_code failed) {
    if (!failed) self->deadline_passed();
  });
}

void BeastConnection::enter_without_deadline(Phase phase) {
  phase_ = phase;
  since_ = Clock::now();
  deadline_.cancel();
}

void BeastConnection::deadline_passed() {
  // A wait that was over before it could be cancelled speaks of an earlier phase.
  if (deadline_.expiry() > Clock::now()) return;
  switch (phase_) {
    case Phase::receiving: {
      // The read under way ends, and with it comes the refusal, unless it has just succeeded.
      request_too_slow_ = true;
      error_code ignored;
      socket_.cancel(ignored);
      return;
    }
    case Phase::sending: ++service_.counters.too_slow; return close();
    case Phase::resting:
    case Phase::lingering: return close();
    case Phase::answering:
    case Phase::streaming:
    case Phase::closed: return;
  }
}

void BeastConnection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  const auto self = shared_from_this();
  error_code ignored;  // the descriptor is gone either way
  socket_.close(ignored);
  deadline_.cancel();
  if (stream_) stream_->stop();
  closed_(*this);
}

void BeastConnection::finish() {
  finishing_ = true;
  if (at_rest() || phase_ == Phase::streaming) close();
}

void BeastConnection::rest() {
  if (finishing_) return close();
  if (buffer_.size() > 0) return receive();
  enter(Phase::resting, service_.bounds.request_time);
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](error_code failed) {
    if (self->phase_ != Phase::resting) return;
    if (failed) return self->close();
    self->receive();
  });
}

void BeastConnection::receive() {
  enter(Phase::receiving, service_.bounds.request_time);
  request_too_slow_ = false;
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(service_.bounds.header_bytes));
  parser_->body_limit(body_bound());
  beast::async_read_header(socket_, buffer_, *parser_,
                           [self = shared_from_this()](error_code failed, std::size_t) {
                             if (self->phase_ == Phase::receiving) self->header_arrived(failed);
                           });
}

std::size_t BeastConnection::body_bound() const {
  return access_ == Access::reads ? service_.bounds.reader_body_bytes : service_.bounds.body_bytes;
}

bool BeastConnection::is_read() const {
  const auto method = parser_->get().method();
  return method == beast::verb::get || method == beast::verb::head;
}

void BeastConnection::header_arrived(error_code failed) {
  const bool complete = !failed || failed == beast::error::body_limit;
  if (complete && access_ == Access::reads && !is_read()) {
    const auto method = parser_->get().method_string();
    return refuse(reads_only({method.data(), method.size()}, std::string(parser_->get().target())));
  }
  if (failed) return refuse_unread(failed);

  const auto expectation = parser_->get()[beast::field::expect];
  if (!boost::beast::iequals(expectation, "100-continue")) return receive_body();
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(socket_, asio::buffer(go_on),
                    [self = shared_from_this()](error_code broken, std::size_t) {
                      if (self->phase_ != Phase::receiving) return;
                      if (broken) return self->refuse_unread(broken);
                      self->receive_body();
                    });
}

void BeastConnection::receive_body() {
  // The header was in just when its time was over: the deadline will not come again for the body.
  if (request_too_slow_) return refuse_too_slow();
  beast::async_read(socket_, buffer_, *parser_,
                    [self = shared_from_this()](error_code failed, std::size_t) {
                      if (self->phase_ == Phase::receiving) self->request_arrived(failed);
                    });
}

void BeastConnection::request_arrived(error_code failed) {
  if (failed) return refuse_unread(failed);
  deliver();
}

void BeastConnection::deliver() {
  auto& message = parser_->get();
  const auto given = message.target();
  auto target = parse_target({given.data(), given.size()});
  if (!target) return refuse(bad_target(target.error().text, std::string(given)));
  path_ = target->path;
  const bool head = message.method() == beast::verb::head;
  hand_over(Request{.method = head ? "GET" : std::string(message.method_string()),
                    .path = std::move(target->path),
                    .query = std::move(target->query),
                    .body = std::move(message.body()),
                    .content_type = std::string(message[beast::field::content_type]),
                    .if_match = std::string(message[beast::field::if_match]),
                    .client = client_,
                    .access = access_});
}

void BeastConnection::hand_over(const Request& request) {
  enter_without_deadline(Phase::answering);
  const auto pending = std::make_shared<PendingReply>(weak_from_this());
  try {
    service_.handler(request, [pending](Response response) { pending->give(std::move(response)); });
  } catch (const std::exception&) {
    pending->give(problem_response(internal_error(request.path)));
  }
  if (phase_ == Phase::answering) notice_hang_up();
}

// Waits without reading: what comes next is a later request's. A Unix socket reports an error when
// the peer has closed both ways; one that only has nothing more to say still gets its answer.
void BeastConnection::notice_hang_up() {
  socket_.async_wait(Socket::wait_error,
                     [self = shared_from_this(), phase = phase_](error_code failed) {
                       if (!failed && self->phase_ == phase) self->close();
                     });
}

void BeastConnection::answer(Response response) {
  if (phase_ != Phase::answering) return;
  error_code ignored;
  socket_.cancel(ignored);  // no more need to notice that the client hangs up: writing will
  const bool head = parser_->get().method() == beast::verb::head;
  if (response.stays_open && !head) return open_stream(std::move(response));
  const bool goes_on = parser_->get().keep_alive() && !finishing_;
  send(std::move(response), goes_on ? Afterwards::rest : Afterwards::close);
}

void BeastConnection::send(Response response, Afterwards afterwards) {
  fill(response, afterwards);
  response_->body() = std::move(response.body);
  response_->prepare_payload();
  serializer_.emplace(*response_);
  auto done = [self = shared_from_this()](error_code failed, std::size_t) {
    if (self->phase_ == Phase::sending) self->sent(failed);
  };
  if (parser_->get().method() == beast::verb::head) {
    beast::async_write_header(socket_, *serializer_, std::move(done));
  } else {
    beast::async_write(socket_, *serializer_, std::move(done));
  }
}

void BeastConnection::fill(const Response& response, Afterwards afterwards) {
  enter(Phase::sending, service_.bounds.reply_time);
  afterwards_ = afterwards;
  auto& message = response_.emplace();
  message.version(parser_->get().version() == 10 ? 10 : 11);
  message.result(response.status);
  for (const auto& [name, value] : response.headers) message.set(name, value);
  message.set(beast::field::content_type, response.content_type);
  message.keep_alive(afterwards == Afterwards::rest);
}

// The header by itself; what follows it is the stream's.
void BeastConnection::open_stream(Response response) {
  fill(response, Afterwards::close);
  if (response_->version() == 11) response_->chunked(true);
  serializer_.emplace(*response_);
  beast::async_write_header(
      socket_, *serializer_,
      [self = shared_from_this(), response = std::move(response)](error_code failed, std::size_t) {
        if (self->phase_ != Phase::sending) return;
        if (failed) return self->close();
        self->stream(response);
      });
}

void BeastConnection::stream(const Response& response) {
  if (finishing_) return close();
  const auto framing = response_->version() == 11 ? Framing::chunks : Framing::plain;
  enter_without_deadline(Phase::streaming);
  // Closing it ends the connection, which keeps itself until then.
  stream_ = std::make_shared<ChunkStream>(socket_, framing, service_.bounds,
                                          [self = weak_from_this()](ChunkStream::End end) {
                                            const auto connection = self.lock();
                                            if (!connection) return;
                                            if (end == ChunkStream::End::too_slow)
                                              ++connection->service_.counters.too_slow;
                                            connection->close();
                                          });
  notice_hang_up();
  stream_->write(response.body);
  response.stays_open(stream_);
}

void BeastConnection::sent(error_code failed) {
  serializer_.reset();
  response_.reset();
  if (failed) return close();
  switch (afterwards_) {
    case Afterwards::rest: return rest();
    case Afterwards::close: return close();
    case Afterwards::linger: return linger();
  }
}

// A client that is still sending when the socket goes sees a broken pipe and may never look at the
// reply. So its data is read and dropped for a moment.
void BeastConnection::linger() {
  error_code gone;
  socket_.shutdown(Socket::shutdown_send, gone);
  if (gone || finishing_) return close();
  dropped_bytes_ = 0;
  enter(Phase::lingering, service_.bounds.linger_time);
  drop_more();
}

void BeastConnection::drop_more() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(buffer_.max_size()),
                          [self = shared_from_this()](error_code failed, std::size_t bytes) {
                            if (self->phase_ != Phase::lingering) return;
                            self->dropped_bytes_ += bytes;
                            const bool enough =
                                self->dropped_bytes_ > self->service_.bounds.body_bytes;
                            if (failed || enough) return self->close();
                            self->drop_more();
                          });
}

void BeastConnection::refuse(const Problem& problem) {
  ++service_.counters.bad_requests;
  send(problem_response(problem), Afterwards::linger);
}

void BeastConnection::refuse_too_slow() {
  ++service_.counters.too_slow;
  send(problem_response(request_too_slow(service_.bounds.request_time)), Afterwards::linger);
}

void BeastConnection::refuse_unread(error_code failed) {
  if (request_too_slow_) return refuse_too_slow();
  // Not the parser's verdict but the socket's, or nothing came: there is nobody to answer.
  const auto& verdicts = beast::make_error_code(beast::error::end_of_stream).category();
  if (failed.category() != verdicts || failed == beast::error::end_of_stream) return close();
  if (failed == beast::error::header_limit || failed == beast::error::buffer_overflow) {
    return refuse(header_too_large(service_.bounds.header_bytes));
  }
  if (failed == beast::error::body_limit) {
    return refuse(body_too_large(body_bound(), std::string(parser_->get().target())));
  }
  refuse(malformed_request(failed.message()));
}

}  // namespace

std::shared_ptr<Connection> make_connection(Socket socket, Access access, const Credentials& client,
                                            Service& service, Closed closed) {
  return std::make_shared<BeastConnection>(std::move(socket), access, client, service,
                                           std::move(closed));
}

}  // namespace failover::http
