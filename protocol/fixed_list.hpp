#pragma once
// FixedList<T, N>: at most N values in place, in order, without the heap. Going over is our own
// bug.

#include <array>
#include <cstddef>
#include <utility>

#include "protocol/assert.hpp"

namespace failover {

template <class T, std::size_t N>
class FixedList {
 public:
  void push(T value) {
    promise(size_ < N);
    values_[size_++] = std::move(value);
  }
  void clear() { size_ = 0; }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] const T& operator[](std::size_t index) const {
    promise(index < size_);
    return values_[index];
  }
  [[nodiscard]] const T* begin() const { return values_.data(); }
  [[nodiscard]] const T* end() const { return values_.data() + size_; }

 private:
  std::array<T, N> values_{};
  std::size_t size_ = 0;
};

}  // namespace failover
