#include "netlink/rtnetlink_execution.hpp"

#include <net/if.h>

#include <array>
#include <cerrno>

#include "netlink/packet_filter.hpp"
#include "netlink/route_words.hpp"
#include "netlink/rtnetlink_links.hpp"
#include "netlink/rtnetlink_messages.hpp"
#include "netlink/rtnetlink_routes.hpp"
#include "netlink/settings.hpp"
#include "protocol/limits.hpp"

namespace failover::netlink {
namespace {

std::string name_of(int interface) {
  std::array<char, IF_NAMESIZE> name{};
  if (if_indextoname(static_cast<unsigned>(interface), name.data()) != nullptr) return name.data();
  return "interface " + std::to_string(interface);
}

struct Describe {
  std::string operator()(const AddAddress& step) const {
    return "add " + step.address.prefix.text() + " on " + name_of(step.address.interface);
  }
  std::string operator()(const ReplaceAddress& step) const {
    return "replace " + step.address.prefix.text() + " on " + name_of(step.address.interface);
  }
  std::string operator()(const RemoveAddress& step) const {
    return "remove " + step.prefix.text() + " on " + name_of(step.interface);
  }
  std::string operator()(const KeepSecondaries& step) const {
    return "keep secondary addresses on " + name_of(step.interface);
  }
  std::string operator()(const AddMacvlan& step) const {
    return "add macvlan " + step.name + " on index " + std::to_string(step.parent);
  }
  std::string operator()(const SetLink& step) const {
    return "set " + name_of(step.interface) + (step.state == LinkState::up ? " up" : " down");
  }
  std::string operator()(const SetMac& step) const {
    return "set the MAC address of " + name_of(step.interface) + " to " + step.mac.text();
  }
  std::string operator()(const SetProtoDown& step) const {
    return "set protodown of " + name_of(step.interface) +
           (step.state == ProtoDown::on ? " on" : " off");
  }
  std::string operator()(const RemoveLink& step) const {
    return "remove link " + name_of(step.interface);
  }
  std::string operator()(const AddRoute& step) const { return "add route " + text(step.route); }
  std::string operator()(const RemoveRoute& step) const { return "remove route " + text(step.key); }
  std::string operator()(const AddRule& step) const { return "add rule " + text(step.rule); }
  std::string operator()(const RemoveRule& step) const { return "remove rule " + text(step.rule); }
  std::string operator()(const SetSetting& step) const {
    return "set " + step.path + " to " + step.value;
  }
  std::string operator()(const DropPackets& step) const {
    if (step.to.empty()) return "remove nf_tables' table inet failover";
    const auto count = std::to_string(step.to.size());
    return "drop packets for " + count + (step.to.size() == 1 ? " address" : " addresses") +
           " by nf_tables";
  }
};

struct Append {
  Bytes& batch;
  Marking marking;
  void operator()(const AddAddress& step) const { append(batch, step, marking); }
  void operator()(const ReplaceAddress& step) const { append(batch, step, marking); }
  void operator()(const RemoveAddress& step) const { append(batch, step, marking); }
  template <class Alone>
  void operator()(const Alone&) const {}  // never waits in a batch
};

// What is to be removed is not there: nor is its interface, or all of IPv6 on it (ENXIO).
bool is_gone(const Step& step, int error) {
  if (std::holds_alternative<RemoveLink>(step)) return error == ENODEV;
  if (std::holds_alternative<RemoveRoute>(step)) return error == ESRCH;
  if (std::holds_alternative<RemoveRule>(step)) return error == ENOENT;
  if (!std::holds_alternative<RemoveAddress>(step)) return false;
  return error == EADDRNOTAVAIL || error == ENODEV || error == ENXIO;
}

}  // namespace

std::vector<KernelError> Execution::run(const Plan& plan) {
  for (const Step& step : plan) {
    if (address_of(step)) {
      waiting_.push_back(&step);
      if (waiting_.size() == limits::netlink_batch) flush();
      continue;
    }
    flush();
    auto [error, hint] = std::visit([this](const auto& what) { return carry_out(what); }, step);
    judge(step, error, std::move(hint));
  }
  flush();
  return std::move(refused_);
}

Refusal Execution::carry_out(const KeepSecondaries& step) {
  const auto [kept, is_new] = kept_.try_emplace(step.interface, socket_, step.interface);
  return {is_new ? kept->second.error() : 0};
}

Refusal Execution::carry_out(const AddMacvlan& step) { return add_macvlan(socket_, step); }

Refusal Execution::carry_out(const SetLink& step) { return set_link(socket_, step); }

Refusal Execution::carry_out(const SetMac& step) { return set_mac(socket_, step); }

Refusal Execution::carry_out(const SetProtoDown& step) { return set_proto_down(socket_, step); }

Refusal Execution::carry_out(const RemoveLink& step) { return remove_link(socket_, step); }

Refusal Execution::carry_out(const AddRoute& step) { return add_route(socket_, step); }

Refusal Execution::carry_out(const RemoveRoute& step) { return remove_route(socket_, step); }

Refusal Execution::carry_out(const AddRule& step) { return add_rule(socket_, step); }

Refusal Execution::carry_out(const RemoveRule& step) { return remove_rule(socket_, step); }

Refusal Execution::carry_out(const SetSetting& step) {
  return {write_setting(step.path, step.value)};
}

Refusal Execution::carry_out(const DropPackets& step) { return drop_packets(step); }

void Execution::flush() {
  if (waiting_.empty()) return;
  const std::uint32_t first = socket_.take_sequence(waiting_.size());
  Bytes batch;
  std::uint32_t sequence = first;
  for (const Step* step : waiting_) {
    std::visit(Append{batch, {.sequence = sequence, .answer = step == waiting_.back()}}, *step);
    ++sequence;
  }
  const int error = socket_.exchange({batch, first, sequence - 1}, [&](nlmsghdr& message) {
    if (auto answer = parse_answer(message))
      judge(*waiting_[answer->sequence - first], answer->error, std::move(answer->hint));
  });
  // Then it is not known which of them were done: the next comparison finds out.
  if (error != 0) judge(*waiting_.back(), error, "of a batch that could not be handed over");
  waiting_.clear();
}

void Execution::judge(const Step& step, int error, std::string hint) {
  if (error == 0 || is_gone(step, error)) return;
  refused_.push_back({.error = error,
                      .operation = std::visit(Describe{}, step),
                      .hint = std::move(hint),
                      .about = address_of(step)});
}

}  // namespace failover::netlink
