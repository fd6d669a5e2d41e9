#pragma once
// A client that sends exactly the bytes it is told to, over a Unix socket, and never waits.

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace failover::http::test {

struct RawReply {
  unsigned status = 0;
  std::map<std::string, std::string> fields;  // names in lower case
  std::string body;
};

enum class BodyFollows { yes, no };  // no: the reply to a HEAD

class RawClient {
 public:
  // As the user given, if the test runs as root: the kernel tells the server who connected.
  explicit RawClient(const std::string& path, std::optional<uid_t> as = std::nullopt);
  ~RawClient() { close(); }
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // How many bytes the socket took.
  std::size_t send(std::string_view bytes);
  void half_close();
  void close();

  // Takes what has come. Nothing while the reply is not there to its end.
  std::optional<RawReply> reply(BodyFollows body = BodyFollows::yes);
  [[nodiscard]] bool closed_by_server();
  [[nodiscard]] const std::string& unread() const { return unread_; }

 private:
  void receive();
  int descriptor_ = -1;
  bool end_seen_ = false;
  std::string unread_;
};

}  // namespace failover::http::test
