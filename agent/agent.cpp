#include "agent/agent.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <future>
#include <optional>
#include <set>
#include <thread>

#include "agent/config/in_force.hpp"
#include "agent/config/reader.hpp"
#include "agent/confinement.hpp"
#include "agent/control/control.hpp"
#include "agent/control/lint_document.hpp"
#include "agent/control/parts.hpp"
#include "agent/engine/engine.hpp"
#include "agent/kernel/kernel_thread.hpp"
#include "agent/parent/runner_process.hpp"
#include "agent/realtime.hpp"
#include "agent/record/recorder.hpp"
#include "agent/record/replay.hpp"
#include "agent/state/state_file.hpp"
#include "netlink/reconcile_routes.hpp"
#include "netlink/route_words.hpp"
#include "netlink/rtnetlink.hpp"

namespace failover {
namespace {

void complain(const std::string& text) { fmt::print(stderr, "failoverd: {}\n", text); }

void complain(const config::ConfigErrors& errors) {
  for (const config::ConfigError& error : errors) fmt::print(stderr, "{}\n", error.text());
}

// Signals are the control thread's: the others must never be interrupted by one.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

void unblock_signals() {
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

void ignore_broken_pipes() {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
}

control::RunDirectory received(const Inherited& inherited) {
  return {.lock = Descriptor(inherited.lock),
          .control = Descriptor(inherited.control),
          .status = Descriptor(inherited.status),
          .runner = {},
          .has_group = inherited.has_group};
}

KeptMemberships kept_memberships(const Options& options) {
  if (!options.inherited) return {};
  return KeptMemberships({.in = Descriptor(options.inherited->memberships_in),
                          .out = Descriptor(options.inherited->memberships_out)});
}

bool is_hot(const config::Configuration& configuration, const config::RouterSettings& router) {
  const auto group = std::ranges::find(configuration.groups, control::group_of(router),
                                       &config::GroupSettings::name);
  return group != configuration.groups.end() && group->mode == config::GroupMode::hot;
}

// What an earlier life held, or had in place, and this one is to go on with.
std::set<IpAddress> still_held(const config::Configuration& configuration, const StateFile& state) {
  std::set<IpAddress> held;
  for (const config::RouterSettings& router : configuration.routers) {
    const auto survivor = state.find(router.name());
    if (!survivor) continue;
    if (survivor->role != router::Role::active && !is_hot(configuration, router)) continue;
    for (const config::AddressSettings& address : router.addresses)
      held.insert(address.prefix.address());
  }
  return held;
}

// The same of routes and rules, which are those of active groups.
netlink::WantedRoutes routes_still_held(const config::Configuration& configuration,
                                        const StateFile& state) {
  netlink::WantedRoutes held;
  for (const config::GroupSettings& group : configuration.groups) {
    // Most have none, and to look for a router in the file takes a while.
    if (group.routes.empty() && group.rules.empty()) continue;
    const bool was_active =
        std::ranges::any_of(configuration.routers, [&](const config::RouterSettings& router) {
          if (router.group != group.name) return false;
          const auto survivor = state.find(router.name());
          return survivor && survivor->role == router::Role::active;
        });
    if (!was_active) continue;
    const auto wanted = control::wanted_routes(group);
    held.routes.insert(held.routes.end(), wanted.routes.begin(), wanted.routes.end());
    held.rules.insert(held.rules.end(), wanted.rules.begin(), wanted.rules.end());
  }
  return held;
}

// The runner of an agent without a parent: it ends with the agent, whichever way that ends.
class OwnRunner {
 public:
  OwnRunner(const Options& options, const control::RunDirectory& run)
      : process_(options, {.lock = run.lock.number(),
                           .control = run.control.number(),
                           .status = run.status.number(),
                           .runner_socket = run.runner.number()}) {
    process_.look();
  }
  OwnRunner(const OwnRunner&) = delete;
  OwnRunner& operator=(const OwnRunner&) = delete;
  ~OwnRunner() { process_.end(); }

 private:
  RunnerProcess process_;
};

// As cleanup() says it; nothing for what takes nothing away.
std::string what_goes(const netlink::Step& step, const netlink::Found& found) {
  const auto name = [&](int interface) { return found.link(interface)->name; };
  if (const auto* address = std::get_if<netlink::RemoveAddress>(&step))
    return address->prefix.text() + " on " + name(address->interface);
  if (const auto* link = std::get_if<netlink::RemoveLink>(&step)) return name(link->interface);
  if (const auto* rule = std::get_if<netlink::RemoveRule>(&step)) return "rule " + text(rule->rule);
  if (const auto* route = std::get_if<netlink::RemoveRoute>(&step))
    return "route " + text(route->key);
  return {};
}

}  // namespace

Exit check_configuration(const Options& options) {
  const auto configuration = config::read_configuration(options.config);
  if (configuration) return Exit::done;
  complain(configuration.error());
  return Exit::configuration;
}

Exit lint_configuration(const Options& options) {
  const auto ours = config::read_configuration(options.config);
  std::optional<Result<config::Configuration, config::ConfigErrors>> peer;
  if (options.peer) peer = config::read_configuration(*options.peer);
  if (!ours) complain(ours.error());
  if (peer && !*peer) complain(peer->error());
  if (!ours || (peer && !*peer)) return Exit::configuration;
  const auto findings = lint::lint({.ours = *ours, .peer = peer ? &**peer : nullptr});
  fmt::print("{}", options.json ? control::lint_document(findings)
                                : control::lint_text(findings, options.config.string()));
  return lint::has_warning(findings) ? Exit::warnings : Exit::done;
}

Exit replay_recording(const Options& options) {
  std::ifstream file(options.replay);
  if (!file) return complain(options.replay.string() + ": " + std::strerror(errno)), Exit::failed;
  const auto replayed = record::replay(file);
  if (!replayed) return complain(options.replay.string() + ": " + replayed.error()), Exit::failed;
  for (const record::Difference& difference : replayed->differences)
    fmt::print("line {}: recorded {}\n{:>{}}  now {}\n", difference.line, difference.recorded, "",
               std::to_string(difference.line).size() + 5, difference.now);
  fmt::print("{} routers, {} events, {}\n", replayed->routers, replayed->events,
             replayed->differences.empty() ? "no difference" : "they differ");
  if (replayed->lost > 0)
    fmt::print("{} events are missing in the recording; what follows them may differ\n",
               replayed->lost);
  return replayed->differences.empty() ? Exit::done : Exit::failed;
}

Exit cleanup() {
  auto kernel = netlink::RtNetlink::open(limits::netlink_notification_buffer);
  if (!kernel) return complain(kernel.error().text()), Exit::failed;
  const auto found = (*kernel)->dump();
  if (!found) return complain(found.error().text()), Exit::failed;
  netlink::Found now;
  now.reset(*found);
  netlink::Plan plan = netlink::reconcile_routes({}, now).removals;
  for (const netlink::Link& link : found->links) {
    const auto left = netlink::reconcile(link.index, {}, now.addresses(link.index), {});
    plan.insert(plan.end(), left.plan.begin(), left.plan.end());
    if (netlink::is_ours(link)) plan.emplace_back(netlink::RemoveLink{link.index});
  }
  for (const netlink::Step& step : plan)
    if (const std::string what = what_goes(step, now); !what.empty()) fmt::print("{}\n", what);
  plan.emplace_back(netlink::DropPackets{});
  const auto refused = (*kernel)->execute(plan);
  for (const netlink::KernelError& error : refused) complain(error.text());
  return refused.empty() ? Exit::done : Exit::failed;
}

// What an agent begins with. One that takes another's place goes on with what that one had in
// force; so does a start after a crash of all, with what is in no file. Any other start reads the
// file.
struct Beginning {
  config::InForce in_force;
  config::Configuration configuration;
  std::string remark = {};  // for the log
};

Result<Beginning, config::ConfigErrors> beginning(const Options& options) {
  auto kept = config::read_in_force(config::in_force_in(options.run_directory));
  const bool replaces = kept && options.inherited && kept->parent == getppid();
  std::string remark;
  if (kept && (replaces || !kept->saved)) {
    auto configuration = config::judge(config::document_of(kept->tree, "configuration"));
    if (!kept->saved && !replaces)
      remark = "going on with changes from before that are in no file: " + options.config.string() +
               " says otherwise; SIGHUP applies it";
    if (configuration) return Beginning{std::move(*kept), std::move(*configuration), remark};
    remark = "what was in force cannot be used any more, so the file is: " +
             configuration.error().front().text();
  }
  auto document = config::read_document(options.config);
  if (!document) return failure(std::move(document.error()));
  auto configuration = config::judge(*document);
  if (!configuration) return failure(std::move(configuration.error()));
  return Beginning{{.tree = std::move(document->tree)}, std::move(*configuration), remark};
}

Exit run_agent(const Options& options, Stay stay) {
  auto begun = beginning(options);
  if (!begun) return complain(begun.error()), Exit::configuration;
  const config::Configuration* const configuration = &begun->configuration;
  ignore_broken_pipes();
  auto run = options.inherited
                 ? Result<control::RunDirectory, std::string>(received(*options.inherited))
                 : control::open_run_directory(options.run_directory);
  if (!run) return complain(run.error()), Exit::failed;
  // Before there is another thread, and anything that a runner has no business with.
  std::optional<OwnRunner> runner;
  if (!options.inherited) runner.emplace(options, *run);
  auto state = StateFile::open(options.run_directory / "state");
  if (!state) return complain(state.error()), Exit::failed;
  state->agent() = getpid();
  if (!options.inherited) state->parent() = 0;
  auto kernel = netlink::RtNetlink::open(limits::netlink_notification_buffer);
  if (!kernel) return complain(kernel.error().text()), Exit::failed;
  auto sender = SocketSender::open();
  if (!sender) return complain(sender.error() + "; it takes CAP_NET_RAW"), Exit::failed;
  auto announcer = Announcer::open();
  if (!announcer) return complain(announcer.error() + "; it takes CAP_NET_RAW"), Exit::failed;

  std::optional<record::Recorder> recorder;
  if (options.record) {
    auto opened = record::Recorder::open(*options.record);
    if (!opened) return complain("--record " + opened.error()), Exit::failed;
    recorder = std::move(*opened);
  }

  Mailboxes mailboxes;
  Log log(STDERR_FILENO);
  const MachineClock clock;
  MachineLinks links(std::move(*announcer), kept_memberships(options));
  Engine engine(mailboxes, **sender, clock,
                recorder ? Engine::Recording::on : Engine::Recording::off, &state->pulse());
  KernelThread kernel_thread(mailboxes, **kernel, links, clock, still_held(*configuration, *state),
                             routes_still_held(*configuration, *state));
  control::Control control(mailboxes, log,
                           {.last_seen_alive = [&] { return engine.last_seen_alive(); },
                            .events_lost = [&] { return engine.events_lost(); },
                            .lateness = [&] { return engine.lateness().counts(); }},
                           {.configuration = options.config,
                            .in_force = config::in_force_in(options.run_directory),
                            .state = options.state_directory,
                            .runner = control::runner_socket_in(options.run_directory)},
                           std::move(recorder), &*state);
  const bool locked = lock_memory();

  block_signals();
  std::promise<std::string> scheduling;
  std::thread engine_runs([&] {
    scheduling.set_value(make_thread_punctual());
    (void)confine_thread();  // the main thread says what of it was refused
    engine.run();
  });
  std::thread kernel_runs([&] {
    favour_thread();
    (void)confine_thread();
    kernel_thread.run();
  });
  // All other threads are born confined.
  const std::vector<std::string> not_confined = confine_thread();
  unblock_signals();

  if (!begun->remark.empty()) log.write(config::LogLevel::warning, begun->remark);
  control.start(std::move(*run), std::move(begun->in_force), *configuration);
  log.write(config::LogLevel::info,
            "event=scheduling engine=\"" + scheduling.get_future().get() + "\"");
  if (!locked)
    log.write(config::LogLevel::warning,
              "memory could not be locked: adverts may be late when it "
              "is short (LimitMEMLOCK=infinity, or CAP_SYS_RESOURCE)");
  for (const std::string& refusal : not_confined) log.write(config::LogLevel::warning, refusal);
  if (stay == Stay::briefly) control.stop_soon();
  const auto end = control.run();
  // Nothing is held any more, or all of it stays: the threads may go in any order.
  mailboxes.control_to_engine.post(Quit{});
  mailboxes.control_to_kernel.post(Quit{});
  engine_runs.join();
  kernel_runs.join();
  if (end == control::Control::End::replaced) return Exit::replaced;
  std::error_code ignored;  // the next start says what it goes on with
  std::filesystem::remove(config::in_force_in(options.run_directory), ignored);
  control::close_run_directory(options.run_directory);
  log.write(config::LogLevel::notice, "event=stopped");
  return Exit::done;
}

}  // namespace failover
