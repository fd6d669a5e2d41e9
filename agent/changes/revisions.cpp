#include "agent/changes/revisions.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <utility>

#include "agent/config/json_document.hpp"
#include "agent/config/values.hpp"
#include "agent/durable_file.hpp"
#include "protocol/limits.hpp"

namespace failover::changes {
namespace {

constexpr std::array sources{Source::start, Source::reload, Source::set, Source::apply,
                             Source::rollback};

std::string line_of(config::Table table) {
  return config::compact_json_text(config::table_value(std::move(table))) + "\n";
}

std::string text_of(const Revision& revision, const config::Table& tree) {
  config::Table table;
  config::add(table, "at", config::number_value(revision.at.time_since_epoch().count()));
  config::add(table, "changes", config::number_value(revision.changes));
  config::add(table, "owner", config::text_value(revision.owner));
  config::add(table, "reason", config::text_value(revision.reason));
  config::add(table, "source", config::text_value(name(revision.source)));
  return line_of(std::move(table)) + line_of(tree);
}

std::optional<config::Table> table_in(const std::string& line) {
  auto parsed = config::parse_json(line, 0);
  auto* const table = parsed ? std::get_if<config::Table>(&parsed->value) : nullptr;
  return table == nullptr ? std::nullopt : std::optional(std::move(*table));
}

std::optional<Revision> revision_in(const std::string& line) {
  const auto table = table_in(line);
  if (!table) return std::nullopt;
  const auto* const at = config::find_value<std::int64_t>(*table, "at");
  const auto source = config::text_at(*table, "source");
  const auto known = std::ranges::find(sources, source, [](Source each) { return name(each); });
  if (at == nullptr || known == sources.end()) return std::nullopt;
  return Revision{.at = RealTime(std::chrono::nanoseconds(*at)),
                  .source = *known,
                  .owner = std::string(config::text_at(*table, "owner")),
                  .reason = std::string(config::text_at(*table, "reason")),
                  .changes = config::number_at(*table, "changes")};
}

// Of "14.json"; nothing for what is called otherwise.
std::optional<std::uint64_t> number_of(const std::filesystem::path& file) {
  const std::string stem = file.stem().string();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
  const bool whole = error == std::errc{} && end == stem.data() + stem.size() && number > 0;
  return whole && file.extension() == ".json" ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string_view name(Source source) {
  switch (source) {
    case Source::start: return "start";
    case Source::reload: return "reload";
    case Source::set: return "set";
    case Source::apply: return "apply";
    case Source::rollback: return "rollback";
  }
  return "start";
}

Revisions::Revisions(const std::optional<std::filesystem::path>& state_directory, Warn warn)
    : warn_(std::move(warn)) {
  if (state_directory) directory_ = *state_directory / "revisions";
}

void Revisions::read() {
  if (!directory_) return;
  (void)mkdir(directory_->c_str(), 0700);  // what it is refused for is told when it is written to
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(*directory_, error))
    if (const auto number = number_of(entry.path())) read(entry.path(), *number);
  drop_oldest();
}

void Revisions::read(const std::filesystem::path& file, std::uint64_t number) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  std::getline(in, line);
  auto revision = revision_in(line);
  if (!revision) return warn_(file.string() + " is not understood, and is no revision");
  revision->number = number;
  revisions_.emplace(number, std::move(*revision));
}

std::uint64_t Revisions::next_number() const {
  return revisions_.empty() ? 1 : revisions_.rbegin()->first + 1;
}

std::uint64_t Revisions::add(Revision revision, config::Table tree) {
  const std::uint64_t number = std::max(next_number(), revision.number);
  revision.number = number;
  const auto refused = directory_ ? write_durably(file_of(number), text_of(revision, tree))
                                  : std::optional<std::string>(std::in_place);
  if (directory_ && refused)
    warn_("revision " + std::to_string(number) + " is not kept on the disk: " + *refused);
  if (refused) in_memory_.emplace(number, std::move(tree));
  revisions_.emplace(number, std::move(revision));
  drop_oldest();
  return number;
}

std::optional<config::Table> Revisions::tree_of(std::uint64_t number) const {
  if (const auto here = in_memory_.find(number); here != in_memory_.end()) return here->second;
  if (!directory_ || !revisions_.contains(number)) return std::nullopt;
  std::ifstream in(file_of(number), std::ios::binary);
  std::string line;
  std::getline(in, line);
  std::getline(in, line);
  return table_in(line);
}

void Revisions::drop_oldest() {
  while (revisions_.size() > limits::revisions_kept) {
    std::error_code ignored;  // it is tried again at the next start
    if (directory_) std::filesystem::remove(file_of(revisions_.begin()->first), ignored);
    in_memory_.erase(revisions_.begin()->first);
    revisions_.erase(revisions_.begin());
  }
}

std::filesystem::path Revisions::file_of(std::uint64_t number) const {
  return *directory_ / (std::to_string(number) + ".json");
}

const Revision* Revisions::find(std::uint64_t number) const {
  const auto found = revisions_.find(number);
  return found == revisions_.end() ? nullptr : &found->second;
}

const Revision* Revisions::latest() const {
  return revisions_.empty() ? nullptr : &revisions_.rbegin()->second;
}

}  // namespace failover::changes
