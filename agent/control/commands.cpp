#include "agent/control/commands.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "agent/control/view.hpp"
#include "agent/control/words.hpp"
#include "protocol/assert.hpp"

namespace failover::control {
namespace {

// The kind of override that an operation begins or ends.
std::optional<OverrideKind> override_of(OperationKind kind) {
  switch (kind) {
    case OperationKind::drain:
    case OperationKind::undrain: return OverrideKind::drain;
    case OperationKind::hold:
    case OperationKind::release: return OverrideKind::hold;
    case OperationKind::freeze:
    case OperationKind::thaw: return OverrideKind::freeze;
    case OperationKind::switchover:
    case OperationKind::announce: return std::nullopt;
  }
  broken_promise();
}

// "override=drain group=web state=begun ..."
Event override_event(const Override& override, std::string_view state) {
  const std::string of = override.group.empty() ? "*" : override.group;
  std::string text = fmt::format("override={} group={} state={}", name(override.kind), of, state);
  if (override.hold != group::Hold::none) text += fmt::format(" role={}", word(override.hold));
  text += fmt::format(" owner=\"{}\" until={} reason=\"{}\"", override.owner,
                      timestamp(override.until), override.reason);
  return {.kind = EventKind::override, .group = override.group, .text = std::move(text)};
}

}  // namespace

Commands::Commands(boost::asio::io_context& context, Mailboxes& mailboxes,
                   const Directory& directory, Operations& operations, Overrides& overrides,
                   Note note, std::function<void()> posted, BeforeRelease before_release)
    : mailboxes_(mailboxes),
      directory_(directory),
      operations_(operations),
      overrides_(overrides),
      note_(std::move(note)),
      posted_(std::move(posted)),
      before_release_(std::move(before_release)),
      timer_(context) {}

const Operation& Commands::start(const Command& command, const Target& target, const Asker& asker) {
  const Operation& started = operations_.start(command, target, asker);
  if (started.until) {
    begin_overrides(started);
  } else {
    drop_overrides(started);
  }
  ask_engine(started);
  posted_();
  if (started.ended) tell_end(started);
  return started;
}

// A freeze is one for the whole agent, so that it is in force for groups that are added meanwhile
// as well; a drain of all groups is one for each, which may end one by one.
void Commands::begin_overrides(const Operation& operation) {
  Override wanted{.kind = *override_of(operation.kind),
                  .hold = operation.hold,
                  .owner = user_name(operation.uid),
                  .reason = operation.reason,
                  .since = operation.started,
                  .until = *operation.until};
  std::vector<Override> list;
  if (wanted.kind == OverrideKind::freeze) list.push_back(wanted);
  for (const GroupId id : operation.groups) {
    if (wanted.kind == OverrideKind::freeze) break;
    wanted.group = directory_.find_group(id)->settings.name;
    list.push_back(wanted);
  }
  overrides_.begin(list);
  for (const Override& override : list)
    note_(config::LogLevel::notice, override_event(override, "begun"));
  watch_overrides();
}

void Commands::drop_overrides(const Operation& operation) {
  const auto kind = override_of(operation.kind);
  if (!kind) return;
  std::vector<std::string> groups;
  if (*kind == OverrideKind::freeze) groups.emplace_back();
  for (const GroupId id : operation.groups)
    if (*kind != OverrideKind::freeze) groups.push_back(directory_.find_group(id)->settings.name);
  for (const std::string& group : groups)
    if (const Override* ended = overrides_.find(*kind, group))
      note_(config::LogLevel::notice, override_event(*ended, "ended"));
  overrides_.end(*kind, groups);
  watch_overrides();
}

void Commands::ask_engine(const Operation& operation) {
  for (const GroupId id : operation.groups) ask_engine(operation, id);
}

// What hands over waits for the hook that wants to know of it first.
void Commands::ask_engine(const Operation& operation, GroupId id) {
  const bool hands_over =
      operation.kind == OperationKind::switchover || operation.kind == OperationKind::drain ||
      (operation.kind == OperationKind::hold && operation.hold == group::Hold::backup);
  if (!hands_over) return ask_engine_now(operation, id);
  before_release_(id, [this, number = operation.id, id] {
    const Operation* under_way = operations_.find(number);
    if (under_way == nullptr || under_way->ended || directory_.find_group(id) == nullptr) return;
    ask_engine_now(*under_way, id);
    posted_();
  });
}

void Commands::ask_engine_now(const Operation& operation, GroupId id) {
  switch (operation.kind) {
    case OperationKind::switchover:
      return mailboxes_.control_to_engine.post(
          SwitchOverGroup{.id = id, .operation = operation.id, .unclaimed = operation.unclaimed});
    case OperationKind::release:
      return mailboxes_.control_to_engine.post(ReleaseGroup{.id = id, .operation = operation.id});
    case OperationKind::announce:
      return mailboxes_.control_to_engine.post(AnnounceGroup{.id = id, .operation = operation.id});
    case OperationKind::drain:
    case OperationKind::undrain:
    case OperationKind::hold:
    case OperationKind::freeze:
    case OperationKind::thaw:
      return override_group(*directory_.find_group(id), operation.id, operation.unclaimed);
  }
}

void Commands::override_group(const GroupEntry& group, OperationId operation,
                              group::Unclaimed unclaimed) {
  mailboxes_.control_to_engine.post(
      OverrideGroup{.id = group.id,
                    .operation = operation,
                    .wanted = overrides_.in_force(group.settings.name),
                    .unclaimed = unclaimed});
}

void Commands::finished(const OperationFinished& message) {
  const Operation* operation = operations_.find(message.operation);
  if (operation == nullptr || operation->ended) return;
  if (const GroupEntry* group = directory_.find_group(message.id))
    settle(*operation, *group, message.outcome);
  operations_.finish(message.operation, message.id, message.outcome);
  operation = operations_.find(message.operation);
  if (operation != nullptr && operation->ended) tell_end(*operation);
}

// What nobody took over from is active as before: so is what is in force.
void Commands::settle(const Operation& operation, const GroupEntry& group,
                      router::Outcome outcome) {
  if (!operation.until) return;
  const OverrideKind kind = *override_of(operation.kind);
  const std::string of = kind == OverrideKind::freeze ? std::string() : group.settings.name;
  if (outcome != router::Outcome::taken_back) return overrides_.settle(kind, of);
  if (const Override* dropped = overrides_.find(kind, of))
    note_(config::LogLevel::warning, override_event(*dropped, "dropped"));
  overrides_.take_back(kind, of);
  watch_overrides();
}

void Commands::tell_end(const Operation& operation) {
  const bool done = operation.outcome == router::Outcome::done;
  note_(config::LogLevel::notice,
        {.kind = EventKind::operation,
         .group = operation.of_agent ? std::string() : operation.target,
         .text = fmt::format("operation={} kind={} group={} uid={} pid={} result={} reason=\"{}\"",
                             operation.id, name(operation.kind),
                             operation.of_agent ? "*" : operation.target, operation.uid,
                             operation.pid, done ? "done" : "failed", operation.reason)});
}

void Commands::group_gone(GroupId group) {
  const Operation* running = operations_.running_on(group);
  if (running == nullptr) return;
  const OperationId id = running->id;
  operations_.group_gone(group);
  running = operations_.find(id);
  if (running != nullptr && running->ended) tell_end(*running);
}

void Commands::end_overrides(RealTime now) {
  for (const Override& ended : overrides_.ended_by(now)) {
    note_(config::LogLevel::notice, override_event(ended, "run-out"));
    for (const GroupEntry* group : directory_.groups())
      if (ended.group.empty() || group->settings.name == ended.group)
        override_group(*group, 0, group::Unclaimed::take_back);
    posted_();
  }
  watch_overrides();
}

// The wall clock may be set meanwhile, so it is looked at now and then.
void Commands::watch_overrides() {
  const auto next = overrides_.next_end();
  if (!next) {
    timer_.cancel();
    return;
  }
  const Duration left = std::max<Duration>(*next - real_now(), Duration{0});
  timer_.expires_after(std::min(left, limits::override_look));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) end_overrides(real_now());
  });
}

}  // namespace failover::control
