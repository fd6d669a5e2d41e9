#pragma once
// The API: which request means what. Reads come from what the engine publishes; what changes
// something becomes an operation.

#include <boost/asio/io_context.hpp>
#include <functional>

#include "agent/control/directory.hpp"
#include "agent/control/documents.hpp"
#include "agent/control/operations.hpp"
#include "agent/http/http_server.hpp"

namespace failover::control {

// The control thread only.
class Api {
 public:
  Api(boost::asio::io_context& context, Mailboxes& mailboxes, Directory& directory,
      Operations& operations, std::function<AgentState()> agent_state,
      std::function<void()> restart);

  void handle(const http::Request& request, http::Reply reply);

 private:
  void execute(const http::Request& request, const std::string& group, const std::string& verb,
               const http::Reply& reply);
  void operation(const http::Request& request, const std::string& number, const http::Reply& reply);
  void restart(const http::Request& request, const http::Reply& reply);
  void start(OperationKind kind, const RouterEntry& router, const Operation& operation);

  boost::asio::io_context& context_;
  Mailboxes& mailboxes_;
  Directory& directory_;
  Operations& operations_;
  std::function<AgentState()> agent_state_;
  std::function<void()> restart_;
};

}  // namespace failover::control
