#include "tests/unit/netlink/network_namespace.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <utility>

#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/values.hpp"

namespace failover::netlink {
namespace {

pid_t start_ip(std::vector<std::string> words) {
  words.insert(words.begin(), "ip");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    execvp("ip", arguments.data());
    _exit(127);
  }
  return child;
}

void check_status(int status) {
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
}

void run_ip(const std::vector<std::string>& words) {
  const pid_t child = start_ip(words);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  check_status(status);
}

}  // namespace

std::optional<NetworkNamespace> NetworkNamespace::enter() {
  const int outside = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  REQUIRE(outside >= 0);
  if (unshare(CLONE_NEWNET) != 0) {
    close(outside);
    std::cout << "SKIPPED: needs root (a network namespace of its own)" << std::endl;
    return std::nullopt;
  }
  return NetworkNamespace(outside);
}

NetworkNamespace::NetworkNamespace(NetworkNamespace&& other) noexcept
    : outside_(std::exchange(other.outside_, -1)) {}

NetworkNamespace::~NetworkNamespace() {
  if (outside_ < 0) return;
  // What follows would be done to the machine's own network, or in the wrong one: better nothing.
  if (setns(outside_, CLONE_NEWNET) != 0) std::abort();
  close(outside_);
}

void NetworkNamespace::ip(const std::string& arguments) const {
  INFO("ip " << arguments);
  std::istringstream text(arguments);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  run_ip(words);
}

std::string NetworkNamespace::ip_output(const std::string& arguments) const {
  return output("ip " + arguments);
}

std::string NetworkNamespace::output(const std::string& command) const {
  FILE* const output = popen(command.c_str(), "re");
  REQUIRE(output != nullptr);
  std::string text;
  for (int character = fgetc(output); character != EOF; character = fgetc(output))
    text += static_cast<char>(character);
  INFO(command);
  REQUIRE(pclose(output) == 0);
  return text;
}

RunningBatch::RunningBatch(const std::string& commands) : path_("/tmp/failover-test-XXXXXX") {
  const int file = mkstemp(path_.data());
  REQUIRE(file >= 0);
  const auto written = write(file, commands.data(), commands.size());
  close(file);
  if (written != static_cast<ssize_t>(commands.size())) unlink(path_.c_str());
  REQUIRE(written == static_cast<ssize_t>(commands.size()));
  process_ = start_ip({"-batch", path_});
}

RunningBatch::~RunningBatch() {
  unlink(path_.c_str());
  if (process_ == 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

bool RunningBatch::is_running() {
  if (process_ != 0) reap(WNOHANG);
  return process_ != 0;
}

void RunningBatch::wait() {
  if (process_ != 0) reap(0);
}

void RunningBatch::reap(int options) {
  int status = 0;
  if (waitpid(process_, &status, options) != process_) return;
  process_ = 0;
  check_status(status);
}

void NetworkNamespace::ip_batch(const std::string& commands) const {
  RunningBatch batch(commands);
  batch.wait();
}

RunningBatch NetworkNamespace::start_ip_batch(const std::string& commands) const {
  return RunningBatch(commands);
}

std::optional<Wire> Wire::lay(int notification_buffer) {
  auto network = NetworkNamespace::enter();
  if (!network) return std::nullopt;
  network->ip("link add va type veth peer name vb");
  network->ip("link set va up");
  network->ip("link set vb up");
  auto kernel = RtNetlink::open(notification_buffer);
  REQUIRE(kernel.has_value());
  std::optional<Wire> wire(
      Wire{.network = std::move(*network), .kernel = std::move(*kernel), .found = {}, .seen = {}});
  wire->dump();
  REQUIRE(wire->found.link("va") != nullptr);
  wire->va = wire->found.link("va")->index;
  return wire;
}

bool Wire::wait_until(const std::function<bool()>& holds) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (true) {
    for (const Notification& notification : kernel->notifications()) {
      found.apply(notification);
      seen.push_back(notification);
    }
    if (holds()) return true;
    if (std::chrono::steady_clock::now() >= give_up) return false;
    pollfd descriptor{.fd = kernel->descriptor(), .events = POLLIN, .revents = 0};
    poll(&descriptor, 1, 1000);
  }
}

void Wire::dump() {
  const auto snapshot = kernel->dump();
  REQUIRE(snapshot.has_value());
  found.reset(*snapshot);
}

const Address* Wire::address(const std::string& text) const {
  return found.address(va, prefix(text));
}

AddressRequest Wire::request(const std::string& text) const {
  return {.interface = va, .prefix = prefix(text), .label = {}, .preferred_lifetime = {}};
}

}  // namespace failover::netlink
