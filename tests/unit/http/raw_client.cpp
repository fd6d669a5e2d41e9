#include "tests/unit/http/raw_client.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <utility>

namespace failover::http::test {
namespace {

// Of this thread only, which glibc's seteuid would not do.
void become(uid_t user) {
  constexpr uid_t unchanged = static_cast<uid_t>(-1);
  if (syscall(SYS_setresuid, unchanged, user, unchanged) != 0) {
    throw std::runtime_error("cannot change the user");
  }
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

RawClient::RawClient(const std::string& path, std::optional<uid_t> as)
    : descriptor_(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy_n(path.begin(), std::min(path.size(), sizeof address.sun_path - 1), address.sun_path);
  if (as) become(*as);
  const int failed =
      connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (as) become(getuid());
  if (failed != 0) throw std::runtime_error("cannot connect to " + path);
}

RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      end_seen_(other.end_seen_),
      unread_(std::move(other.unread_)) {}

std::size_t RawClient::send(std::string_view bytes) {
  const ssize_t taken = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return taken < 0 ? 0 : static_cast<std::size_t>(taken);
}

void RawClient::half_close() { shutdown(descriptor_, SHUT_WR); }

void RawClient::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void RawClient::receive() {
  std::array<char, 65536> space{};
  for (;;) {
    const ssize_t got = recv(descriptor_, space.data(), space.size(), 0);
    if (got > 0) {
      unread_.append(space.data(), static_cast<std::size_t>(got));
      continue;
    }
    if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) end_seen_ = true;
    return;
  }
}

bool RawClient::closed_by_server() {
  receive();
  return end_seen_;
}

std::optional<RawReply> RawClient::reply(BodyFollows body) {
  receive();
  const auto end = unread_.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  RawReply reply;
  reply.status = static_cast<unsigned>(std::stoul(unread_.substr(unread_.find(' ') + 1, 3)));
  for (auto line = unread_.find("\r\n"); line < end;) {
    const auto next = unread_.find("\r\n", line + 2);
    const std::string field = unread_.substr(line + 2, next - line - 2);
    const auto colon = field.find(": ");
    reply.fields[lower(field.substr(0, colon))] = field.substr(colon + 2);
    line = next;
  }
  std::size_t size = 0;
  if (body == BodyFollows::yes && reply.fields.contains("content-length")) {
    size = std::stoul(reply.fields["content-length"]);
  }
  if (unread_.size() < end + 4 + size) return std::nullopt;
  reply.body = unread_.substr(end + 4, size);
  unread_.erase(0, end + 4 + size);
  return reply;
}

}  // namespace failover::http::test
