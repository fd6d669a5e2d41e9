#pragma once
// The control thread's parts without its sockets: a directory whose other threads are the test, and
// configurations in two words.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/control/api.hpp"
#include "agent/control/directory.hpp"
#include "tests/unit/agent/values.hpp"
#include "tests/unit/config/temporary_directory.hpp"

namespace failover::tests {

[[nodiscard]] inline config::RouterSettings carp_settings(std::string interface, carp::Vhid vhid,
                                                          std::string_view address) {
  return {.interface = std::move(interface),
          .addresses = {{.prefix = prefix(address)}},
          .protocol = config::CarpSettings{.vhid = vhid, .password = Secret("secret")}};
}
[[nodiscard]] inline config::RouterSettings vrrp_settings(
    std::string interface, vrrp::Vrid vrid, const std::vector<std::string_view>& addresses) {
  config::RouterSettings settings{.interface = std::move(interface),
                                  .protocol = config::VrrpSettings{.vrid = vrid}};
  for (const std::string_view address : addresses)
    settings.addresses.push_back({.prefix = prefix(address)});
  return settings;
}
// What is the protocol's own of settings that are known to be of it.
[[nodiscard]] inline config::CarpSettings& carp_of(config::RouterSettings& settings) {
  return std::get<config::CarpSettings>(settings.protocol);
}
[[nodiscard]] inline const config::CarpSettings& carp_of(const config::RouterSettings& settings) {
  return std::get<config::CarpSettings>(settings.protocol);
}
[[nodiscard]] inline config::VrrpSettings& vrrp_of(config::RouterSettings& settings) {
  return std::get<config::VrrpSettings>(settings.protocol);
}

[[nodiscard]] inline config::Configuration configuration(
    std::vector<config::RouterSettings> routers) {
  return {.agent = {}, .routers = std::move(routers)};
}

// "add-interface eth0 0", "add-group 0", "add 0 eth0.carp.10", "change 0 eth0.carp.10", "remove 0",
// "switchover 0 1", "override 0 2 drained": what the directory and the API asked of the other
// threads.
[[nodiscard]] std::vector<std::string> asked_of_kernel(Mailboxes& mailboxes);
[[nodiscard]] std::vector<std::string> asked_of_engine(Mailboxes& mailboxes);

// What the engine publishes of a group with that router alone.
[[nodiscard]] GroupStatus group_status_of(const RouterStatus& router);

// The control thread's parts together, without sockets, signals and the other threads.
struct ControlScene {
  using Answer = std::shared_ptr<std::optional<http::Response>>;  // nothing while it is put off

  Answer ask(const std::string& method, const std::string& path,
             const std::map<std::string, std::string>& query = {}, const std::string& body = {});
  http::Response send(const std::string& method, const std::string& path,
                      const std::string& body = {});
  http::Response get(const std::string& path,
                     const std::map<std::string, std::string>& query = {}) {
    return ask("GET", path, query)->value();
  }
  http::Response post(const std::string& path, const std::string& body = {}) {
    return send("POST", path, body);
  }
  void finish(OperationId operation, GroupId group, router::Outcome outcome) {
    commands.finished({.id = group, .operation = operation, .outcome = outcome});
  }
  std::vector<std::string> engine() { return asked_of_engine(mailboxes); }

  Mailboxes mailboxes;
  boost::asio::io_context context;
  std::vector<std::string> warnings;
  control::Overrides overrides{
      std::nullopt, [this](const std::string& text) { warnings.push_back(text); }, real_now()};
  control::Directory directory{
      mailboxes, nullptr, [this](const std::string& group) { return overrides.in_force(group); }};
  control::Operations operations;
  control::History history;
  control::EventLog events;
  std::vector<std::string> log;
  control::Commands commands{context,
                             mailboxes,
                             directory,
                             operations,
                             overrides,
                             [this](config::LogLevel, control::Event event) {
                               log.push_back(event.text);
                               event.at = real_now();
                               events.add(std::move(event));
                             },
                             [] {},
                             [](GroupId, const std::function<void()>& then) { then(); }};
  std::string track_detail;
  std::map<config::HookKind, hooks::LastRun> hook_runs;  // of every group
  control::View view{directory,
                     overrides,
                     operations,
                     history,
                     [this](const std::string&, const std::string&) { return track_detail; },
                     [this](const std::string&, config::HookKind kind) {
                       const auto run = hook_runs.find(kind);
                       return run == hook_runs.end() ? std::nullopt : std::optional(run->second);
                     }};
  control::AgentState state{.node = "lb1", .started = monotonic_now()};
  bool restarted = false;
  config::test::TemporaryDirectory files;
  std::vector<config::Configuration> applied;
  std::vector<bool> tried;  // of each, whether it was to be taken back when refused
  changes::Changes changes{{.context = context,
                            .file = files / "failover.toml",
                            .in_force = files / "configuration.json",
                            .state = files / "",
                            .apply =
                                [this](const config::Configuration& configuration,
                                       changes::IfRefused if_refused, const changes::Tried& then) {
                                  applied.push_back(configuration);
                                  tried.push_back(if_refused == changes::IfRefused::take_back);
                                  if (kernel_answers)
                                    then(std::exchange(kernel_refuses, {}));
                                  else
                                    kernel_owes = then;
                                },
                            .is_active = [](const std::string&) { return true; },
                            .ills = [this] { return ills; },
                            .note = [this](const std::string& text) { log.push_back(text); },
                            .warn = [this](const std::string& text) { warnings.push_back(text); }}};
  std::set<std::string> ills;
  bool kernel_answers = true;               // at once, that it refuses
  std::vector<std::string> kernel_refuses;  // of the next change
  changes::Tried kernel_owes;
  control::Api api{context,
                   view,
                   commands,
                   changes,
                   events,
                   [this] { return state; },
                   [this] { restarted = true; }};
};

}  // namespace failover::tests
