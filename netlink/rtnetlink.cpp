#include "netlink/rtnetlink.hpp"

#include <linux/filter.h>

#include <cerrno>
#include <functional>

#include "netlink/netlink_socket.hpp"
#include "netlink/route_filter.hpp"
#include "netlink/rtnetlink_execution.hpp"
#include "netlink/rtnetlink_messages.hpp"
#include "netlink/rtnetlink_routes.hpp"
#include "netlink/settings.hpp"
#include "protocol/limits.hpp"

namespace failover::netlink {
namespace {

KernelError refused(int error) {
  return {.error = error, .operation = "dump links, addresses, routes and rules", .hint = {}};
}

using AppendRequest = std::function<void(Bytes&, std::uint32_t sequence)>;

// One dump; the visitor is shown what it is made of. An errno, EINTR when the dump is of no use
// because something changed meanwhile.
int dump_once(NetlinkSocket& socket, const AppendRequest& append_request,
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

// Without a family that the kernel does not have there is nothing of it. A change meanwhile is
// notified, and the kernel goes on behind the destination where it was: a routing daemon that is at
// work all the time would otherwise let no dump of its routes succeed.
int without_harmless(int error) {
  return error == EINTR || error == EAFNOSUPPORT || error == EOPNOTSUPP ? 0 : error;
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
    if (error == 0) error = dump_routes(snapshot);
    if (error == 0) return snapshot;
    if (error != EINTR) break;
  }
  return failure(refused(error));
}

// An errno.
int RtNetlink::dump_routes(Snapshot& snapshot) {
  const std::uint8_t of_whom = watched_.empty() ? our_protocol : 0;
  for (const Family family : families) {
    const int routes = dump_once(
        sockets_->requests,
        [&](Bytes& batch, std::uint32_t sequence) {
          append_route_dump(batch, sequence, family, of_whom);
        },
        [&](nlmsghdr& message) {
          auto route = parse_route(message);
          if (route && is_told(*route) && snapshot.routes.size() < limits::netlink_routes)
            snapshot.routes.push_back(std::move(*route));
        });
    if (const int error = without_harmless(routes); error != 0) return error;
    const int rules = dump_once(
        sockets_->requests,
        [&](Bytes& batch, std::uint32_t sequence) { append_rule_dump(batch, sequence, family); },
        [&](nlmsghdr& message) {
          auto rule = parse_rule(message);
          if (rule && snapshot.rules.size() < limits::netlink_rules)
            snapshot.rules.push_back(std::move(*rule));
        });
    if (const int error = without_harmless(rules); error != 0) return error;
  }
  return 0;
}

bool RtNetlink::is_told(const Route& route) const {
  return is_ours(route) || watched_.contains(route.key.destination);
}

bool RtNetlink::is_told(const Notification& notification) const {
  if (const auto* changed = std::get_if<RouteChanged>(&notification))
    return is_told(changed->route);
  if (const auto* gone = std::get_if<RouteGone>(&notification)) return is_told(gone->route);
  return true;
}

void RtNetlink::watch_routes(const std::set<Prefix>& destinations) {
  watched_ = destinations;
  // Where the kernel has no room for the filter, it is read and sorted out here.
  if (sockets_->notifications.pass_only(route_filter(watched_)) != 0)
    static_cast<void>(sockets_->notifications.pass_only(pass_all_routes()));
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
      auto notification = parse_notification(message);
      if (notification && is_told(*notification)) notifications.push_back(std::move(*notification));
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
