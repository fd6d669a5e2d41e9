#include "tests/unit/agent/fake_control.hpp"

namespace failover::tests {
namespace {

std::string in_words(const group::Overrides& overrides) {
  std::string text;
  if (overrides.hold == group::Hold::active) text += " hold-active";
  if (overrides.hold == group::Hold::backup) text += " hold-backup";
  if (overrides.drained) text += " drained";
  if (overrides.frozen) text += " frozen";
  return text;
}
std::string in_words(group::Unclaimed unclaimed) {
  return unclaimed == group::Unclaimed::let_go ? " let-go" : "";
}
template <class Message>
std::string with_operation(std::string_view what, const Message& message) {
  return std::string(what) + " " + std::to_string(message.id) + " " +
         std::to_string(message.operation);
}

struct KernelWords {
  std::string operator()(const AddInterface& message) const {
    return "add-interface " + message.name + " " + std::to_string(message.slot);
  }
  std::string operator()(const AddGroup& message) const {
    return "add-group " + std::to_string(message.group->id) + in_words(message.group->overrides);
  }
  std::string operator()(const ChangeGroup& message) const {
    return "change-group " + std::to_string(message.group->id);
  }
  std::string operator()(const RemoveGroup& message) const {
    return "remove-group " + std::to_string(message.id);
  }
  std::string operator()(const AddRouter& message) const {
    return "add " + std::to_string(message.kernel.id) + " " + message.kernel.name;
  }
  std::string operator()(const ChangeRouter& message) const {
    return "change " + std::to_string(message.kernel.id) + " " + message.kernel.name;
  }
  std::string operator()(const BeginChange&) const { return "begin-change"; }
  std::string operator()(const EndChange&) const { return "end-change"; }
  std::string operator()(const Quit&) const { return "quit"; }
};

struct EngineWords {
  std::string operator()(const SwitchOverGroup& message) const {
    return with_operation("switchover", message) + in_words(message.unclaimed);
  }
  std::string operator()(const OverrideGroup& message) const {
    return with_operation("override", message) + in_words(message.wanted) +
           in_words(message.unclaimed);
  }
  std::string operator()(const ReleaseGroup& message) const {
    return with_operation("release", message);
  }
  std::string operator()(const AnnounceGroup& message) const {
    return with_operation("announce", message);
  }
  std::string operator()(const TrackReported& message) const {
    return "track " + std::to_string(message.id) + " " + std::to_string(message.report.track);
  }
  std::string operator()(const ServicesReady& message) const {
    return "services-ready " + std::to_string(message.id);
  }
  std::string operator()(const ServicesFailed& message) const {
    return "services-failed " + std::to_string(message.id);
  }
  std::string operator()(const RemoveRouter& message) const {
    return "remove " + std::to_string(message.id);
  }
  std::string operator()(const RemoveRouterNow& message) const {
    return "remove-now " + std::to_string(message.id);
  }
  std::string operator()(const Quit&) const { return "quit"; }
};

template <class Words, class Message>
std::vector<std::string> all_words(Mailbox<Message>& box) {
  std::vector<std::string> all;
  for (const Message& message : taken_from(box)) all.push_back(std::visit(Words{}, message));
  return all;
}

}  // namespace

std::vector<std::string> asked_of_kernel(Mailboxes& mailboxes) {
  return all_words<KernelWords>(mailboxes.control_to_kernel);
}
std::vector<std::string> asked_of_engine(Mailboxes& mailboxes) {
  return all_words<EngineWords>(mailboxes.control_to_engine);
}

GroupStatus group_status_of(const RouterStatus& router) {
  GroupStatus status{.role = router.role,
                     .reason = router.reason,
                     .since = router.since,
                     .yielded = router.yielded};
  if (router.role == router::Role::backup) status.state = GroupState::ready;
  if (router.role == router::Role::active) status.state = GroupState::up;
  return status;
}

http::Response ControlScene::send(const std::string& method, const std::string& path,
                                  const std::string& body) {
  return ask(method, path, {}, body)->value();
}

ControlScene::Answer ControlScene::ask(const std::string& method, const std::string& path,
                                       const std::map<std::string, std::string>& query,
                                       const std::string& body) {
  const http::Request request{.method = method,
                              .path = path,
                              .query = query,
                              .body = body,
                              .client = {.uid = 0, .gid = 0, .pid = 4711},
                              .access = http::Access::everything};
  const auto answer = std::make_shared<std::optional<http::Response>>();
  api.handle(request, [answer](http::Response response) { *answer = std::move(response); });
  return answer;
}

}  // namespace failover::tests
