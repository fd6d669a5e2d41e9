#pragma once
// The API: which request means what. Reads come from what the engine publishes; what changes
// something becomes an operation. Which paths and methods there are is in routes.cpp, and whatever
// is behind them may rely on it. Each tree of paths has its own file: api_status.cpp, api_exec.cpp,
// api_events.cpp, api_config.cpp, api_lint.cpp.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/changes/changes.hpp"
#include "agent/control/commands.hpp"
#include "agent/control/documents.hpp"
#include "agent/control/event_log.hpp"
#include "agent/control/view.hpp"
#include "agent/http/http_server.hpp"

namespace failover::control {

// The control thread only. All that it is given outlives it.
class Api {
 public:
  Api(boost::asio::io_context& context, const View& view, Commands& commands,
      changes::Changes& changes, EventLog& events, std::function<AgentState()> agent_state,
      std::function<void()> restart);

  void handle(const http::Request& request, http::Reply reply);

 private:
  // The segments of a path behind what has been looked at.
  using Rest = std::span<const std::string>;

  // api.cpp
  void read(const http::Request& request, Rest path, const http::Reply& reply);
  [[nodiscard]] http::Response document(const http::Request& request, Rest path) const;
  void operation(const http::Request& request, const std::string& number, const http::Reply& reply);
  void wait_for(OperationId id, std::chrono::seconds longest, const http::Reply& reply);

  // api_status.cpp
  [[nodiscard]] http::Response status(const http::Request& request, Rest path) const;
  [[nodiscard]] http::Response explanation(const http::Request& request,
                                           const std::string& name) const;
  [[nodiscard]] http::Response history(const http::Request& request,
                                       const std::string& group) const;

  // api_exec.cpp
  void execute(const http::Request& request, Rest path, const http::Reply& reply);
  void command(const http::Request& request, OperationKind kind, const Target& target,
               const http::Reply& reply);
  void restart(const http::Request& request, const http::Reply& reply);
  void save(const http::Request& request, const http::Reply& reply);

  // api_config.cpp
  void configuration(const http::Request& request, Rest path, const http::Reply& reply);
  // Answers when the change is done.
  [[nodiscard]] changes::Done answering(const http::Request& request, const http::Reply& reply);
  [[nodiscard]] http::Response changed(const http::Request& request,
                                       const changes::Changed& change) const;
  [[nodiscard]] http::Response value(const http::Request& request,
                                     const config::TreePath& path) const;
  void edit(const http::Request& request, const config::TreePath& path, const http::Reply& reply);
  [[nodiscard]] Result<config::Table, http::Response> edited(const http::Request& request,
                                                             const config::TreePath& path) const;
  void candidate(const http::Request& request, Rest path, const http::Reply& reply);
  [[nodiscard]] http::Response draft(const http::Request& request);
  void decide(const http::Request& request, const std::string& verb, const http::Reply& reply);
  [[nodiscard]] http::Response revision(const http::Request& request, Rest path) const;

  // api_lint.cpp
  [[nodiscard]] http::Response lint(const http::Request& request) const;

  // api_events.cpp
  void events(const http::Request& request, const http::Reply& reply);
  void open_follower(std::uint64_t since, const std::weak_ptr<http::Stream>& stream);
  void tell_followers(const Event& event);
  [[nodiscard]] std::size_t count_followers();

  boost::asio::io_context& context_;
  View view_;
  Commands& commands_;
  changes::Changes& changes_;
  EventLog& events_;
  std::vector<std::weak_ptr<http::Stream>> followers_;
  std::function<AgentState()> agent_state_;
  std::function<void()> restart_;
};

}  // namespace failover::control
