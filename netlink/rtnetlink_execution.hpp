#pragma once
// Execution: one plan on its way to the kernel, in batches.

#include <map>
#include <vector>

#include "netlink/netlink_socket.hpp"
#include "netlink/rtnetlink_links.hpp"
#include "netlink/rtnetlink_secondaries.hpp"
#include "protocol/assert.hpp"

namespace failover::netlink {

// A system call per request and another per answer would cost more than the kernel's own work. So
// requests go in batches, and only the last of a batch asks for an answer: the kernel works them
// off in order, and answers refused ones unasked. That holds for steps about addresses; the others
// are few and go alone, after the batch before them. Lives within RtNetlink::execute().
class Execution {
 public:
  explicit Execution(NetlinkSocket& socket) : socket_(socket) {}
  [[nodiscard]] std::vector<KernelError> run(const Plan& plan);

 private:
  template <class InBatches>
  [[nodiscard]] Refusal carry_out(const InBatches&) {
    broken_promise();
  }
  [[nodiscard]] Refusal carry_out(const KeepSecondaries& step);
  [[nodiscard]] Refusal carry_out(const AddMacvlan& step);
  [[nodiscard]] Refusal carry_out(const SetLink& step);
  [[nodiscard]] Refusal carry_out(const SetMac& step);
  [[nodiscard]] Refusal carry_out(const SetProtoDown& step);
  [[nodiscard]] Refusal carry_out(const RemoveLink& step);
  [[nodiscard]] Refusal carry_out(const AddRoute& step);
  [[nodiscard]] Refusal carry_out(const RemoveRoute& step);
  [[nodiscard]] Refusal carry_out(const AddRule& step);
  [[nodiscard]] Refusal carry_out(const RemoveRule& step);
  [[nodiscard]] Refusal carry_out(const SetSetting& step);
  [[nodiscard]] Refusal carry_out(const DropPackets& step);
  void flush();
  void judge(const Step& step, int error, std::string hint);

  NetlinkSocket& socket_;
  std::vector<const Step*> waiting_;
  std::vector<KernelError> refused_;
  std::map<int, KeptSecondaries> kept_;  // by interface; given back when the execution ends
};

}  // namespace failover::netlink
