#pragma once
// Result<T, E>: a value or what went wrong. The one place that names the library behind it.

#include <string_view>
#include <tl/expected.hpp>

namespace failover {

template <class T, class E>
using Result = tl::expected<T, E>;

template <class E>
[[nodiscard]] constexpr auto failure(E error) {
  return tl::unexpected<E>(std::move(error));
}

// Why a text that a person wrote is not what it should be. The text is static and says what is
// accepted, so that it can be shown behind the place of the mistake.
struct ParseError {
  std::string_view text;
};

}  // namespace failover
