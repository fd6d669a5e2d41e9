#include "tests/unit/checks/forking_execute.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "agent/checks/lifetime.hpp"
#include "tests/unit/catch.hpp"

namespace failover::checks::test {
namespace {

pid_t start(const Command& command, int output) {
  std::vector<char*> arguments;
  for (const std::string& word : command.arguments)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child != 0) return child;
  setpgid(0, 0);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

class ForkingExecute::Child {
 public:
  Child(boost::asio::io_context& context, const Command& command, Ended ended,
        std::function<void()> forget)
      : output_(context),
        exit_(context),
        timeout_(context),
        ended_(std::move(ended)),
        forget_(std::move(forget)) {
    std::array<int, 2> pipe{};
    REQUIRE(pipe2(pipe.data(), O_CLOEXEC) == 0);
    process_ = start(command, pipe[1]);
    ::close(pipe[1]);
    output_.assign(pipe[0]);
    output_.non_blocking(true);
    exit_.assign(static_cast<int>(syscall(SYS_pidfd_open, process_, 0)));
    timeout_.expires_after(command.timeout);
    timeout_.async_wait(lifetime_.guard([this](const boost::system::error_code& cancelled) {
      if (!cancelled) finish(TimedOut{});
    }));
    exit_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     lifetime_.guard([this](auto) { exited(); }));
    wait_for_output();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    kill(-process_, SIGKILL);
    kill(process_, SIGKILL);  // it may not have its group yet
    if (!reaped_) waitpid(process_, nullptr, 0);
  }

 private:
  // Nothing is read ahead of its turn, or the end of the process would overtake the last of it.
  void wait_for_output() {
    output_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       lifetime_.guard([this](const boost::system::error_code& failed) {
                         if (!failed && take_some() != boost::asio::error::eof) wait_for_output();
                       }));
  }
  boost::system::error_code take_some() {
    boost::system::error_code failed;
    const auto bytes = output_.read_some(boost::asio::buffer(part_), failed);
    text_.append(part_.data(), bytes);
    if (text_.size() > 2 * part_.size()) text_.erase(0, text_.size() - part_.size());
    return failed;
  }
  void exited() {
    int status = 0;
    REQUIRE(waitpid(process_, &status, 0) == process_);
    reaped_ = true;
    while (!take_some()) continue;
    if (WIFSIGNALED(status)) return finish(Signalled{WTERMSIG(status)});
    if (WEXITSTATUS(status) == 127) return finish(NotStarted{"no such file or directory"});
    finish(Exited{WEXITSTATUS(status)});
  }
  void finish(decltype(Outcome::how) how) {
    const auto ended = std::move(ended_);
    const Outcome outcome{.how = std::move(how), .output = std::move(text_)};
    const auto forget = std::move(forget_);
    forget();  // and with it goes this
    ended(outcome);
  }

  boost::asio::posix::stream_descriptor output_;
  boost::asio::posix::stream_descriptor exit_;
  boost::asio::steady_timer timeout_;
  Ended ended_;
  std::function<void()> forget_;
  pid_t process_ = 0;
  bool reaped_ = false;
  std::array<char, 4096> part_{};
  std::string text_;
  Lifetime lifetime_;
};

ForkingExecute::ForkingExecute(boost::asio::io_context& context) : context_(context) {}

ForkingExecute::~ForkingExecute() = default;

Execute::Ticket ForkingExecute::run(Command command, Ended ended) {
  const Ticket ticket = ++last_ticket_;
  commands.push_back(command);
  children_.emplace(ticket, std::make_unique<Child>(context_, command, std::move(ended),
                                                    [this, ticket] { children_.erase(ticket); }));
  return ticket;
}

void ForkingExecute::cancel(Ticket ticket) { children_.erase(ticket); }

}  // namespace failover::checks::test
