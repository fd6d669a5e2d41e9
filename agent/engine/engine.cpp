#include "agent/engine/engine.hpp"

#include <algorithm>
#include <ctime>

#include "protocol/assert.hpp"

namespace failover {
namespace {

constexpr Duration longest_sleep = 1s;  // so that last_seen_alive() means something
// A wake-up that is late by less than the shortest interval is no stall for anybody.
constexpr Duration unremarkable_lateness = 3'906'250ns;

timespec to_timespec(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
}

}  // namespace

Engine::Engine(Mailboxes& mailboxes, Sender& sender, const Clock& clock, Recording recording,
               std::atomic<Instant::rep>* pulse)
    : mailboxes_(mailboxes),
      sender_(sender),
      clock_(clock),
      recording_(recording),
      now_(clock.monotonic()),
      woken_before_(now_),
      alive_(now_.time_since_epoch().count()),
      pulse_(pulse) {}

Instant Engine::last_seen_alive() const { return Instant(Duration(alive_.load())); }

void Engine::run() {
  const auto ready = [this](const Capture& capture) {
    const auto entry = std::ranges::find(poll_set_, capture.descriptor(), &pollfd::fd);
    return entry != poll_set_.end() ? entry->revents : short{0};
  };
  while (!quit_) {
    wait();
    turn(ready);
  }
}

void Engine::turn(const std::function<short(const Capture&)>& ready) {
  woken_before_ = now_;
  now_ = clock_.monotonic();
  alive_.store(now_.time_since_epoch().count(), std::memory_order_relaxed);
  if (pulse_ != nullptr) pulse_->store(now_.time_since_epoch().count(), std::memory_order_relaxed);
  notice_stall();
  read_captures(ready);
  take_messages();
  judge_deadlines();
  flush();
  publish();
}

void Engine::wait() {
  if (poll_set_is_stale_) rebuild_poll_set();
  Duration sleep = longest_sleep;
  if (const auto deadline = next_deadline())
    sleep = std::clamp(*deadline - clock_.monotonic(), Duration{0}, longest_sleep);
  const timespec timeout = to_timespec(sleep);
  const int ready = ppoll(poll_set_.data(), poll_set_.size(), &timeout, nullptr);
  promise(ready >= 0 || errno == EINTR);
  if (ready < 0)
    for (pollfd& entry : poll_set_) entry.revents = 0;
}

void Engine::rebuild_poll_set() {
  poll_set_.clear();
  poll_set_.push_back({mailboxes_.kernel_to_engine.descriptor(), POLLIN, 0});
  poll_set_.push_back({mailboxes_.control_to_engine.descriptor(), POLLIN, 0});
  for (const Interface& interface : interfaces_)
    if (interface.capture) poll_set_.push_back({interface.capture->descriptor(), POLLIN, 0});
  poll_set_is_stale_ = false;
}

std::optional<Instant> Engine::next_deadline() const {
  std::optional<Instant> soonest;
  for (const auto& router : routers_) {
    if (!router) continue;
    for (const auto deadline : {router->machine().deadline(), router->probe_due()})
      if (deadline && (!soonest || *deadline < *soonest)) soonest = deadline;
  }
  for (const auto& group : groups_) {
    const auto deadline = group ? group->machine().deadline() : std::nullopt;
    if (deadline && (!soonest || *deadline < *soonest)) soonest = deadline;
  }
  return soonest;
}

void Engine::notice_stall() {
  const auto deadline = next_deadline();
  if (!deadline || now_ < *deadline + unremarkable_lateness) return;
  for (const auto& router : routers_) {
    if (!router) continue;
    router->woken(now_);
    handle(*router, router::Woken{}, now_);
  }
}

void Engine::read_captures(const std::function<short(const Capture&)>& ready) {
  for (InterfaceSlot slot = 0; slot < interfaces_.size(); ++slot) {
    Interface& interface = interfaces_[slot];
    const short events = interface.capture ? ready(*interface.capture) : short{0};
    if (events == 0) continue;
    const bool working =
        interface.capture->read([&](const Capture::Frame& frame) { receive(interface, frame); });
    if (!working || (events & (POLLERR | POLLHUP | POLLNVAL)) != 0)
      return_capture(slot, CaptureFate::failed);
  }
}

void Engine::judge_deadlines() {
  for (const auto& router : routers_) {
    if (!router) continue;
    const auto probe_due = router->probe_due();
    if (probe_due && *probe_due <= now_) {
      router->probed(now_);
      to_kernel_.emplace_back(ProbeRouter{router->id()});
    }
    // It may be the end of the router.
    const auto deadline = router->machine().deadline();
    if (!deadline || *deadline - router->machine().slack() > now_) continue;
    const std::size_t adverts = outgoing_.size();
    handle(*router, router::DeadlineReached{}, now_);
    if (outgoing_.size() > adverts) lateness_.note(std::max(now_ - *deadline, Duration{0}));
  }
  for (const auto& group : groups_) {
    const auto deadline = group ? group->machine().deadline() : std::nullopt;
    if (deadline && *deadline <= now_) handle(*group, group::DeadlineReached{}, now_);
  }
}

// Adverts first, then what the kernel thread is to do: whoever claims has said so before it adds.
void Engine::flush() {
  while (!outgoing_.empty()) {
    // What a result asks for leaves in the next round. Both buffers keep their room.
    leaving_.swap(outgoing_);
    outgoing_.clear();
    send_results_.clear();
    sender_.send(leaving_, send_results_);
    for (std::size_t i = 0; i < leaving_.size(); ++i) {
      VirtualRouter* router = find(leaving_[i].router);
      if (router == nullptr) continue;
      if (send_results_[i] == 0) {
        router->count_sent();
        handle(*router, router::AdvertSent{}, now_);
      } else {
        router->count_send_error();
        handle(*router, router::AdvertNotSent{}, now_);
      }
    }
  }
  for (EngineToKernel& message : to_kernel_) mailboxes_.engine_to_kernel.post(std::move(message));
  to_kernel_.clear();
  mailboxes_.engine_to_kernel.flush();
  mailboxes_.engine_to_control.flush();
  gone_.clear();
}

void Engine::publish() {
  for (const auto& router : routers_)
    if (router && router->changed) router->publish();
  for (const auto& group : groups_)
    if (group && group->changed) group->publish();
  for (Interface& interface : interfaces_) {
    if (!interface.changed || interface.published == nullptr) continue;
    interface.published->write(interface.status);
    interface.changed = false;
  }
}

}  // namespace failover
