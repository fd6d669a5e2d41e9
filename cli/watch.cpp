#include "cli/watch.hpp"

#include <ostream>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/screen.hpp"
#include "protocol/limits.hpp"

namespace failover::cli {
namespace {

struct Drawing {
  ExitStatus status;
  std::string text;
};

// What `status` would print, or what it would complain about.
Drawing draw_status(const Command& command) {
  std::ostringstream text;
  const ExitStatus status = show_status({.arguments = command.arguments,
                                         .agent = command.agent,
                                         .abbreviations = command.abbreviations,
                                         .terminal = command.terminal,
                                         .colour = command.colour,
                                         .in = command.in,
                                         .out = text,
                                         .err = text});
  return {status, text.str()};
}

}  // namespace

ExitStatus watch(const Command& command) {
  if (command.terminal == Terminal::none || command.arguments.format == Format::json) {
    return complain(command, ExitStatus::usage,
                    "watch is for a terminal; elsewhere there are failoverctl status and "
                    "failoverctl events -f");
  }
  Drawing drawing = draw_status(command);
  if (drawing.status != ExitStatus::done) {
    command.err << drawing.text;
    return drawing.status;
  }
  Screen screen(command.out);
  do {
    screen.draw(drawing.text);
    if (screen.wait(limits::cli_watch_pause) == Pressed::quit) break;
    drawing = draw_status(command);
  } while (command.out.good());
  return ExitStatus::done;
}

}  // namespace failover::cli
