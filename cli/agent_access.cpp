#include "cli/agent_access.hpp"

#include <system_error>

#include "protocol/limits.hpp"

namespace failover::cli {

Result<Answer, Unreachable> AgentAccess::read(const std::string& target, Duration patience) const {
  return call({.method = "GET", .target = target, .body = ""}, patience);
}

Result<Answer, Unreachable> AgentAccess::call(const Call& call, Duration patience) const {
  if (named_) return call_agent(*named_, call, patience);
  auto answer = call_agent((run_directory_ / "control.sock").string(), call, patience);
  const bool reads = call.method == "GET" || call.method == "HEAD";
  if (answer || !reads || answer.error().obstacle != Obstacle::no_access) return answer;
  return call_agent((run_directory_ / "status.sock").string(), call, patience);
}

Result<Answer, Unreachable> AgentAccess::follow(const std::string& target,
                                                const TakeLines& take) const {
  const Call call{.method = "GET", .target = target, .body = ""};
  const auto from = [&](const std::string& path) {
    return follow_agent(path, call, limits::cli_patience, take);
  };
  if (named_) return from(*named_);
  auto answer = from((run_directory_ / "control.sock").string());
  if (answer || answer.error().obstacle != Obstacle::no_access) return answer;
  return from((run_directory_ / "status.sock").string());
}

std::string explanation(const Unreachable& unreachable) {
  const std::string& path = unreachable.path;
  switch (unreachable.obstacle) {
    case Obstacle::no_socket:
      return "no agent: there is no socket " + path +
             "\nis failoverd running? start it (systemctl start failoverd), or name its socket "
             "with --socket";
    case Obstacle::refused:
      return "no agent: nobody listens on " + path +
             "\nfailoverd has died or was killed; start it again (systemctl start failoverd)";
    case Obstacle::no_access:
      return "no access to " + path +
             "\nroot and members of the group failover have it; try sudo, or add yourself to the "
             "group: usermod -aG failover USER, then log in again";
    case Obstacle::no_answer:
      return "no answer in time on " + path + "\nfailoverd runs but is stopped or very busy";
    case Obstacle::broken_off:
      return "no whole answer on " + path + ": the connection ended early" +
             "\nfailoverd may be restarting; its log says why";
    case Obstacle::other: break;
  }
  return "cannot reach the agent on " + path + ": " +
         std::system_category().message(unreachable.error);
}

ExitStatus exit_status_of(unsigned http_status) {
  if (http_status >= 200 && http_status < 300) return ExitStatus::done;
  switch (http_status) {
    case 400: return ExitStatus::usage;
    case 403: return ExitStatus::refused;
    case 404: return ExitStatus::no_such_object;
    case 409:
    case 412: return ExitStatus::conflict;
    case 422: return ExitStatus::configuration_invalid;
    default: return ExitStatus::failed;
  }
}

}  // namespace failover::cli
