#include "agent/http/get.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <utility>

#include "agent/version.hpp"
#include "protocol/limits.hpp"

namespace failover::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast::http;
using boost::system::error_code;

GetFailure what_failed(error_code failed) {
  if (failed.category() == boost::system::system_category()) return {.network = failed};
  if (failed == beast::error::end_of_stream || failed == beast::error::partial_message ||
      failed == asio::error::eof) {
    return {.text = "closed without an answer"};
  }
  if (failed == beast::error::header_limit || failed == beast::error::buffer_overflow)
    return {.text = "the header of the answer is too long"};
  return {.text = "the answer is not HTTP"};
}

class BeastGet final : public Get, public std::enable_shared_from_this<BeastGet> {
 public:
  BeastGet(asio::io_context& context, GetQuestion question,
           std::function<void(const GetResult&)> answered)
      : socket_(context),
        server_(question.server),
        answered_(std::move(answered)),
        request_(beast::verb::get, question.target, 11),
        buffer_(limits::get_header_bytes) {
    request_.set(beast::field::host, question.host);
    request_.set(beast::field::user_agent, "failoverd/" + std::string(program_version));
    request_.set(beast::field::connection, "close");
    parser_.header_limit(static_cast<std::uint32_t>(limits::get_header_bytes));
    // Only the header is parsed, whatever it says about a body.
    parser_.skip(true);
  }

  void start();
  void cancel() override;

 private:
  void send();
  void read_header();
  void drop_body();
  void tell(const GetResult& result);

  asio::ip::tcp::socket socket_;
  asio::ip::tcp::endpoint server_;
  std::function<void(const GetResult&)> answered_;  // empty: told, or cancelled
  beast::request<beast::empty_body> request_;
  beast::response_parser<beast::empty_body> parser_;
  boost::beast::flat_buffer buffer_;
  std::size_t dropped_bytes_ = 0;
};

void BeastGet::start() {
  socket_.async_connect(server_, [self = shared_from_this()](error_code failed) {
    if (!self->answered_) return;
    if (failed) return self->tell(failure(what_failed(failed)));
    self->send();
  });
}

void BeastGet::send() {
  beast::async_write(socket_, request_,
                     [self = shared_from_this()](error_code failed, std::size_t) {
                       if (!self->answered_) return;
                       if (failed) return self->tell(failure(what_failed(failed)));
                       self->read_header();
                     });
}

void BeastGet::read_header() {
  beast::async_read_header(socket_, buffer_, parser_,
                           [self = shared_from_this()](error_code failed, std::size_t) {
                             if (!self->answered_) return;
                             if (failed) return self->tell(failure(what_failed(failed)));
                             self->dropped_bytes_ = self->buffer_.size();
                             self->drop_body();
                             self->tell(self->parser_.get().result_int());
                           });
}

void BeastGet::drop_body() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(buffer_.max_size()),
                          [self = shared_from_this()](error_code failed, std::size_t bytes) {
                            self->dropped_bytes_ += bytes;
                            if (failed || self->dropped_bytes_ > limits::get_body_bytes)
                              return self->cancel();
                            self->drop_body();
                          });
}

void BeastGet::tell(const GetResult& result) {
  if (!result) {
    error_code ignored;  // the descriptor is gone either way
    socket_.close(ignored);
  }
  std::exchange(answered_, nullptr)(result);
}

void BeastGet::cancel() {
  answered_ = nullptr;
  error_code ignored;  // the descriptor is gone either way
  socket_.close(ignored);
}

}  // namespace

std::shared_ptr<Get> get(asio::io_context& context, GetQuestion question,
                         std::function<void(const GetResult&)> answered) {
  auto under_way = std::make_shared<BeastGet>(context, std::move(question), std::move(answered));
  under_way->start();
  return under_way;
}

}  // namespace failover::http
