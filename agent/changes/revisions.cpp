#include "agent/changes/revisions.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

#include "agent/config/json_document.hpp"
#include "agent/config/values.hpp"
#include "agent/durable_file.hpp"
#include "protocol/limits.hpp"

namespace failover::changes {
namespace {

constexpr std::array sources{Source::start, Source::reload, Source::set, Source::apply,
                             Source::rollback};

std::string text_of(const Revision& revision) {
  config::Table table;
  config::add(table, "at", config::number_value(revision.at.time_since_epoch().count()));
  config::add(table, "owner", config::text_value(revision.owner));
  config::add(table, "reason", config::text_value(revision.reason));
  config::add(table, "source", config::text_value(name(revision.source)));
  config::add(table, "tree", config::table_value(revision.tree));
  return config::compact_json_text(config::table_value(std::move(table))) + "\n";
}

std::optional<Revision> revision_in(std::string_view text) {
  const auto parsed = config::parse_json(text, 0);
  const auto* const table = parsed ? std::get_if<config::Table>(&parsed->value) : nullptr;
  if (table == nullptr) return std::nullopt;
  const auto* const tree = config::find_value<config::Table>(*table, "tree");
  const auto* const at = config::find_value<std::int64_t>(*table, "at");
  const auto source = config::text_at(*table, "source");
  const auto known = std::ranges::find(sources, source, [](Source each) { return name(each); });
  if (tree == nullptr || at == nullptr || known == sources.end()) return std::nullopt;
  return Revision{.at = RealTime(std::chrono::nanoseconds(*at)),
                  .source = *known,
                  .owner = std::string(config::text_at(*table, "owner")),
                  .reason = std::string(config::text_at(*table, "reason")),
                  .tree = *tree};
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
  if (!state_directory) return;
  directory_ = *state_directory / "revisions";
  (void)mkdir(directory_->c_str(), 0700);  // what it is refused for is told when it is written to
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(*directory_, error))
    read(entry.path());
  drop_oldest();
}

void Revisions::read(const std::filesystem::path& file) {
  const auto number = number_of(file);
  if (!number) return;
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  auto revision = revision_in(text);
  if (!revision) return warn_(file.string() + " is not understood, and is no revision");
  revision->number = *number;
  revisions_.emplace(*number, std::move(*revision));
}

std::uint64_t Revisions::next_number() const {
  return revisions_.empty() ? 1 : revisions_.rbegin()->first + 1;
}

std::uint64_t Revisions::add(Revision revision) {
  revision.number = next_number();
  const std::uint64_t number = revision.number;
  if (directory_)
    if (const auto refused = write_durably(file_of(number), text_of(revision)))
      warn_("revision " + std::to_string(number) + " is not kept: " + *refused);
  revisions_.emplace(number, std::move(revision));
  drop_oldest();
  return number;
}

void Revisions::drop_oldest() {
  while (revisions_.size() > limits::revisions_kept) {
    std::error_code ignored;  // it is tried again at the next start
    if (directory_) std::filesystem::remove(file_of(revisions_.begin()->first), ignored);
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
