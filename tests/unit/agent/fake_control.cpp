#include "tests/unit/agent/fake_control.hpp"

namespace failover::tests {
namespace {

struct KernelWords {
  std::string operator()(const AddInterface& message) const {
    return "add-interface " + message.name + " " + std::to_string(message.slot);
  }
  std::string operator()(const AddRouter& message) const {
    return "add " + std::to_string(message.kernel.id) + " " + message.kernel.name;
  }
  std::string operator()(const ChangeRouter& message) const {
    return "change " + std::to_string(message.kernel.id) + " " + message.kernel.name;
  }
  std::string operator()(const Quit&) const { return "quit"; }
};

struct EngineWords {
  std::string operator()(const HandOver& message) const {
    return "switchover " + std::to_string(message.id) + " " + std::to_string(message.operation);
  }
  std::string operator()(const EndYield& message) const {
    return "release " + std::to_string(message.id) + " " + std::to_string(message.operation);
  }
  std::string operator()(const AnnounceNow& message) const {
    return "announce " + std::to_string(message.id) + " " + std::to_string(message.operation);
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
std::vector<std::string> in_words(Mailbox<Message>& box) {
  std::vector<std::string> all;
  for (const Message& message : taken_from(box)) all.push_back(std::visit(Words{}, message));
  return all;
}

}  // namespace

std::vector<std::string> asked_of_kernel(Mailboxes& mailboxes) {
  return in_words<KernelWords>(mailboxes.control_to_kernel);
}
std::vector<std::string> asked_of_engine(Mailboxes& mailboxes) {
  return in_words<EngineWords>(mailboxes.control_to_engine);
}

}  // namespace failover::tests
