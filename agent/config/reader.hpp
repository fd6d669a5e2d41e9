#pragma once
// From a TOML file to a Configuration, strictly: every error at once, each with its place, the
// range and the way out. Unknown keys are errors and name the nearest known one.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/configuration.hpp"
#include "protocol/result.hpp"

namespace failover::config {

struct ConfigError {
  std::string file;
  unsigned line = 0;  // 0: the file as a whole
  unsigned column = 0;
  std::string key;      // "interface.eth0.carp.10.advskew"; may be empty
  std::string message;  // what is wrong, what is accepted, what to do
  // "failover.toml:12:11: interface.eth0.carp.10.advskew: 300 is out of range; accepted: 0..254"
  [[nodiscard]] std::string text() const;
};
using ConfigErrors = std::vector<ConfigError>;

// Reads the file and, when it is called failover.toml, the *.toml of conf.d beside it, merged in
// name order. password_file paths are read too; a relative one is relative to the file that names
// it.
[[nodiscard]] Result<Configuration, ConfigErrors> read_configuration(
    const std::filesystem::path& file);

// The same for one text; `file` is only what errors call it, and the base of relative paths.
[[nodiscard]] Result<Configuration, ConfigErrors> read_configuration_text(
    std::string_view toml, const std::filesystem::path& file);

}  // namespace failover::config
