// The words between agent and runner.

#include "agent/runner/wire.hpp"

#include "tests/unit/catch.hpp"

namespace failover::runner {
namespace {

Command complete() {
  return {.kind = Kind::hook,
          .arguments = {"/bin/echo", "a \"b\"\n", "\u00e4"},
          .user = "www",
          .environment = {{"FAILOVER_GROUP", "web"}},
          .input = "{}\n",
          .timeout = 1500ms};
}

std::string refused(void (*change)(Command&)) {
  Command command = complete();
  change(command);
  return why_refused(command);
}

Message there_and_back(const Message& message) {
  const auto packet = encode(message);
  REQUIRE(packet);
  auto decoded = decode(*packet);
  INFO(*packet);
  REQUIRE(decoded);
  return *decoded;
}

}  // namespace

TEST_CASE("a request arrives as it was sent") {
  const auto request = std::get<Request>(there_and_back(Request{.id = 7, .command = complete()}));
  const Command wanted = complete();
  CHECK(request.id == 7);
  CHECK(request.command.kind == wanted.kind);
  CHECK(request.command.arguments == wanted.arguments);
  CHECK(request.command.user == wanted.user);
  CHECK(request.command.environment == wanted.environment);
  CHECK(request.command.input == wanted.input);
  CHECK(request.command.timeout == wanted.timeout);
}

TEST_CASE("a reply arrives as it was sent") {
  for (const Outcome outcome : {Outcome::exited, Outcome::signalled, Outcome::timed_out,
                                Outcome::not_started, Outcome::lost}) {
    const auto reply = std::get<Reply>(there_and_back(Reply{
        .id = 9,
        .finished = {
            .outcome = outcome, .status = 3, .output = "out", .duration = 12ms, .error = "why"}}));
    CHECK(reply.id == 9);
    CHECK(reply.finished.outcome == outcome);
    CHECK(reply.finished.status == 3);
    CHECK(reply.finished.output == "out");
    CHECK(reply.finished.duration == 12ms);
    CHECK(reply.finished.error == "why");
  }
}

TEST_CASE("a greeting and a cancellation arrive") {
  CHECK(std::holds_alternative<Greeting>(there_and_back(Greeting{})));
  CHECK(std::get<Cancel>(there_and_back(Cancel{.id = 4})).id == 4);
}

TEST_CASE("output that is no text does no harm") {
  const auto reply = std::get<Reply>(
      there_and_back(Reply{.id = 1, .finished = {.output = std::string("a\xff\0b", 4)}}));
  CHECK(reply.finished.output == std::string("a\xef\xbf\xbd\0b", 6));
}

TEST_CASE("the longest output fits a packet, whatever it is made of") {
  for (const char byte : {'\x01', '\xff', '"'}) {
    const std::string output(limits::runner_output_bytes, byte);
    CHECK(encode(Reply{.id = 1, .finished = {.output = output}}));
  }
}

TEST_CASE("every bound of a command is refused by name when it is passed") {
  CHECK(why_refused(complete()).empty());
  CHECK(refused([](Command& command) { command.arguments.clear(); }).find("no program") !=
        std::string::npos);
  CHECK(refused([](Command& command) {
          command.arguments.emplace_back(limits::runner_argument_bytes, 'x');
        }).find("8192") != std::string::npos);
  CHECK(refused([](Command& command) {
          command.environment["FAILOVER_X"] = std::string(limits::runner_environment_bytes, 'x');
        }).find("8192") != std::string::npos);
  CHECK(refused([](Command& command) {
          command.input.assign(limits::runner_input_bytes + 1, 'x');
        }).find("65536") != std::string::npos);
  CHECK(refused([](Command& command) { command.timeout = 3601s; }).find("1ms..3600s") !=
        std::string::npos);
  CHECK_FALSE(refused([](Command& command) { command.timeout = 0s; }).empty());
  CHECK_FALSE(refused([](Command& command) { command.arguments.emplace_back(1, '\0'); }).empty());
}

TEST_CASE("the environment cannot have what changes how programs are loaded") {
  for (const char* name : {"LD_PRELOAD", "PATH", "", "FAILOVER_A=B"}) {
    Command command = complete();
    command.environment[name] = "x";
    CHECK(why_refused(command).find("FAILOVER_") != std::string::npos);
  }
}

TEST_CASE("a packet that is too long is not sent") {
  Command command = complete();
  command.input.assign(limits::runner_input_bytes, '\x01');
  const auto packet = encode(Request{.id = 1, .command = command});
  REQUIRE_FALSE(packet);
  CHECK(packet.error().find("less input") != std::string::npos);
}

TEST_CASE("what is none of our words is an error, not an end") {
  for (const char* packet :
       {"", "{", "[]", "7", "{}", R"({"runner":2})", R"({"runner":"x"})", R"({"cancel":"x"})",
        R"({"id":1,"arguments":["/bin/true"]})",
        R"({"id":1,"kind":"x","arguments":["/bin/true"],"user":"","environment":{},"input":"",)"
        R"("timeout_ms":1})",
        R"({"id":1,"kind":"hook","arguments":"/bin/true","user":"","environment":{},"input":"",)"
        R"("timeout_ms":1})",
        R"({"id":1,"kind":"hook","arguments":["/bin/true"],"user":"","environment":{},"input":"",)"
        R"("timeout_ms":9223372036854775807})",
        R"({"id":1,"result":"x","status":0,"output":"","duration_ms":0,"error":""})"}) {
    INFO(packet);
    CHECK_FALSE(decode(packet));
  }
}

}  // namespace failover::runner
