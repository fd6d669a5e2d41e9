#pragma once
// NetworkNamespace: a network of the test's own, with real links in a real kernel.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "netlink/found.hpp"
#include "netlink/rtnetlink.hpp"

namespace failover::netlink {

// An `ip -batch` on its way; it is ended and waited for at the end of the scope.
class RunningBatch {
 public:
  explicit RunningBatch(const std::string& commands);
  RunningBatch(const RunningBatch&) = delete;
  RunningBatch& operator=(const RunningBatch&) = delete;
  ~RunningBatch();
  // Both fail the test when it ended with a failure.
  [[nodiscard]] bool is_running();
  void wait();

 private:
  void reap(int options);

  std::string path_;
  int process_ = 0;  // 0: ended
};

// The test's thread is in it while it lives, and so is what `ip` does. It ends with the test, also
// when that fails, and with it everything in it.
class NetworkNamespace {
 public:
  // Nothing, and a line on standard output, where the machine does not let us have one (no root).
  [[nodiscard]] static std::optional<NetworkNamespace> enter();
  NetworkNamespace(NetworkNamespace&& other) noexcept;
  NetworkNamespace& operator=(NetworkNamespace&&) = delete;
  ~NetworkNamespace();

  // ip("addr add 192.0.2.1/24 dev va"); fails the test when it fails.
  void ip(const std::string& arguments) const;
  // What it prints.
  [[nodiscard]] std::string ip_output(const std::string& arguments) const;
  // What a command of the shell prints; fails the test when it fails.
  std::string output(const std::string& command) const;
  // The commands of a file for `ip -batch`, one a line.
  void ip_batch(const std::string& commands) const;
  [[nodiscard]] RunningBatch start_ip_batch(const std::string& commands) const;

 private:
  explicit NetworkNamespace(int outside) : outside_(outside) {}
  int outside_;  // the namespace to return to
};

// A namespace with a veth pair, va and vb, both up, and an RtNetlink with what it found at first.
struct Wire {
  NetworkNamespace network;
  std::unique_ptr<RtNetlink> kernel;
  Found found;
  int va = 0;  // index

  [[nodiscard]] static std::optional<Wire> lay(int notification_buffer);
  // Applies notifications until the condition holds; false when it does not within 10 s. All that
  // were seen meanwhile are added to `seen`.
  [[nodiscard]] bool wait_until(const std::function<bool()>& holds);
  std::vector<Notification> seen;

  void dump();  // found is what the kernel says now
  [[nodiscard]] const Address* address(const std::string& prefix) const;
  [[nodiscard]] bool has(const std::string& prefix) const { return address(prefix) != nullptr; }
  [[nodiscard]] AddressRequest request(const std::string& prefix) const;
};

}  // namespace failover::netlink
