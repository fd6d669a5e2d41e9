#pragma once
// Mailbox<T>: one thread posts, one thread takes, neither ever waits for the other.
//
// A mutex would let a thread that is preempted while it holds it delay an advert, so the messages
// go through a ring of two indexes. Boost's spsc_queue (1.74) cannot hold values that only move,
// and most of ours carry a unique_ptr. What does not fit the ring waits on the poster's side and
// goes in with its next post() or flush(); what a poster may have waiting is bounded by what it
// posts about.

#include <sys/eventfd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "agent/descriptor.hpp"
#include "protocol/assert.hpp"
#include "protocol/limits.hpp"

namespace failover {

template <class T>
class Mailbox {
 public:
  Mailbox() : ring_(std::make_unique<Ring>()), wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    promise(wake_.is_open());
  }

  // --- The posting thread ---

  void post(T message) {
    waiting_.push_back(std::move(message));
    flush();
  }
  // For messages that may be lost: false when there is no room.
  [[nodiscard]] bool offer(T message) {
    flush();
    if (!waiting_.empty() || is_full()) return false;
    put(std::move(message));
    wake();
    return true;
  }
  void flush() {
    bool any = false;
    for (; !waiting_.empty() && !is_full(); waiting_.pop_front(), any = true)
      put(std::move(waiting_.front()));
    if (any) wake();
  }
  [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }

  // --- The taking thread ---

  // Readable while there may be messages.
  [[nodiscard]] int descriptor() const { return wake_.number(); }
  // Call before the messages of a wake-up are taken.
  void acknowledge() const {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(wake_.number(), &count, sizeof count);
  }
  [[nodiscard]] std::optional<T> take() {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_.load(std::memory_order_acquire)) return std::nullopt;
    std::optional<T> message = std::move((*ring_)[head % ring_->size()]);
    (*ring_)[head % ring_->size()].reset();
    head_.store(head + 1, std::memory_order_release);
    return message;
  }

 private:
  using Ring = std::array<std::optional<T>, limits::mailbox_messages>;

  [[nodiscard]] bool is_full() const {
    return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_acquire) ==
           ring_->size();
  }
  void put(T message) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    (*ring_)[tail % ring_->size()].emplace(std::move(message));
    tail_.store(tail + 1, std::memory_order_release);
  }
  // Cannot fail but by overflow of the count, which leaves it readable all the same.
  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.number(), &one, sizeof one);
  }

  std::unique_ptr<Ring> ring_;
  alignas(64) std::atomic<std::size_t> head_{0};
  alignas(64) std::atomic<std::size_t> tail_{0};
  alignas(64) Descriptor wake_;
  std::deque<T> waiting_;
};

}  // namespace failover
