#pragma once
// failoverctl without the process around it.

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>

#include "cli/exit_status.hpp"
#include "cli/text.hpp"
#include "cli/verbs.hpp"

namespace failover::cli {

// What the process finds around it.
struct Surroundings {
  Abbreviations abbreviations = Abbreviations::refused;
  Terminal terminal = Terminal::none;
  Colour colour = Colour::off;
  std::optional<std::string> socket;  // FAILOVER_SOCKET
  std::filesystem::path run_directory = "/run/failover";
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
};

// `words`: the arguments without the program's name.
ExitStatus run(std::span<const std::string> words, const Surroundings& surroundings);

}  // namespace failover::cli
