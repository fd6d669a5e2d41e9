#include <fmt/format.h>
#include <sys/prctl.h>

#include <cstdio>
#include <exception>

#include "agent/agent.hpp"
#include "agent/options.hpp"
#include "agent/parent/parent.hpp"
#include "agent/runner/runner.hpp"
#include "agent/version.hpp"

namespace {

using failover::Exit;
using failover::Options;

Exit be_runner(const Options& options) {
  failover::runner::run(failover::Descriptor(options.inherited->runner_socket),
                        options.inherited->runner, failover::runner::allowed_by([options] {
                          return failover::runner::commands_in_force(options.run_directory,
                                                                     options.config);
                        }));
  return Exit::done;
}

Exit act(const Options& options) {
  switch (options.action) {
    case Options::Action::help: fmt::print("{}", failover::usage()); return Exit::done;
    case Options::Action::version:
      fmt::print("failoverd {}\n", failover::program_version);
      return Exit::done;
    case Options::Action::check: return failover::check_configuration(options);
    case Options::Action::lint: return failover::lint_configuration(options);
    case Options::Action::replay: return failover::replay_recording(options);
    case Options::Action::cleanup: return failover::cleanup();
    case Options::Action::runner: return be_runner(options);
    case Options::Action::run:
      return options.alone ? failover::run_agent(options) : failover::run_parent(options);
  }
  return Exit::failed;
}

}  // namespace

int main(int argc, char** argv) {
  prctl(PR_SET_NAME, failover::program_name);  // however the file is called that was run
  try {
    const auto options = failover::parse_options(argc, argv);
    if (options) return static_cast<int>(act(*options));
    fmt::print(stderr, "failoverd: {}\n{}", options.error(), failover::usage());
    return static_cast<int>(Exit::usage);
  } catch (const std::exception& error) {
    fmt::print(stderr, "failoverd: {}\n", error.what());
    return static_cast<int>(Exit::failed);
  }
}
