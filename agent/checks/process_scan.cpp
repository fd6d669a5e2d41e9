#include "agent/checks/process_scan.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "agent/checks/finding.hpp"
#include "agent/checks/process_entry.hpp"

namespace failover::checks {

class ProcessScan::Directory {
 public:
  Directory() : directory_(opendir("/proc")) {}
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() {
    if (directory_ != nullptr) closedir(directory_);
  }
  [[nodiscard]] bool is_open() const { return directory_ != nullptr; }
  [[nodiscard]] int descriptor() const { return dirfd(directory_); }
  // nullptr at the end; errno tells the end from an error.
  [[nodiscard]] const char* next() {
    errno = 0;
    const dirent* const entry = readdir(directory_);
    return entry == nullptr ? nullptr : entry->d_name;
  }

 private:
  DIR* directory_;
};

ProcessScan::ProcessScan(boost::asio::io_context& context, std::size_t entries_per_turn)
    : context_(context), entries_per_turn_(entries_per_turn) {}

ProcessScan::~ProcessScan() = default;

ProcessScan::Ticket ProcessScan::count(std::string name, Counted counted) {
  // Others that are due now add theirs before this comes.
  if (waiting_.empty() && counting_.empty()) soon(&ProcessScan::begin);
  waiting_.push_back(
      {.ticket = ++last_ticket_, .name = std::move(name), .counted = std::move(counted)});
  return last_ticket_;
}

void ProcessScan::cancel(Ticket ticket) {
  const auto is_meant = [ticket](const Request& request) { return request.ticket == ticket; };
  waiting_.remove_if(is_meant);
  // Its place stays: the reading under way goes on for the others, if any.
  const auto meant = std::ranges::find_if(counting_, is_meant);
  if (meant != counting_.end()) meant->counted = nullptr;
}

void ProcessScan::soon(void (ProcessScan::*next)()) {
  boost::asio::post(context_, lifetime_.guard([this, next] { (this->*next)(); }));
}

void ProcessScan::begin() {
  // Cancelled meanwhile, or a second beginning, of requests that came after such a cancellation.
  if (waiting_.empty() || directory_) return;
  counting_ = std::exchange(waiting_, {});
  directory_ = std::make_unique<Directory>();
  if (!directory_->is_open()) return finish(failure("/proc: " + system_message(errno)));
  go_on();
}

void ProcessScan::go_on() {
  for (std::size_t entries = 0; entries < entries_per_turn_; ++entries) {
    const char* const entry = directory_->next();
    if (entry == nullptr && errno != 0) return finish(failure("/proc: " + system_message(errno)));
    if (entry == nullptr) return finish(std::size_t{0});
    if (entry[0] >= '1' && entry[0] <= '9') look_at(entry);
  }
  soon(&ProcessScan::go_on);
}

void ProcessScan::look_at(const char* process) {
  ProcessEntry entry(directory_->descriptor(), process);
  for (Request& request : counting_)
    if (entry.is_running(request.name)) ++request.found;
}

void ProcessScan::finish(const Result<std::size_t, std::string>& ended) {
  directory_.reset();
  const auto counted = std::exchange(counting_, {});
  if (!waiting_.empty()) soon(&ProcessScan::begin);
  for (const Request& request : counted)
    if (request.counted) request.counted(ended ? request.found : ended);
}

}  // namespace failover::checks
