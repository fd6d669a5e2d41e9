#include "agent/runner/wire.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace failover::runner {
namespace {

using nlohmann::json;

// Of the wire, not of the program: another version of it may be on the other end.
constexpr int wire_version = 1;

constexpr std::array outcome_names{
    std::pair{Outcome::exited, "exited"}, std::pair{Outcome::signalled, "signalled"},
    std::pair{Outcome::timed_out, "timed-out"}, std::pair{Outcome::not_started, "not-started"},
    std::pair{Outcome::lost, "lost"}};

json document(const Greeting&) { return {{"runner", wire_version}}; }

json document(const Request& request) {
  const Command& command = request.command;
  return {{"id", request.id},
          {"kind", command.kind == Kind::check ? "check" : "hook"},
          {"arguments", command.arguments},
          {"user", command.user},
          {"environment", command.environment},
          {"input", command.input},
          {"timeout_ms", std::chrono::ceil<std::chrono::milliseconds>(command.timeout).count()}};
}

json document(const Cancel& cancel) { return {{"cancel", cancel.id}}; }

json document(const Reply& reply) {
  const Finished& finished = reply.finished;
  const auto* name = std::ranges::find(outcome_names, finished.outcome,
                                       &decltype(outcome_names)::value_type::first);
  return {{"id", reply.id},
          {"result", name->second},
          {"status", finished.status},
          {"output", finished.output},
          {"duration_ms",
           std::chrono::duration_cast<std::chrono::milliseconds>(finished.duration).count()},
          {"error", finished.error}};
}

Duration milliseconds_in(const json& document, const char* key) {
  // Beyond what anybody may ask for, but not beyond what a Duration holds.
  const auto most = std::chrono::milliseconds(2 * limits::runner_timeout_longest / 1ms).count();
  return std::chrono::milliseconds(
      std::clamp<std::int64_t>(document.at(key).get<std::int64_t>(), -1, most));
}

Result<Message, std::string> request_in(const json& document) {
  const auto& kind = document.at("kind").get_ref<const std::string&>();
  if (kind != "check" && kind != "hook") return failure("no kind of command: " + kind);
  Request request{.id = document.at("id").get<Ticket>(),
                  .command = {.kind = kind == "check" ? Kind::check : Kind::hook,
                              .arguments = document.at("arguments"),
                              .user = document.at("user"),
                              .environment = document.at("environment"),
                              .input = document.at("input"),
                              .timeout = milliseconds_in(document, "timeout_ms")}};
  if (std::string refusal = why_refused(request.command); !refusal.empty())
    return failure(std::move(refusal));
  return Message(std::move(request));
}

Result<Message, std::string> reply_in(const json& document) {
  const auto& result = document.at("result").get_ref<const std::string&>();
  const auto* name = std::ranges::find(outcome_names, std::string_view(result),
                                       &decltype(outcome_names)::value_type::second);
  if (name == outcome_names.end()) return failure("no result of a command: " + result);
  return Message(Reply{.id = document.at("id").get<Ticket>(),
                       .finished = {.outcome = name->first,
                                    .status = document.at("status"),
                                    .output = document.at("output"),
                                    .duration = milliseconds_in(document, "duration_ms"),
                                    .error = document.at("error")}});
}

Result<Message, std::string> message_in(const json& document) {
  if (document.contains("arguments")) return request_in(document);
  if (document.contains("result")) return reply_in(document);
  if (document.contains("cancel"))
    return Message(Cancel{.id = document.at("cancel").get<Ticket>()});
  if (document.contains("runner")) {
    const int version = document.at("runner");
    if (version == wire_version) return Message(Greeting{});
    return failure("a runner of another version: " + std::to_string(version));
  }
  return failure(std::string("neither a request nor a reply"));
}

bool has_zero(std::string_view text) { return text.find('\0') != std::string_view::npos; }

std::string over(std::string_view what, std::size_t bound) {
  return std::string(what) + " are longer than " + std::to_string(bound) + " bytes";
}

}  // namespace

std::string why_refused(const Command& command) {
  std::size_t bytes = 0;
  for (const std::string& argument : command.arguments) {
    bytes += argument.size() + 1;
    if (has_zero(argument)) return "an argument has a zero byte in it";
  }
  if (command.arguments.empty()) return "there is no program to run";
  if (bytes > limits::runner_argument_bytes)
    return over("the arguments", limits::runner_argument_bytes);
  bytes = 0;
  for (const auto& [name, value] : command.environment) {
    bytes += name.size() + value.size() + 2;
    if (!name.starts_with("FAILOVER_") || name.find('=') != std::string::npos || has_zero(name) ||
        has_zero(value))
      return "the environment has " + name + "; its names begin with FAILOVER_";
  }
  if (bytes > limits::runner_environment_bytes)
    return over("the variables of the environment", limits::runner_environment_bytes);
  if (command.input.size() > limits::runner_input_bytes)
    return over("the bytes for standard input", limits::runner_input_bytes);
  if (has_zero(command.user)) return "the user's name has a zero byte in it";
  if (command.timeout < 1ms || command.timeout > limits::runner_timeout_longest)
    return "the timeout is out of range; accepted: 1ms.." +
           std::to_string(limits::runner_timeout_longest / 1s) + "s";
  return {};
}

Result<std::string, std::string> encode(const Message& message) {
  std::string packet = std::visit([](const auto& content) { return document(content); }, message)
                           .dump(-1, ' ', false, json::error_handler_t::replace);
  if (packet.size() > limits::runner_packet_bytes)
    return failure("the packet is longer than " + std::to_string(limits::runner_packet_bytes) +
                   " bytes; give the command less input");
  return packet;
}

Result<Message, std::string> decode(std::string_view packet) {
  try {
    return message_in(json::parse(packet));
  } catch (const json::exception& error) {
    return failure(std::string(error.what()));
  }
}

}  // namespace failover::runner
