#pragma once
// Bounded<Tag, Rep, Min, Max>: a number that cannot be out of its range once it exists.

#include <compare>
#include <cstdint>
#include <optional>

namespace failover {

template <class Tag, class Rep, std::int64_t Min, std::int64_t Max>
class Bounded {
 public:
  static constexpr std::int64_t min = Min;
  static constexpr std::int64_t max = Max;

  // Nothing when the number is outside [Min, Max].
  [[nodiscard]] static constexpr std::optional<Bounded> from(std::int64_t number) {
    if (number < Min || number > Max) return std::nullopt;
    return Bounded(static_cast<Rep>(number));
  }

  // For numbers that the program itself writes: out of range does not compile.
  template <std::int64_t Number>
  [[nodiscard]] static consteval Bounded of() {
    static_assert(Number >= Min && Number <= Max);
    return Bounded(static_cast<Rep>(Number));
  }

  [[nodiscard]] constexpr Rep value() const { return value_; }
  friend constexpr auto operator<=>(const Bounded&, const Bounded&) = default;

 private:
  explicit constexpr Bounded(Rep value) : value_(value) {}
  Rep value_;
};

}  // namespace failover
