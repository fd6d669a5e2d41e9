// 10,000 random events in a real kernel, whose notifications do not fit their socket: in the end
// what is found is what is wanted. FAILOVER_SEED=N replays a run.

#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <set>

#include "netlink/rtnetlink.hpp"
#include "tests/unit/agent/fake_kernel.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/netlink/network_namespace.hpp"

namespace failover::tests {
namespace {

constexpr int events_of_a_run = 10'000;
constexpr int too_small_a_buffer = 4'096;  // some ten notifications

unsigned seed_of_the_run() {
  const char* const given = std::getenv("FAILOVER_SEED");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                          : std::random_device{}();
}

// What others do with links, addresses and routes, in the words of `ip`, and which addresses of
// their own are there in the end.
class Others {
 public:
  Others(unsigned seed, std::string macvlan) : random_(seed), macvlan_(std::move(macvlan)) {}

  [[nodiscard]] std::string next() {
    switch (pick(12)) {
      case 0:
      case 1: return add_own();
      case 2: return delete_own();
      case 3: return "addr del 192.0.2.100/24 dev va";
      case 4: return "addr del 192.0.2.101/24 dev va";
      case 5: return "addr del 2001:db8::100/64 dev va";
      case 6: return "addr replace 192.0.2.100/24 dev va";
      case 7:
        return pick(10) == 0 ? "-4 addr flush dev va to 192.0.2.0/24"
                             : "addr del 192.0.3.110/24 dev " + macvlan_;
      case 8: return pick(2) == 0 ? "link set va down" : "link set va up";
      case 9: return pick(4) == 0 ? "link del " + macvlan_ : "link set " + macvlan_ + " down";
      case 10: return "route replace 203.0.113." + std::to_string(pick(200)) + "/32 dev vb";
      default: return "route del 203.0.113." + std::to_string(pick(200)) + "/32 dev vb";
    }
  }
  [[nodiscard]] const std::set<std::string>& own() const { return own_; }

 private:
  [[nodiscard]] int pick(int count) {
    return static_cast<int>(random_() % static_cast<unsigned>(count));
  }
  // Host addresses: no other depends on them.
  std::string any() { return "198.51.100." + std::to_string(1 + pick(50)) + "/32"; }
  std::string add_own() {
    const std::string address = any();
    own_.insert(address);
    return "addr add " + address + " dev va";
  }
  std::string delete_own() {
    const std::string address = any();
    own_.erase(address);
    return "addr del " + address + " dev va";
  }

  std::mt19937 random_;
  std::string macvlan_;
  std::set<std::string> own_;
};

// `ip -batch`, which goes on after what the kernel refuses.
class StubbornBatch {
 public:
  explicit StubbornBatch(const std::string& commands) {
    const int file = mkstemp(path_.data());
    REQUIRE(file >= 0);
    close(file);
    std::ofstream(path_) << commands;
    process_ = fork();
    REQUIRE(process_ >= 0);
    if (process_ > 0) return;
    const std::string command = "exec ip -force -batch " + path_ + " >/dev/null 2>&1";
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  StubbornBatch(const StubbornBatch&) = delete;
  StubbornBatch& operator=(const StubbornBatch&) = delete;
  ~StubbornBatch() {
    if (!has_ended()) {
      kill(process_, SIGKILL);
      waitpid(process_, nullptr, 0);
    }
    unlink(path_.c_str());
  }
  [[nodiscard]] bool has_ended() {
    if (process_ > 0 && waitpid(process_, nullptr, WNOHANG) == process_) process_ = 0;
    return process_ == 0;
  }

 private:
  std::string path_ = "/tmp/failover-test-XXXXXX";
  pid_t process_ = 0;
};

KernelRouter router_with(RouterId id, std::uint8_t number, std::vector<std::string_view> prefixes) {
  KernelRouter router;
  router.id = id;
  router.name = "va.carp." + std::to_string(number);
  router.number = number;
  for (const std::string_view text : prefixes)
    router.addresses.push_back({.prefix = prefix(text), .label = {}, .preferred_lifetime = {}});
  return router;
}

// The kernel thread in a kernel of its own, turned by the test.
struct RealMachine {
  Journal journal;
  FakeClock clock;
  FakeLinks links{journal};
  Mailboxes mailboxes;
  netlink::RtNetlink& kernel;
  KernelThread thread{mailboxes, kernel, links, clock};
  int overruns = 0;

  explicit RealMachine(netlink::RtNetlink& real) : kernel(real) {
    thread.begin();
    mailboxes.control_to_kernel.post(AddInterface{.slot = 0, .name = "va", .status = nullptr});
    add(router_with(0, 10, {"192.0.2.100/24", "192.0.2.101/24", "2001:db8::100/64"}));
    KernelRouter with_mac = router_with(1, 11, {"192.0.3.110/24", "2001:db8:1::110/64"});
    with_mac.virtual_macs.ipv4 = with_mac.virtual_macs.ipv6 = MacAddress({0, 0, 0x5e, 0, 1, 11});
    add(std::move(with_mac));
  }
  void add(KernelRouter router) {
    const RouterId id = router.id;
    mailboxes.control_to_kernel.post(AddRouter{.kernel = std::move(router), .engine = nullptr});
    mailboxes.engine_to_kernel.post(ClaimRouter{id});
  }
  void turn(KernelThread::Wake wake) {
    thread.turn(wake);
    journal.clear();
    // Who is refused tries it again, as the engine does.
    for (const KernelToEngine& message : taken_from(mailboxes.kernel_to_engine))
      if (const auto* refused = std::get_if<RouterRefused>(&message))
        mailboxes.engine_to_kernel.post(ClaimRouter{refused->id});
    for (const KernelToControl& message : taken_from(mailboxes.kernel_to_control))
      if (const auto* line = std::get_if<KernelLog>(&message))
        overruns += line->text.starts_with("netlink notifications were lost") ? 1 : 0;
  }
  // A wake-up of its own, or a millisecond later.
  void live() {
    pollfd waiting{.fd = kernel.descriptor(), .events = POLLIN, .revents = 0};
    const bool woken = poll(&waiting, 1, 1) > 0;
    clock.advance(1ms);
    turn(woken ? KernelThread::Wake::called : KernelThread::Wake::overdue);
  }
};

// By somebody who asks the kernel anew.
struct SeenAnew {
  std::set<std::string> ours;    // with our mark, and the link
  std::set<std::string> others;  // without, of IPv4, on va
  friend bool operator==(const SeenAnew&, const SeenAnew&) = default;
};

SeenAnew looked_at(netlink::RtNetlink& kernel) {
  const auto snapshot = kernel.dump();
  REQUIRE(snapshot.has_value());
  netlink::Found found;
  found.reset(*snapshot);
  SeenAnew seen;
  for (const netlink::Link& link : found.links())
    for (const netlink::Address& address : found.addresses(link.index)) {
      const bool ours = address.mark == netlink::our_mark;
      if (ours) seen.ours.insert(address.prefix.text() + " " + link.name);
      if (!ours && link.name == "va" && address.prefix.address().family() == Family::ipv4)
        seen.others.insert(address.prefix.text());
    }
  return seen;
}

}  // namespace

TEST_CASE("PRODUCT 8.3: after 10,000 random events what is found is what is wanted", "[kernel]") {
  auto wire = netlink::Wire::lay(1024 * 1024);
  if (!wire) return;
  const unsigned seed = seed_of_the_run();
  std::cout << "FAILOVER_SEED=" << seed << '\n';
  INFO("FAILOVER_SEED=" << seed);
  auto kernel = netlink::RtNetlink::open(too_small_a_buffer);
  REQUIRE(kernel.has_value());
  RealMachine machine(**kernel);
  machine.turn(KernelThread::Wake::called);
  const std::string macvlan = "carp11." + std::to_string(wire->va);
  Others others(seed, macvlan);
  std::string commands;
  for (int i = 0; i < events_of_a_run; ++i) commands += others.next() + "\n";
  commands += "link set va up\n";
  {
    StubbornBatch batch(commands);
    while (!batch.has_ended()) machine.live();
  }
  // No address of others covers them: as written.
  const SeenAnew wanted{.ours = {"192.0.2.100/24 va", "192.0.2.101/24 va", "2001:db8::100/64 va",
                                 "192.0.3.110/24 " + macvlan, "2001:db8:1::110/64 " + macvlan},
                        .others = others.own()};
  // On its own clock a contest has ended by then, and what waited for a second was tried again.
  const auto give_up = std::chrono::steady_clock::now() + 20s;
  while (looked_at(*wire->kernel) != wanted && std::chrono::steady_clock::now() < give_up) {
    machine.clock.advance(1s);
    machine.live();
  }
  const SeenAnew seen = looked_at(*wire->kernel);
  CHECK(seen.ours == wanted.ours);
  CHECK(seen.others == wanted.others);
  CHECK(machine.overruns > 0);
}

}  // namespace failover::tests
