#include "agent/runner/trust.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <deque>

namespace failover::runner {
namespace {

namespace fs = std::filesystem;

constexpr int links_followed = 40;  // as many as the kernel

std::string why_theirs(const fs::path& path, const struct stat& found, uid_t user) {
  if (found.st_uid != 0 && found.st_uid != user)
    return path.string() + " is owned by the user " + std::to_string(found.st_uid) +
           "; give it to root";
  // With an access list the group's bits are the most that anybody in it has.
  if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return path.string() + " may be written by others; take that from them: chmod go-w " +
           path.string();
  return {};
}

// A walk from the root, as the kernel's: links are followed one by one, for each lies in a
// directory that somebody may write.
class Walk {
 public:
  explicit Walk(uid_t user) : user_(user) {}

  std::string to(const fs::path& program) {
    add(program);
    if (std::string fault = look_at("/"); !fault.empty()) return fault;
    while (!ahead_.empty()) {
      const fs::path name = std::move(ahead_.front());
      ahead_.pop_front();
      if (std::string fault = step(name); !fault.empty()) return fault;
    }
    if (!S_ISREG(found_.st_mode)) return program.string() + " is no file that can be run";
    return {};
  }

 private:
  void add(const fs::path& path) {
    const fs::path names = path.relative_path();
    ahead_.insert(ahead_.begin(), names.begin(), names.end());
    if (path.is_absolute()) here_ = "/";
  }

  std::string look_at(const fs::path& path) {
    if (lstat(path.c_str(), &found_) != 0) return path.string() + ": " + std::strerror(errno);
    // A link's mode says nothing; who may replace it is its directory's to say.
    return S_ISLNK(found_.st_mode) ? std::string() : why_theirs(path, found_, user_);
  }

  std::string step(const fs::path& name) {
    if (name.empty() || name == ".") return {};
    const fs::path next = name == ".." ? here_.parent_path() : here_ / name;
    if (std::string fault = look_at(next); !fault.empty()) return fault;
    if (!S_ISLNK(found_.st_mode)) {
      here_ = next;
      return {};
    }
    if (++links_ > links_followed) return next.string() + ": " + std::strerror(ELOOP);
    std::error_code error;
    const fs::path target = fs::read_symlink(next, error);
    if (error) return next.string() + ": " + error.message();
    add(target);
    return {};
  }

  uid_t user_;
  fs::path here_ = "/";
  std::deque<fs::path> ahead_;
  struct stat found_ {};
  int links_ = 0;
};

}  // namespace

std::string why_untrusted(const fs::path& program, uid_t user) {
  if (!program.is_absolute())
    return program.string() + " is no absolute path; write where the program is: /usr/bin/" +
           program.filename().string();
  return Walk(user).to(program);
}

}  // namespace failover::runner
