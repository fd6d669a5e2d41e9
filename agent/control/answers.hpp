#pragma once
// Answers that several trees of the API give.

#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "agent/http/http_server.hpp"

namespace failover::control {

[[nodiscard]] http::Response json_answer(std::string body, unsigned status = 200);
[[nodiscard]] http::Response no_such_path(const http::Request& request);
[[nodiscard]] http::Response no_such_group(const http::Request& request, const std::string& name);
[[nodiscard]] http::Response wrong_method(const http::Request& request, const std::string& allowed);

[[nodiscard]] inline bool reads(const http::Request& request) { return request.method == "GET"; }

// "/v1/exec/group/web/switchover" -> {"v1", "exec", "group", "web", "switchover"}
[[nodiscard]] std::vector<std::string> segments(const std::string& path);

template <class Number>
[[nodiscard]] std::optional<Number> number_in(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace failover::control
