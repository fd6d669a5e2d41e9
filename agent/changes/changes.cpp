#include "agent/changes/changes.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "agent/config/toml_text.hpp"
#include "agent/config/tree_difference.hpp"
#include "agent/config/tree_secrets.hpp"
#include "agent/durable_file.hpp"
#include "protocol/limits.hpp"

namespace failover::changes {
namespace {

constexpr const char* us = "failoverd";

Refused invalid(config::ConfigErrors errors) {
  return {.kind = Refused::Kind::invalid,
          .code = "configuration-invalid",
          .title = "The configuration is not valid",
          .detail = errors.empty() ? "" : errors.front().text(),
          .hint = "nothing has changed; see failover.toml(5)",
          .errors = std::move(errors)};
}

Refused confirm_pending(const config::Unconfirmed& unconfirmed) {
  return {
      .kind = Refused::Kind::conflict,
      .code = "confirm-pending",
      .title = "The last change waits to be confirmed",
      .detail = fmt::format("without that it is rolled back to revision {}", unconfirmed.back_to),
      .hint = "confirm it, or roll it back, before the next one"};
}

Refused apply_running() {
  return {.kind = Refused::Kind::conflict,
          .code = "apply-running",
          .title = "Another change is under way",
          .detail = "the kernel has not answered yet to all that it asks for",
          .hint = "try again in a moment"};
}

RealTime time_of(std::int64_t nanoseconds) {
  return RealTime(std::chrono::nanoseconds(nanoseconds));
}

}  // namespace

Changes::Changes(Means means)
    : means_(std::move(means)),
      revisions_(means_.state, means_.warn),
      confirmation_(means_.context),
      gate_(means_.context) {}

void Changes::begin(config::InForce start, const config::Configuration& configuration) {
  in_force_ = std::move(start);
  in_force_.parent = getppid();
  configuration_ = configuration;
  keep();
  watch_confirmation();
}

void Changes::read_revisions() {
  if (in_force_.saved)
    file_ = in_force_.tree;
  else if (auto tree = file_tree())
    file_ = std::move(*tree);
  revisions_.read();
  const std::uint64_t number = in_force_.revision;
  if (number != 0 && revisions_.find(number) != nullptr) return;
  const Revision* const last = revisions_.latest();
  const auto before = last == nullptr ? std::nullopt : revisions_.tree_of(last->number);
  const auto differs = before ? config::difference(*before, in_force_.tree).size() : 0;
  const bool same = number == 0 && before && differs == 0;
  in_force_.revision = same ? last->number
                            : revisions_.add({.number = number,
                                              .at = real_now(),
                                              .source = Source::start,
                                              .owner = us,
                                              .changes = static_cast<std::int64_t>(differs)},
                                             in_force_.tree);
  keep();
}

// What is in force anyway.
void Changes::keep() {
  if (const auto refused = write_durably(means_.in_force, in_force_text(in_force_)))
    means_.warn("an agent that takes this one's place will read an older configuration: " +
                *refused);
}

std::vector<ChangedValue> Changes::changed_values(const config::Table& before,
                                                  const config::Table& after) {
  std::vector<ChangedValue> values;
  for (const config::TreeChange& change : config::difference(before, after)) {
    const auto shown = [&](const config::Node* node) {
      return node == nullptr ? std::nullopt
                             : std::optional(config::concealed_at(change.names, *node));
    };
    values.push_back(
        {.path = change.path, .before = shown(change.before), .after = shown(change.after)});
  }
  return values;
}

Result<Changes::Judged, Refused> Changes::judged(config::Table wanted) const {
  if (const auto kept = config::keep_secrets(wanted, in_force_.tree); !kept)
    return failure(Refused{.kind = Refused::Kind::invalid,
                           .code = "configuration-invalid",
                           .title = "A secret is missing",
                           .detail = kept.error(),
                           .hint = "write it out",
                           .errors = {{.file = {}, .key = {}, .message = kept.error()}}});
  config::Document document = config::document_of(std::move(wanted), "configuration");
  auto configuration = config::judge(document);
  if (!configuration) return failure(invalid(std::move(configuration.error())));
  return Judged{.tree = std::move(document.tree), .configuration = std::move(*configuration)};
}

Change Changes::planned(const Judged& wanted) const {
  return {.revision = {},
          .previous = in_force_.revision,
          .values = changed_values(in_force_.tree, wanted.tree),
          .groups = plan_of(configuration_, wanted.configuration, means_.is_active)};
}

Changed Changes::plan(config::Table wanted) const {
  const auto judged_tree = judged(std::move(wanted));
  if (!judged_tree) return failure(judged_tree.error());
  return planned(*judged_tree);
}

void Changes::apply(config::Table wanted, const By& by, const Safety& safety, const Done& done) {
  if (under_way_) return done(failure(apply_running()));
  if (in_force_.unconfirmed) return done(failure(confirm_pending(*in_force_.unconfirmed)));
  auto judged_tree = judged(std::move(wanted));
  if (!judged_tree) return done(failure(judged_tree.error()));
  put_in_force(std::move(*judged_tree), by, unconfirmed_by(safety), IfRefused::take_back, done);
}

Changes::Unconfirmed Changes::unconfirmed_by(const Safety& safety) const {
  if (!safety.confirm) return std::nullopt;
  config::Unconfirmed unconfirmed{
      .until = (real_now() + *safety.confirm).time_since_epoch().count(),
      .back_to = in_force_.revision,
      .saved = in_force_.saved,
      .tree = in_force_.tree};
  if (safety.gate == Gate::none) return unconfirmed;
  const auto ills = means_.ills();
  unconfirmed.gate.emplace(ills.begin(), ills.end());
  return unconfirmed;
}

// Kept first, applied afterwards: what cannot be kept is not applied. What waited to be confirmed
// does so no more.
void Changes::put_in_force(Judged wanted, const By& by, Unconfirmed unconfirmed,
                           IfRefused if_refused, const Done& done) {
  Before before{.judged = {.tree = in_force_.tree, .configuration = configuration_},
                .unconfirmed = in_force_.unconfirmed};
  const auto change = keep_next(std::move(wanted), by, std::move(unconfirmed));
  if (!change || change->values.empty()) return done(change);
  under_way_ = true;
  means_.apply(configuration_, if_refused,
               [this, change = *change, before = std::move(before), if_refused,
                done](const std::vector<std::string>& refused) {
                 under_way_ = false;
                 if (!refused.empty() && if_refused == IfRefused::take_back)
                   return take_back(before, refused, done);
                 done(change);
                 go_on();
               });
}

// When the kernel has answered.
void Changes::go_on() {
  watch_confirmation();
  if (reload_waits_) std::exchange(reload_waits_, nullptr)();
}

// What waited to be confirmed before does so again.
void Changes::take_back(Before before, const std::vector<std::string>& refused, const Done& done) {
  const std::string why = fmt::format("{}", fmt::join(refused, "; "));
  means_.warn("the kernel refused a part of the change, all of it is taken back: " + why);
  const By by{.source = Source::rollback, .owner = us, .reason = "refused by the kernel: " + why};
  const auto taken_back = [this, done, why](const Changed& back) {
    done(failure(Refused{.kind = Refused::Kind::conflict,
                         .code = "kernel-refused",
                         .title = "The kernel refused a part of the change",
                         .detail = why,
                         .hint = back ? "everything is as it was before"
                                      : "it could not be taken back: " + back.error().detail}));
    if (!back) go_on();
  };
  put_in_force(std::move(before.judged), by, std::move(before.unconfirmed), IfRefused::stay,
               taken_back);
}

Result<Change, Refused> Changes::keep_next(Judged wanted, const By& by, Unconfirmed unconfirmed) {
  Change change = planned(wanted);
  const bool saved = file_ && config::difference(*file_, wanted.tree).empty();
  if (change.values.empty()) {
    change.revision = in_force_.revision;
    in_force_.saved = saved;
    in_force_.unconfirmed.reset();
    keep();
    watch_confirmation();
    return change;
  }
  config::InForce next{.revision = revisions_.next_number(),
                       .tree = wanted.tree,
                       .saved = saved,
                       .parent = getppid(),
                       .unconfirmed = std::move(unconfirmed)};
  if (next.unconfirmed) change.confirm_until = time_of(next.unconfirmed->until);
  if (const auto refused = write_durably(means_.in_force, in_force_text(next)))
    return failure(Refused{.kind = Refused::Kind::machine,
                           .code = "not-kept",
                           .title = "The change could not be kept, and was not made",
                           .detail = *refused,
                           .hint = "make room there and try again"});
  (void)revisions_.add({.at = real_now(),
                        .source = by.source,
                        .owner = by.owner,
                        .reason = by.reason,
                        .changes = static_cast<std::int64_t>(change.values.size())},
                       std::move(wanted.tree));
  in_force_ = std::move(next);
  configuration_ = std::move(wanted.configuration);
  change.revision = in_force_.revision;
  means_.note(fmt::format("event=change revision={} source={} owner={} values={} saved={}{}{}",
                          in_force_.revision, name(by.source), by.owner, change.values.size(),
                          in_force_.saved ? "yes" : "no",
                          in_force_.unconfirmed ? " confirmed=no" : "",
                          by.reason.empty() ? "" : " reason=" + config::in_quotes(by.reason)));
  return change;
}

Result<config::Table, Refused> Changes::file_tree() const {
  auto document = config::read_document(means_.file);
  if (!document) return failure(invalid(std::move(document.error())));
  return std::move(document->tree);
}

void Changes::reload(const By& by, const Done& done) {
  if (under_way_) {
    reload_waits_ = [this, by, done] { reload(by, done); };
    return;
  }
  auto document = config::read_document(means_.file);
  if (!document) return done(failure(invalid(std::move(document.error()))));
  auto configuration = config::judge(*document);
  if (!configuration) return done(failure(invalid(std::move(configuration.error()))));
  file_ = document->tree;
  if (in_force_.unconfirmed)
    means_.note("event=confirm: the file is applied over a change that was to be confirmed");
  put_in_force({.tree = std::move(document->tree), .configuration = std::move(*configuration)}, by,
               {}, IfRefused::take_back, done);
}

Changed Changes::confirm() {
  if (under_way_) return failure(apply_running());
  if (!in_force_.unconfirmed)
    return failure(Refused{.kind = Refused::Kind::conflict,
                           .code = "nothing-pending",
                           .title = "No change waits to be confirmed",
                           .detail = "it was confirmed, or rolled back already",
                           .hint = "see GET /v1/revisions"});
  config::InForce next = in_force_;
  next.unconfirmed.reset();
  if (const auto refused = write_durably(means_.in_force, in_force_text(next)))
    return failure(Refused{.kind = Refused::Kind::machine,
                           .code = "not-kept",
                           .title = "The confirmation could not be kept",
                           .detail = *refused,
                           .hint = "make room there and try again"});
  in_force_ = std::move(next);
  watch_confirmation();
  means_.note(fmt::format("event=confirm revision={}", in_force_.revision));
  return Change{.revision = in_force_.revision, .previous = in_force_.revision};
}

void Changes::roll_back(std::optional<std::uint64_t> to, const By& by, const Done& done) {
  if (under_way_) return done(failure(apply_running()));
  if (in_force_.unconfirmed && !to) {
    auto before = judged(in_force_.unconfirmed->tree);
    if (!before) return done(failure(before.error()));
    return put_in_force(std::move(*before), by, {}, IfRefused::stay, done);
  }
  if (in_force_.unconfirmed) return done(failure(confirm_pending(*in_force_.unconfirmed)));
  const std::uint64_t number = to.value_or(in_force_.revision - 1);
  auto tree = revisions_.tree_of(number);
  if (!tree)
    return done(failure(Refused{.kind = Refused::Kind::missing,
                                .code = "no-such-revision",
                                .title = "There is no such revision",
                                .detail = fmt::format("revision {} is not kept", number),
                                .hint = "see GET /v1/revisions"}));
  apply(std::move(*tree), by, {}, done);
}

Result<Changes::Saved, Refused> Changes::save(const std::optional<std::filesystem::path>& to) {
  const auto refused = [](std::string code, std::string detail, std::string hint) {
    return failure(Refused{.kind = Refused::Kind::conflict,
                           .code = std::move(code),
                           .title = "The configuration was not saved",
                           .detail = std::move(detail),
                           .hint = std::move(hint)});
  };
  if (in_force_.unconfirmed)
    return refused("confirm-pending", "it waits to be confirmed", "confirm it first");
  Saved saved{.file = to.value_or(means_.file), .backup = {}};
  if (!saved.file.is_absolute())
    return refused("relative-path", saved.file.string() + " is a relative path",
                   "give an absolute one");
  const bool is_own = saved.file == means_.file;
  if (is_own && config::has_fragments(means_.file))
    return refused("fragments", "there are files in conf.d, which would say the same once more",
                   "save to another file and put it together by hand");
  std::error_code error;
  if (std::filesystem::exists(saved.file, error)) {
    if (!is_own)
      return refused("exists", saved.file.string() + " is there already", "name another file");
    saved.backup = saved.file.string() + fmt::format(".before-{}", in_force_.revision);
    std::filesystem::copy_file(saved.file, *saved.backup,
                               std::filesystem::copy_options::overwrite_existing, error);
    if (error)
      return refused("not-kept", saved.backup->string() + ": " + error.message(),
                     "make room there");
  }
  if (const auto failed = write_durably(saved.file, config::toml_text(in_force_.tree)))
    return refused("not-kept", *failed, "save to another file");
  if (is_own) {
    file_ = in_force_.tree;
    in_force_.saved = true;
    keep();
  }
  means_.note(fmt::format("event=save revision={} file={}", in_force_.revision,
                          config::in_quotes(saved.file.string())));
  return saved;
}

// Of an agent that has taken another's place, too.
void Changes::watch_confirmation() {
  confirmation_.cancel();
  if (!in_force_.unconfirmed) {
    gate_.cancel();
    return;
  }
  const auto left = time_of(in_force_.unconfirmed->until) - real_now();
  confirmation_.expires_after(
      std::clamp<Duration>(left, Duration::zero(), limits::confirm_longest));
  confirmation_.async_wait([this](const boost::system::error_code& error) {
    if (!error && in_force_.unconfirmed) give_up_waiting();
  });
  if (in_force_.unconfirmed->gate) look_at_gate(0);
}

void Changes::give_up_waiting() {
  roll_back({}, {.source = Source::rollback, .owner = us, .reason = "it was not confirmed in time"},
            [this](const Changed& back) {
              if (!back)
                means_.warn("the change that was not confirmed stays: " + back.error().detail);
            });
}

void Changes::look_at_gate(unsigned bad_looks) {
  gate_.expires_after(limits::gate_spacing);
  gate_.async_wait([this, bad_looks](const boost::system::error_code& error) {
    if (error || !in_force_.unconfirmed || !in_force_.unconfirmed->gate) return;
    std::set<std::string> worse = means_.ills();
    for (const std::string& before : *in_force_.unconfirmed->gate) worse.erase(before);
    const unsigned bad = worse.empty() ? 0 : bad_looks + 1;
    if (bad < limits::gate_bad_looks) return look_at_gate(bad);
    roll_back({},
              {.source = Source::rollback,
               .owner = us,
               .reason = fmt::format("health got worse: {}", fmt::join(worse, ", "))},
              [this](const Changed& back) {
                if (!back)
                  means_.warn("the change that made health worse stays: " + back.error().detail);
              });
  });
}

}  // namespace failover::changes
