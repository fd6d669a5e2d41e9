#pragma once
// ProcessScan: counts the running processes of a name. One reading of /proc serves all checks that
// are due at the same time, in pieces between which the control thread does other things: a machine
// with 10,000 processes takes some 20 ms.
//
// The alternatives: the kernel's process connector tells of every exec and exit, which costs most
// where there is most to do, and misses some under load; pidfds need somebody who finds the process
// first.

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "agent/checks/lifetime.hpp"
#include "protocol/limits.hpp"
#include "protocol/result.hpp"

namespace failover::checks {

// Control thread only.
class ProcessScan {
 public:
  using Ticket = std::uint64_t;
  // How many, or why /proc cannot be read.
  using Counted = std::function<void(const Result<std::size_t, std::string>&)>;

  explicit ProcessScan(boost::asio::io_context& context,
                       std::size_t entries_per_turn = limits::processes_per_turn);
  ~ProcessScan();

  // name: as in /proc/PID/comm, of which the kernel keeps 15 bytes; or an absolute path, of the
  // executable. `counted` comes once, unless it is cancelled before, and never from within.
  Ticket count(std::string name, Counted counted);
  void cancel(Ticket ticket);

 private:
  struct Request {
    Ticket ticket;
    std::string name;
    Counted counted;
    std::size_t found = 0;
  };
  class Directory;

  void soon(void (ProcessScan::*next)());
  void begin();
  void go_on();
  void finish(const Result<std::size_t, std::string>& ended);
  void look_at(const char* process);

  boost::asio::io_context& context_;
  std::size_t entries_per_turn_;
  Ticket last_ticket_ = 0;
  std::list<Request> waiting_;   // for the next reading
  std::list<Request> counting_;  // in the one under way
  std::unique_ptr<Directory> directory_;
  Lifetime lifetime_;
};

}  // namespace failover::checks
