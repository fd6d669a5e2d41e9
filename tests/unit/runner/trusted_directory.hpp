#pragma once
// A directory that nobody but us may write, nor any above it: /tmp is everybody's.

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/unit/catch.hpp"

namespace failover::runner::test {

// True without root; says so, and the test is to return.
inline bool needs_root() {
  if (geteuid() == 0) return false;
  std::cout << "SKIPPED: needs root" << std::endl;
  return true;
}

class TrustedDirectory {
 public:
  TrustedDirectory() {
    std::string name = "/run/failover-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
    REQUIRE(::chmod(path_.c_str(), 0755) == 0);
  }
  TrustedDirectory(const TrustedDirectory&) = delete;
  TrustedDirectory& operator=(const TrustedDirectory&) = delete;
  ~TrustedDirectory() {
    std::error_code ignored;  // it lies in a directory that does not outlive the machine
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }
  std::filesystem::path program(std::string_view name, std::string_view text = "#!/bin/sh\n",
                                mode_t mode = 0755) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    return file;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace failover::runner::test
