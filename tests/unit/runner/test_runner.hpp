#pragma once
// A runner in a process of its own, whose parent is the test, behind a socket of its own.

#include <sys/types.h>

#include <filesystem>

#include "agent/descriptor.hpp"
#include "agent/runner/allowed.hpp"
#include "tests/unit/config/temporary_directory.hpp"

namespace failover::runner::test {

class TestRunner {
 public:
  // Allows every command but /bin/false.
  TestRunner();
  ~TestRunner() { kill(); }
  TestRunner(const TestRunner&) = delete;
  TestRunner& operator=(const TestRunner&) = delete;

  void start();
  void kill();
  void tell_to_go() const;
  // Waits for its end.
  void wait();
  [[nodiscard]] std::filesystem::path socket() const { return directory_ / "runner.sock"; }

 private:
  config::test::TemporaryDirectory directory_;
  Descriptor listening_;
  pid_t process_ = 0;
};

}  // namespace failover::runner::test
