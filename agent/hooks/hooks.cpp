#include "agent/hooks/hooks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "agent/checks/unit_command.hpp"
#include "protocol/limits.hpp"

namespace failover::hooks {
namespace {

// How a command ended; empty when it ended well.
struct WhatFailed {
  std::string operator()(const checks::Exited& how) const {
    return how.status == 0 ? "" : fmt::format("exited with {}", how.status);
  }
  std::string operator()(const checks::Signalled& how) const {
    return fmt::format("killed by signal {}", how.signal);
  }
  std::string operator()(const checks::TimedOut&) const { return "timed out"; }
  std::string operator()(const checks::NotStarted& how) const { return "not started: " + how.why; }
  std::string operator()(const checks::Lost&) const { return "lost: the runner has gone"; }
};

}  // namespace

struct Hooks::Running {
  std::string group;
  Job job;
  std::size_t next = 0;
  std::string failed = {};  // the first command that did
};

Hooks::Hooks(checks::Execute& execute, std::uint64_t first, Told told)
    : execute_(execute), next_sequence_(first), told_(std::move(told)) {}

// A group that is no more finishes what runs; what waited for it is told.
void Hooks::apply(const std::vector<config::GroupSettings>& groups) {
  std::map<std::string, config::GroupSettings> wanted;
  for (const config::GroupSettings& group : groups) wanted.emplace(group.name, group);
  for (auto& [name, group] : groups_)
    if (!wanted.contains(name)) leave_out(group);
  std::erase_if(groups_, [&](const auto& entry) { return !wanted.contains(entry.first); });
  for (auto& [name, settings] : wanted) groups_[name].settings = std::move(settings);
}

Hooks::Group* Hooks::find(const std::string& group) {
  const auto found = groups_.find(group);
  return found == groups_.end() ? nullptr : &found->second;
}

void Hooks::goes_on(const std::string& group, Units done) {
  if (Group* known = find(group)) known->units_started = done == Units::start;
}

void Hooks::became(config::HookKind kind, const Move& move) {
  Group* group = find(move.group);
  if (group == nullptr) return;
  leave_out(*group);
  const bool starts = kind == config::HookKind::active;
  if (starts && !group->units_started) add(*group, units_job(*group, Units::start));
  add(*group, hook_job(*group, kind, move));
  if (!starts && std::exchange(group->units_started, false))
    add(*group, units_job(*group, Units::stop));
  group->units_started |= starts;
  run_next(move.group);
}

void Hooks::reconcile(const Move& move) {
  Group* group = find(move.group);
  if (group == nullptr) return;
  add(*group, hook_job(*group, config::HookKind::reconcile, move));
  run_next(move.group);
}

void Hooks::before_release(const Move& move, Done done) {
  Group* group = find(move.group);
  if (group == nullptr || group->settings.hooks.before_release.empty()) return done();
  Job job = hook_job(*group, config::HookKind::before_release, move);
  job.ended = [done = std::move(done)](Result) { done(); };
  add(*group, std::move(job));
  run_next(move.group);
}

void Hooks::start_units(const Move& move, Started started) {
  Group* group = find(move.group);
  if (group == nullptr) return started(Result::well);
  leave_out(*group);
  Job job = units_job(*group, Units::start);
  job.ended = std::move(started);
  job.stops_at_failure = true;
  group->units_started = true;
  add(*group, std::move(job));
  run_next(move.group);
}

void Hooks::when_idle(Done done) {
  if (is_idle()) return done();
  idle_ = std::move(done);
}

bool Hooks::is_idle() const {
  return std::ranges::none_of(groups_, [](const auto& entry) {
    return entry.second.runs || !entry.second.waiting.empty();
  });
}

std::optional<LastRun> Hooks::last(const std::string& group, config::HookKind kind) const {
  const auto found = groups_.find(group);
  if (found == groups_.end()) return std::nullopt;
  const auto run = found->second.last.find(kind);
  return run == found->second.last.end() ? std::nullopt : std::optional(run->second);
}

Hooks::Job Hooks::hook_job(const Group& group, config::HookKind kind, const Move& move) {
  const config::HookSettings& hooks = group.settings.hooks;
  Job job{.what = fmt::format("hook={}", name(kind)), .kind = kind, .sequence = next_sequence_++};
  for (const config::ArgumentVector& arguments : hooks.of(kind))
    job.commands.push_back({.arguments = arguments,
                            .user = hooks.user,
                            .timeout = hooks.timeout,
                            .environment = context_environment(kind, move, job.sequence),
                            .input = context_document(kind, move, job.sequence)});
  return job;
}

Hooks::Job Hooks::units_job(const Group& group, Units what) {
  const auto manager = checks::service_manager();
  const bool starts = what == Units::start;
  Job job{.what = starts ? "units=start" : "units=stop"};
  for (const std::string& unit : group.settings.follow)
    job.commands.push_back({.arguments = starts ? checks::unit_start_command(manager, unit)
                                                : checks::unit_stop_command(manager, unit),
                            .timeout = limits::unit_timeout});
  // The last one may need the first.
  if (!starts) std::ranges::reverse(job.commands);
  return job;
}

void Hooks::add(Group& group, Job job) {
  if (!job.commands.empty() || job.ended) group.waiting.push_back(std::move(job));
}

// What waits is about a move that is history now. Who waits for it must not wait for ever.
void Hooks::leave_out(Group& group) {
  for (Job& job : std::exchange(group.waiting, {}))
    if (job.ended) job.ended(Result::failed);
}

void Hooks::run_next(const std::string& name) {
  Group* group = find(name);
  if (group == nullptr || group->runs || group->waiting.empty()) return;
  group->runs = true;
  const auto running =
      std::make_shared<Running>(Running{.group = name, .job = std::move(group->waiting.front())});
  group->waiting.pop_front();
  run_command(running);
}

void Hooks::run_command(const std::shared_ptr<Running>& running) {
  const Job& job = running->job;
  const bool gives_up = job.stops_at_failure && !running->failed.empty();
  if (running->next == job.commands.size() || gives_up) return finish(running);
  execute_.run(job.commands[running->next++],
               [this, running](const checks::Outcome& outcome) { ended(running, outcome); });
}

void Hooks::ended(const std::shared_ptr<Running>& running, const checks::Outcome& outcome) {
  const std::string failed = std::visit(WhatFailed{}, outcome.how);
  const config::ArgumentVector& command = running->job.commands[running->next - 1].arguments;
  if (!failed.empty() && running->failed.empty())
    running->failed = fmt::format("{}: {}", command.front(), failed);
  run_command(running);
}

void Hooks::finish(const std::shared_ptr<Running>& running) {
  const Job& job = running->job;
  const bool well = running->failed.empty();
  const LastRun run{.sequence = job.sequence,
                    .ended = real_now(),
                    .well = well,
                    .detail = well ? "done" : running->failed};
  if (Group* group = find(running->group)) {
    group->runs = false;
    if (job.kind && !job.commands.empty()) group->last[*job.kind] = run;
  }
  if (!job.commands.empty()) told_(running->group, run, job.what);
  if (job.ended) job.ended(well ? Result::well : Result::failed);
  run_next(running->group);
  if (idle_ && is_idle()) std::exchange(idle_, nullptr)();
}

}  // namespace failover::hooks
