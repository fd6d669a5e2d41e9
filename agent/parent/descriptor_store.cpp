#include "agent/parent/descriptor_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace failover {
namespace {

constexpr const char* listen_pid = "LISTEN_PID";
constexpr const char* listen_fds = "LISTEN_FDS";
constexpr const char* listen_names = "LISTEN_FDNAMES";

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::string_view(value) : std::string_view();
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Empty when the service manager is not where we can speak to it.
Descriptor connected_to_manager() {
  const std::string_view path = variable("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() < 2 || path.size() >= sizeof address.sun_path) return {};
  if (path.front() != '/' && path.front() != '@') return {};
  std::ranges::copy(path, address.sun_path);
  if (path.front() == '@') address.sun_path[0] = '\0';  // the abstract namespace
  Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return {};
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  (void)setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  if (connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), length) != 0) return {};
  return socket;
}

void tell(std::string text, std::optional<int> descriptor) {
  const Descriptor manager = connected_to_manager();
  if (!manager.is_open()) return;
  iovec content{.iov_base = text.data(), .iov_len = text.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &content;
  message.msg_iovlen = 1;
  if (descriptor) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &*descriptor, sizeof(int));
  }
  (void)sendmsg(manager.number(), &message, MSG_NOSIGNAL);
}

}  // namespace

StoredDescriptors take_stored(int first) {
  StoredDescriptors stored;
  const int count =
      number(variable(listen_pid)) == getpid() ? number(variable(listen_fds)).value_or(0) : 0;
  std::string_view names = variable(listen_names);
  for (int i = 0; i < count && !names.empty(); ++i) {
    const int descriptor = first + i;
    const std::string_view name = names.substr(0, names.find(':'));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0)
      stored.insert_or_assign(std::string(name), Descriptor(descriptor));
  }
  for (const char* name : {listen_pid, listen_fds, listen_names}) unsetenv(name);
  return stored;
}

void store(std::string_view name, int descriptor) {
  forget_stored(name);
  tell(fmt::format("FDSTORE=1\nFDNAME={}", name), descriptor);
}

void forget_stored(std::string_view name) {
  tell(fmt::format("FDSTOREREMOVE=1\nFDNAME={}", name), std::nullopt);
}

}  // namespace failover
