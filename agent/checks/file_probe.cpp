#include "agent/checks/file_probe.hpp"

#include <pthread.h>
#include <sys/stat.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>

#include "agent/config/duration_text.hpp"

namespace failover::checks {
namespace {

using Written = Result<RealTime, int>;

// Between the thread, which may come back when nobody is there any more, and who asked.
class Return {
 public:
  Return(boost::asio::io_context& context, std::function<void(const Written&)> arrived)
      : context_(&context), arrived_(std::move(arrived)) {}

  // The thread's. Nothing when nobody waits any more: then there may be no context either.
  static void give(const std::shared_ptr<Return>& to, const Written& written) {
    const std::lock_guard lock(to->mutex_);
    if (to->context_ == nullptr) return;
    boost::asio::post(*to->context_, [to, written] {
      if (to->context_ != nullptr) to->arrived_(written);
    });
  }
  // The control thread's, at the end.
  void close() {
    const std::lock_guard lock(mutex_);
    context_ = nullptr;
  }

 private:
  std::mutex mutex_;
  boost::asio::io_context* context_;  // written by the control thread only
  std::function<void(const Written&)> arrived_;
};

// Signals are the control thread's: a new thread inherits that they are blocked.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

class FileProbe final : public Probe {
 public:
  FileProbe(boost::asio::io_context& context, const config::FileTrack& track, LookAtFile look)
      : context_(context), track_(track), look_(std::move(look)) {}
  FileProbe(const FileProbe&) = delete;
  FileProbe& operator=(const FileProbe&) = delete;
  ~FileProbe() override {
    if (under_way_) under_way_->close();
  }

  void ask(Duration, Done done) override {
    done_ = std::move(done);
    if (under_way_) return;
    const auto failed = send_thread();
    if (!failed.empty()) std::exchange(done_, nullptr)({Verdict::none, failed});
  }

  Finding give_up(Duration timeout) override {
    done_ = nullptr;
    Finding finding = no_answer(timeout);
    finding.detail += ", the file system hangs";
    return finding;
  }

 private:
  // Why it could not be sent; empty when it is on its way.
  [[nodiscard]] std::string send_thread() {
    const SignalsBlocked blocked;
    auto to = std::make_shared<Return>(context_, [this](const Written& written) {
      under_way_.reset();
      if (done_) std::exchange(done_, nullptr)(judge(written));
    });
    try {
      std::thread([to, look = look_, path = track_.path] {
        Return::give(to, look(path));
      }).detach();
    } catch (const std::system_error& error) {
      return "no thread to look at it: " + system_message(error.code().value());
    }
    under_way_ = std::move(to);
    return {};
  }

  [[nodiscard]] Finding judge(const Written& written) const {
    if (!written) return {Verdict::bad, system_message(written.error())};
    if (!track_.newer_than) return {Verdict::good, "is there"};
    const RealTime now = std::chrono::system_clock::now();
    const auto age = std::chrono::floor<std::chrono::seconds>(now - *written);
    const bool fresh = now - *written <= *track_.newer_than;
    return {fresh ? Verdict::good : Verdict::bad,
            "written " + config::duration_text(std::max<Duration>(age, Duration{0})) + " ago"};
  }

  boost::asio::io_context& context_;
  config::FileTrack track_;
  LookAtFile look_;
  Done done_;  // empty: nobody waits
  std::shared_ptr<Return> under_way_;
};

}  // namespace

Result<RealTime, int> look_at_file(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return failure(errno);
  return RealTime(std::chrono::seconds(status.st_mtim.tv_sec) +
                  std::chrono::nanoseconds(status.st_mtim.tv_nsec));
}

std::unique_ptr<Probe> make_file_probe(boost::asio::io_context& context,
                                       const config::FileTrack& track, LookAtFile look) {
  return std::make_unique<FileProbe>(context, track, std::move(look));
}

}  // namespace failover::checks
