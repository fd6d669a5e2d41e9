#pragma once
// What is wrong with a configuration, as it is shown.

#include <string>
#include <vector>

namespace failover::config {

struct ConfigError {
  std::string file;
  unsigned line = 0;  // 0: the file as a whole, or a tree that came from no file
  unsigned column = 0;
  std::string key;      // "interface.eth0.carp.10.advskew"; may be empty
  std::string message;  // what is wrong, what is accepted, what to do
  // "failover.toml:12:11: interface.eth0.carp.10.advskew: 300 is out of range; accepted: 0..254"
  [[nodiscard]] std::string text() const;
};
using ConfigErrors = std::vector<ConfigError>;

}  // namespace failover::config
