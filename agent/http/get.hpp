#pragma once
// One GET over TCP, as far as the header of the answer: what a health check needs of HTTP.
//
// The status is told as soon as the header is there. What comes behind it is still read and
// dropped, up to limits::get_body_bytes: a server that finds the connection reset in the middle of
// its answer logs an error, and would do so at each check.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/result.hpp"

namespace failover::http {

struct GetQuestion {
  boost::asio::ip::tcp::endpoint server;
  std::string host;    // the Host field
  std::string target;  // path and query
};

// Either what the network said, or, with a text, what was wrong with the answer.
struct GetFailure {
  boost::system::error_code network = {};
  std::string_view text = {};
};
using GetResult = Result<unsigned, GetFailure>;  // the status

// Lives until the server has nothing more to say, or is cancelled, which has to be by somebody who
// knows how long that may take.
class Get {
 public:
  Get() = default;
  virtual ~Get() = default;
  Get(const Get&) = delete;
  Get& operator=(const Get&) = delete;

  // Closes the connection; `answered` does not come any more.
  virtual void cancel() = 0;
};

// `answered` comes once, on the context's thread, never from within get().
[[nodiscard]] std::shared_ptr<Get> get(boost::asio::io_context& context, GetQuestion question,
                                       std::function<void(const GetResult&)> answered);

}  // namespace failover::http
