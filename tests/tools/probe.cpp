// probe ADDRESS: how long does an address not answer?
//
// Sends ICMP echo every millisecond and prints, as JSON, what was lost and for how long. The
// machine that measures is the machine that is measured, and it is small, so the probe's own
// scheduling must not look like an outage: a probe that could not be sent in time is left out
// rather than sent late in a burst, gaps are counted in lost probes, and the kernel's timestamps
// say when a reply came. ping(8) has the wrong granularity for this (its statistics know no gaps),
// fping only averages.

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <system_error>

#include "tests/tools/echo_socket.hpp"
#include "tests/tools/probe_report.hpp"

namespace failover::probe {
namespace {

using Clock = std::chrono::steady_clock;

// A probe is lost when its reply has not come so long after the last one was sent.
constexpr auto patience = std::chrono::milliseconds(100);

struct Options {
  Target target;
  Nanoseconds interval{};
  std::optional<Nanoseconds> duration;
  std::optional<Nanoseconds> resolve_fresh;
};

// SIGTERM and SIGINT end the run; SIGUSR1 asks for a line at the next reply.
int signal_descriptor() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGUSR1);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  return fd;
}

class Run {
 public:
  explicit Run(const Options& options)
      : options_(options),
        echo_(options.target),
        signals_(signal_descriptor()),
        id_(std::random_device{}()) {}

  Summary until_stopped() {
    send_probes();
    for (const Nanoseconds end = now() + patience; now() < end;) {
      wait(end - now());
      take_replies();
    }
    Summary summary = record_.summarize();
    summary.began = began_;
    return summary;
  }

 private:
  [[nodiscard]] Nanoseconds now() const { return Clock::now() - start_; }

  void send_probes() {
    Nanoseconds next_probe{};
    Nanoseconds next_flush = options_.resolve_fresh.value_or(Nanoseconds::max());
    while (!stopped_ && !(options_.duration && now() >= *options_.duration)) {
      if (now() >= next_flush) {
        echo_.forget_neighbour();
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
  double began_ =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
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
  add("address", po::value<std::string>()->required(),
      "IPv4 or IPv6 address, also as the only argument");
  add("interval-us", po::value<long>()->default_value(1000), "time between two probes");
  add("duration-ms", po::value<long>(), "end after this long; otherwise at SIGTERM or SIGINT");
  add("resolve-fresh", po::value<long>(), "forget the neighbour entry every so many milliseconds");
  add("interface", po::value<std::string>()->default_value("eth0"), "where the address is");
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
  const auto target = Target::parsed(address, values["interface"].as<std::string>());
  if (!target) throw po::error(address + " is neither an IPv4 nor an IPv6 address");
  options.target = *target;
  options.interval = std::chrono::microseconds(values["interval-us"].as<long>());
  options.duration = milliseconds("duration-ms");
  options.resolve_fresh = milliseconds("resolve-fresh");
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
