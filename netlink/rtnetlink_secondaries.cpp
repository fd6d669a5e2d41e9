#include "netlink/rtnetlink_secondaries.hpp"

#include <cerrno>

#include "netlink/rtnetlink_messages.hpp"

namespace failover::netlink {

KeptSecondaries::KeptSecondaries(NetlinkSocket& socket, int interface)
    : socket_(socket), interface_(interface) {
  error_ = query(before_);
  if (error_ == 0 && before_ == 0) error_ = write(1);
}

KeptSecondaries::~KeptSecondaries() {
  // Failing is harmless: the interface is gone, and the setting with it.
  if (error_ == 0 && before_ == 0) static_cast<void>(write(0));
}

int KeptSecondaries::query(std::uint32_t& value) {
  Bytes request;
  const std::uint32_t sequence = socket_.take_sequence(1);
  append_promotion_query(request, interface_, {.sequence = sequence, .answer = true});
  int refused = EOPNOTSUPP;  // what it is when the kernel tells no such setting
  const int error = socket_.exchange({request, sequence, sequence}, [&](nlmsghdr& message) {
    if (const auto told = parse_promotion(message)) {
      value = *told;
      refused = 0;
    } else if (const auto answer = parse_answer(message); answer && answer->error != 0) {
      refused = answer->error;
    }
  });
  return error != 0 ? error : refused;
}

int KeptSecondaries::write(std::uint32_t value) {
  Bytes request;
  const std::uint32_t sequence = socket_.take_sequence(1);
  append_promotion(request, interface_, value, {.sequence = sequence, .answer = true});
  int refused = 0;
  const int error = socket_.exchange({request, sequence, sequence}, [&](nlmsghdr& message) {
    if (const auto answer = parse_answer(message)) refused = answer->error;
  });
  return error != 0 ? error : refused;
}

}  // namespace failover::netlink
