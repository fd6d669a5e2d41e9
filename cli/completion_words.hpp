#pragma once
// How a command line may go on.

#include <span>
#include <string>
#include <vector>

#include "cli/agent_access.hpp"

namespace failover::cli {

struct Continuation {
  std::string word;
  std::string says;  // a line for people; may be empty
};

inline constexpr std::string_view any_file = "<files>";

// words: what stands behind the program's name, the last one as far as it is written. Names of
// groups and the like are asked of the agent, which need not be there: nothing is waited for long,
// and nothing is an error. Names that shells would have to quote are left out.
[[nodiscard]] std::vector<Continuation> continuations(const AgentAccess& agent,
                                                      std::span<const std::string> words);

}  // namespace failover::cli
