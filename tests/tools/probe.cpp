// probe ADDRESS: how long does an address not answer?
//
// Sends ICMP echo every millisecond and prints, as JSON, what was lost and for how long. The
// machine that measures is the machine that is measured, and it is small, so the probe's own
// scheduling must not look like an outage: a probe that could not be sent in time is left out
// rather than sent late in a burst, gaps are counted in lost probes, and the kernel's timestamps
// say when a reply came. ping(8) has the wrong granularity for this (its statistics know no gaps),
// fping only averages.

#include <arpa/inet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <system_error>
#include <utility>

#include "tests/tools/probe_report.hpp"

namespace failover::probe {
namespace {

using Clock = std::chrono::steady_clock;

// A probe is lost when its reply has not come so long after the last one was sent.
constexpr auto patience = std::chrono::milliseconds(100);
// Some 20 s of replies at 1 ms, for a reader that does not get the processor.
constexpr int receive_buffer = 16 * 1024 * 1024;

struct Options {
  in_addr address{};
  Nanoseconds interval{};
  std::optional<Nanoseconds> duration;
  std::optional<Nanoseconds> resolve_fresh;
  std::string interface;
};

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// What one echo request carries; the reply brings it back unchanged.
struct Payload {
  std::uint64_t run = 0;  // tells our replies from those to another probe
  std::uint64_t sequence = 0;
};

std::uint16_t checksum(const unsigned char* bytes, std::size_t size) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < size; i += 2) {
    sum += static_cast<std::uint32_t>(bytes[i] << 8U | bytes[i + 1]);
  }
  while ((sum >> 16U) != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

struct Echo {
  icmphdr header{};
  Payload payload{};
};

// The socket: raw ICMP, echo replies only, with the kernel's receive timestamps.
class EchoSocket {
 public:
  explicit EchoSocket(in_addr address) : fd_(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)) {
    if (fd_ < 0) fail("raw ICMP socket");
    peer_.sin_family = AF_INET;
    peer_.sin_addr = address;
    const int on = 1;
    const std::uint32_t all_but_replies = ~(1U << ICMP_ECHOREPLY);
    set(SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer, "SO_RCVBUFFORCE");
    set(SOL_SOCKET, SO_TIMESTAMPNS, on, "SO_TIMESTAMPNS");
    set(SOL_RAW, 1 /* ICMP_FILTER */, all_but_replies, "ICMP_FILTER");
  }
  EchoSocket(const EchoSocket&) = delete;
  EchoSocket& operator=(const EchoSocket&) = delete;
  ~EchoSocket() { close(fd_); }

  [[nodiscard]] int fd() const { return fd_; }

  // A refused send (no route, no neighbour) is a probe that nobody answers: lost, like others.
  void send(const Payload& payload) const {
    Echo echo;
    echo.header.type = ICMP_ECHO;
    echo.header.un.echo.id = htons(static_cast<std::uint16_t>(getpid()));
    echo.header.un.echo.sequence = htons(static_cast<std::uint16_t>(payload.sequence));
    echo.payload = payload;
    unsigned char bytes[sizeof echo];
    std::memcpy(bytes, &echo, sizeof echo);
    echo.header.checksum = htons(checksum(bytes, sizeof bytes));
    static_cast<void>(sendto(fd_, &echo, sizeof echo, MSG_DONTWAIT,
                             reinterpret_cast<const sockaddr*>(&peer_), sizeof peer_));
  }

  // One reply and how long ago the kernel had it; nothing when none is waiting.
  [[nodiscard]] std::optional<std::pair<Payload, Nanoseconds>> receive() const {
    unsigned char bytes[512];
    alignas(cmsghdr) char control[256];
    iovec part{.iov_base = bytes, .iov_len = sizeof bytes};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t size = recvmsg(fd_, &message, MSG_DONTWAIT);
    if (size < 0) return std::nullopt;
    Payload payload{};
    const std::size_t header = (bytes[0] & 0xfU) * 4U + sizeof(icmphdr);
    if (static_cast<std::size_t>(size) >= header + sizeof payload) {
      std::memcpy(&payload, bytes + header, sizeof payload);
    }
    return std::pair(payload, age(message));
  }

 private:
  template <typename Value>
  void set(int level, int option, const Value& value, const char* what) const {
    if (setsockopt(fd_, level, option, &value, sizeof value) != 0) fail(what);
  }

  static Nanoseconds age(msghdr& message) {
    for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
      timespec stamp{};
      timespec now{};
      std::memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
      clock_gettime(CLOCK_REALTIME, &now);
      return std::chrono::seconds(now.tv_sec - stamp.tv_sec) +
             Nanoseconds(now.tv_nsec - stamp.tv_nsec);
    }
    return Nanoseconds(0);
  }

  int fd_;
  sockaddr_in peer_{};
};

// Forgets the neighbour entry, so that the next probe has to resolve the address again.
void forget_neighbour(const EchoSocket& echo, const Options& options) {
  arpreq request{};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr = options.address;
  std::memcpy(&request.arp_pa, &address, sizeof address);
  options.interface.copy(request.arp_dev, sizeof request.arp_dev - 1);
  // ENXIO: there was no entry, which is what we want.
  if (ioctl(echo.fd(), SIOCDARP, &request) != 0 && errno != ENXIO) fail("SIOCDARP");
}

// SIGTERM and SIGINT end the run; SIGUSR1 asks for a line at the next reply.
int signal_descriptor() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGUSR1);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) fail("signalfd");
  return fd;
}

class Run {
 public:
  explicit Run(const Options& options)
      : options_(options),
        echo_(options.address),
        signals_(signal_descriptor()),
        id_(std::random_device{}()) {}

  Summary until_stopped() {
    send_probes();
    for (const Nanoseconds end = now() + patience; now() < end;) {
      wait(end - now());
      take_replies();
    }
    return record_.summarize();
  }

 private:
  [[nodiscard]] Nanoseconds now() const { return Clock::now() - start_; }

  void send_probes() {
    Nanoseconds next_probe{};
    Nanoseconds next_flush = options_.resolve_fresh.value_or(Nanoseconds::max());
    while (!stopped_ && !(options_.duration && now() >= *options_.duration)) {
      if (now() >= next_flush) {
        forget_neighbour(echo_, options_);
        next_flush += *options_.resolve_fresh;
      }
      if (const Nanoseconds time = now(); time >= next_probe) {
        echo_.send({.run = id_, .sequence = record_.sent(time)});
        // Missed ones are left out: a burst afterwards would measure nothing.
        next_probe += options_.interval * ((time - next_probe) / options_.interval + 1);
      }
      wait(next_probe - now());
      take_signals();
      take_replies();
    }
  }

  // Until a reply or a signal comes, or the time is over.
  void wait(Nanoseconds time) const {
    pollfd ready[] = {{.fd = echo_.fd(), .events = POLLIN, .revents = 0},
                      {.fd = signals_, .events = POLLIN, .revents = 0}};
    const long nanoseconds = std::max(time.count(), 0L);
    const timespec timeout{.tv_sec = nanoseconds / 1'000'000'000,
                           .tv_nsec = nanoseconds % 1'000'000'000};
    static_cast<void>(ppoll(ready, 2, &timeout, nullptr));
  }

  void take_signals() {
    signalfd_siginfo signal{};
    while (read(signals_, &signal, sizeof signal) == sizeof signal) {
      if (signal.ssi_signo == SIGUSR1) {
        say_next_ = true;
      } else {
        stopped_ = true;
      }
    }
  }

  void take_replies() {
    while (const auto reply = echo_.receive()) {
      const auto& [payload, age] = *reply;
      if (payload.run != id_ || !record_.answered(payload.sequence, now() - age)) continue;
      if (say_next_) std::cerr << "reply" << std::endl;
      say_next_ = false;
    }
  }

  const Options& options_;
  EchoSocket echo_;
  int signals_;
  std::uint64_t id_;
  Clock::time_point start_ = Clock::now();
  Record record_;
  bool stopped_ = false;
  // Whoever started us may wait for the first reply before it breaks something.
  bool say_next_ = true;
};

namespace po = boost::program_options;

po::options_description described() {
  po::options_description description("probe ADDRESS: measure how long ADDRESS does not answer");
  auto add = description.add_options();
  add("help", "show this");
  add("address", po::value<std::string>()->required(), "IPv4 address, also as the only argument");
  add("interval-us", po::value<long>()->default_value(1000), "time between two probes");
  add("duration-ms", po::value<long>(), "end after this long; otherwise at SIGTERM or SIGINT");
  add("resolve-fresh", po::value<long>(), "forget the neighbour entry every so many milliseconds");
  add("interface", po::value<std::string>()->default_value("eth0"), "where that entry is");
  return description;
}

std::optional<Options> parsed(int argc, char** argv) {
  const po::options_description description = described();
  po::variables_map values;
  po::store(po::command_line_parser(argc, argv)
                .options(description)
                .positional(po::positional_options_description().add("address", 1))
                .run(),
            values);
  if (values.count("help") != 0) {
    std::cout << description;
    return std::nullopt;
  }
  po::notify(values);
  const auto milliseconds = [&](const char* name) -> std::optional<Nanoseconds> {
    if (values.count(name) == 0) return std::nullopt;
    return std::chrono::milliseconds(values[name].as<long>());
  };
  Options options;
  const auto address = values["address"].as<std::string>();
  if (inet_pton(AF_INET, address.c_str(), &options.address) != 1) {
    throw po::error(address + " is not an IPv4 address");
  }
  options.interval = std::chrono::microseconds(values["interval-us"].as<long>());
  options.duration = milliseconds("duration-ms");
  options.resolve_fresh = milliseconds("resolve-fresh");
  options.interface = values["interface"].as<std::string>();
  if (options.interval <= Nanoseconds(0)) throw po::error("--interval-us must be positive");
  if (options.resolve_fresh && *options.resolve_fresh <= Nanoseconds(0)) {
    throw po::error("--resolve-fresh must be positive");
  }
  return options;
}

}  // namespace
}  // namespace failover::probe

int main(int argc, char** argv) {
  namespace probe = failover::probe;
  try {
    const auto options = probe::parsed(argc, argv);
    if (options) std::cout << probe::to_json(probe::Run(*options).until_stopped()) << std::endl;
    return 0;
  } catch (const probe::po::error& error) {
    std::cerr << "probe: " << error.what() << "\n" << probe::described();
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "probe: " << error.what() << "\n";
    return 1;
  }
}
