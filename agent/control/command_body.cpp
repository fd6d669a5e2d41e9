#include "agent/control/command_body.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "protocol/limits.hpp"

namespace failover::control {
namespace {

using Json = nlohmann::json;

constexpr std::array kinds{OperationKind::switchover, OperationKind::drain,
                           OperationKind::undrain,    OperationKind::hold,
                           OperationKind::release,    OperationKind::announce,
                           OperationKind::freeze,     OperationKind::thaw};

bool lasts(OperationKind kind) {
  return kind == OperationKind::drain || kind == OperationKind::hold ||
         kind == OperationKind::freeze;
}

bool hands_over(OperationKind kind) {
  return kind == OperationKind::switchover || kind == OperationKind::drain ||
         kind == OperationKind::hold;
}

std::vector<std::string_view> keys_of(OperationKind kind) {
  std::vector<std::string_view> keys{"reason"};
  if (hands_over(kind)) keys.emplace_back("force");
  if (lasts(kind)) keys.emplace_back("for_s");
  if (kind == OperationKind::hold) keys.emplace_back("role");
  return keys;
}

std::int64_t in_seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

std::string lasts_range() {
  return fmt::format("a whole number of seconds, {}..{}", in_seconds(limits::override_shortest),
                     in_seconds(limits::override_longest));
}

using Fault = std::optional<std::string>;

Fault read_reason(const Json& value, Command& command) {
  if (!value.is_string() ||
      value.get_ref<const std::string&>().size() > limits::operation_reason_bytes)
    return fmt::format("reason: must be a text of at most {} bytes",
                       limits::operation_reason_bytes);
  command.reason = value.get<std::string>();
  return std::nullopt;
}

Fault read_force(const Json& value, Command& command) {
  if (!value.is_boolean()) return "force: must be true or false";
  if (value.get<bool>()) command.unclaimed = group::Unclaimed::let_go;
  return std::nullopt;
}

Fault read_lasts(const Json& value, Command& command) {
  const auto wrong = [] { return "for_s: must be " + lasts_range(); };
  if (!value.is_number_integer()) return wrong();
  // What does not fit a signed number is far out of range.
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > 1'000'000'000) return wrong();
  const auto seconds = value.get<std::int64_t>();
  if (seconds < in_seconds(limits::override_shortest) ||
      seconds > in_seconds(limits::override_longest))
    return wrong();
  command.lasts = std::chrono::seconds(seconds);
  return std::nullopt;
}

Fault read_role(const Json& value, Command& command) {
  if (value == "active") {
    command.hold = group::Hold::active;
  } else if (value == "backup") {
    command.hold = group::Hold::backup;
  } else {
    return "role: must be \"active\" or \"backup\"";
  }
  return std::nullopt;
}

Fault read_key(const std::string& key, const Json& value, Command& command) {
  const auto keys = keys_of(command.kind);
  if (std::ranges::find(keys, key) == keys.end())
    return fmt::format("\"{}\" is no key of {}; accepted: {}", key, name(command.kind),
                       fmt::join(keys, ", "));
  if (key == "reason") return read_reason(value, command);
  if (key == "force") return read_force(value, command);
  if (key == "for_s") return read_lasts(value, command);
  return read_role(value, command);
}

Fault find_missing(const Command& command) {
  if (command.kind == OperationKind::hold && command.hold == group::Hold::none)
    return "role is missing: \"active\" or \"backup\"";
  if (lasts(command.kind) && !command.lasts)
    return fmt::format("for_s is missing: every {} ends by itself, after {}", name(command.kind),
                       lasts_range());
  return std::nullopt;
}

}  // namespace

std::optional<OperationKind> operation_kind(std::string_view verb) {
  for (const OperationKind kind : kinds)
    if (name(kind) == verb) return kind;
  return std::nullopt;
}

Result<Command, std::string> command_in(OperationKind kind, const std::string& body) {
  Command command{.kind = kind};
  const Json json = body.empty() ? Json::object() : Json::parse(body, nullptr, false);
  if (!json.is_object())
    return failure(
        fmt::format("accepted: nothing, or a JSON object with {}", fmt::join(keys_of(kind), ", ")));
  for (const auto& [key, value] : json.items())
    if (auto fault = read_key(key, value, command)) return failure(std::move(*fault));
  if (auto fault = find_missing(command)) return failure(std::move(*fault));
  return command;
}

}  // namespace failover::control
