#include "netlink/rtnetlink.hpp"

#include <cerrno>

#include "netlink/netlink_socket.hpp"
#include "netlink/rtnetlink_execution.hpp"
#include "netlink/rtnetlink_messages.hpp"
#include "netlink/settings.hpp"
#include "protocol/limits.hpp"

namespace failover::netlink {
namespace {

KernelError refused(int error) {
  return {.error = error, .operation = "dump links and addresses", .hint = {}};
}

// One dump; the visitor is shown what it is made of. An errno, EINTR when the dump is of no use
// because something changed meanwhile.
int dump_once(NetlinkSocket& socket, void (*append_request)(Bytes&, std::uint32_t),
              const VisitMessage& visit) {
  Bytes request;
  const std::uint32_t sequence = socket.take_sequence(1);
  append_request(request, sequence);
  int result = 0;
  const int error = socket.exchange({request, sequence, sequence}, [&](nlmsghdr& message) {
    if (const auto answer = parse_answer(message); answer && answer->error != 0)
      result = answer->error;
    else if (is_interrupted(message) && result == 0)
      result = EINTR;
    else
      visit(message);
  });
  return error != 0 ? error : result;
}

}  // namespace

struct RtNetlink::Sockets {
  NetlinkSocket requests;
  NetlinkSocket notifications;
};

RtNetlink::RtNetlink(std::unique_ptr<Sockets> sockets) : sockets_(std::move(sockets)) {}
RtNetlink::~RtNetlink() = default;

Result<std::unique_ptr<RtNetlink>, KernelError> RtNetlink::open(int notification_buffer) {
  auto requests = NetlinkSocket::for_requests(limits::netlink_answer_buffer);
  if (!requests) return failure(requests.error());
  auto notifications = NetlinkSocket::for_notifications(notification_buffer);
  if (!notifications) return failure(notifications.error());
  auto sockets =
      std::make_unique<Sockets>(Sockets{std::move(*requests), std::move(*notifications)});
  return std::unique_ptr<RtNetlink>(new RtNetlink(std::move(sockets)));
}

Result<Snapshot, KernelError> RtNetlink::dump() {
  int error = 0;
  for (int attempt = 0; attempt < limits::netlink_dump_attempts; ++attempt) {
    Snapshot snapshot;
    error = dump_once(sockets_->requests, append_link_dump, [&](nlmsghdr& message) {
      if (auto link = parse_link(message)) snapshot.links.push_back(std::move(*link));
    });
    if (error == 0)
      error = dump_once(sockets_->requests, append_address_dump, [&](nlmsghdr& message) {
        if (auto address = parse_address(message))
          snapshot.addresses.push_back(std::move(*address));
      });
    if (error == 0) return snapshot;
    if (error != EINTR) break;
  }
  return failure(refused(error));
}

std::vector<KernelError> RtNetlink::execute(const Plan& plan) {
  return Execution(sockets_->requests).run(plan);
}

Result<std::string, KernelError> RtNetlink::setting(const std::string& path) {
  return read_setting(path).map_error([&](int error) {
    return KernelError{.error = error, .operation = "read " + path, .hint = {}};
  });
}

int RtNetlink::descriptor() const { return sockets_->notifications.descriptor(); }

std::vector<Notification> RtNetlink::notifications() {
  std::vector<Notification> notifications;
  for (int reads = 0; reads < limits::netlink_notification_reads; ++reads) {
    const int error = sockets_->notifications.receive([&](nlmsghdr& message) {
      if (auto notification = parse_notification(message))
        notifications.push_back(std::move(*notification));
    });
    if (error == EAGAIN) break;
    // Whatever else can go wrong with a read, what it would have given is lost.
    if (error != 0) notifications.emplace_back(NotificationsLost{});
    if (error != 0 && error != ENOBUFS) break;
  }
  return notifications;
}

std::uint32_t RtNetlink::own_port() const { return sockets_->requests.port(); }

}  // namespace failover::netlink
