#pragma once
// ForkingExecute: runs commands from within the test's process.

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <vector>

#include "agent/checks/execute.hpp"

namespace failover::checks::test {

class ForkingExecute final : public Execute {
 public:
  explicit ForkingExecute(boost::asio::io_context& context);
  ~ForkingExecute() override;
  Ticket run(Command command, Ended ended) override;
  void cancel(Ticket ticket) override;

  [[nodiscard]] std::size_t running() const { return children_.size(); }
  std::vector<Command> commands;  // all that were to be run

 private:
  class Child;

  boost::asio::io_context& context_;
  Ticket last_ticket_ = 0;
  std::map<Ticket, std::unique_ptr<Child>> children_;
};

}  // namespace failover::checks::test
