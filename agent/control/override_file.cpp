#include "agent/control/override_file.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "agent/durable_file.hpp"

namespace failover::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr int format_version = 1;
constexpr std::string_view file_name = "overrides.json";

std::string_view word(group::Hold hold) {
  switch (hold) {
    case group::Hold::none: return "none";
    case group::Hold::active: return "active";
    case group::Hold::backup: return "backup";
  }
  return "none";
}

Json json_of(const Override& override) {
  return {{"kind", name(override.kind)},
          {"group", override.group},
          {"role", word(override.hold)},
          {"owner", override.owner},
          {"reason", override.reason},
          {"since_ns", override.since.time_since_epoch().count()},
          {"until_ns", override.until.time_since_epoch().count()}};
}

RealTime time_in(const Json& json, const char* key) {
  return RealTime(std::chrono::nanoseconds(json.at(key).get<std::int64_t>()));
}

// Nothing when it says what no version of ours has written.
std::optional<Override> override_in(const Json& json) {
  Override override{.group = json.at("group").get<std::string>(),
                    .owner = json.at("owner").get<std::string>(),
                    .reason = json.at("reason").get<std::string>(),
                    .since = time_in(json, "since_ns"),
                    .until = time_in(json, "until_ns")};
  const auto kind = json.at("kind").get<std::string>();
  const auto role = json.at("role").get<std::string>();
  for (const auto known : {OverrideKind::drain, OverrideKind::hold, OverrideKind::freeze})
    if (name(known) == kind) override.kind = known;
  for (const auto known : {group::Hold::active, group::Hold::backup})
    if (word(known) == role) override.hold = known;
  const bool is_hold = override.kind == OverrideKind::hold;
  const bool fits = (override.hold != group::Hold::none) == is_hold &&
                    override.group.empty() == (override.kind == OverrideKind::freeze);
  return name(override.kind) == kind && fits ? std::optional(override) : std::nullopt;
}

std::optional<std::vector<Override>> overrides_in(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("version") != format_version) return std::nullopt;
    std::vector<Override> overrides;
    for (const Json& entry : json.at("overrides")) {
      auto read = override_in(entry);
      if (!read) return std::nullopt;
      overrides.push_back(std::move(*read));
    }
    return overrides;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

std::string refusal(const std::filesystem::path& path) {
  return path.string() + ": " + std::strerror(errno);
}

}  // namespace

std::optional<std::string> make_state_directory(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::is_directory(directory, error)) return std::nullopt;
  if (directory.has_parent_path())
    std::filesystem::create_directories(directory.parent_path(), error);
  if (mkdir(directory.c_str(), 0700) == 0) return std::nullopt;
  return refusal(directory);
}

Result<std::vector<Override>, std::string> read_overrides(const std::filesystem::path& directory) {
  const auto file = directory / file_name;
  std::ifstream in(file, std::ios::binary);
  if (!in && errno == ENOENT) return std::vector<Override>{};
  if (!in) return failure(refusal(file));
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (auto overrides = overrides_in(text)) return std::move(*overrides);
  const auto aside = directory / "overrides.json.faulty";
  std::error_code error;
  std::filesystem::rename(file, aside, error);
  return failure(file.string() +
                 " is not understood, so no override of before is in force; it is " +
                 (error ? "left there: " + error.message() : "now " + aside.string()));
}

std::optional<std::string> write_overrides(const std::filesystem::path& directory,
                                           const std::vector<Override>& overrides) {
  Json list = Json::array();
  for (const Override& override : overrides) list.push_back(json_of(override));
  const std::string text = Json{{"version", format_version}, {"overrides", list}}.dump(
                               1, ' ', false, Json::error_handler_t::replace) +
                           "\n";
  return write_durably(directory / file_name, text);
}

}  // namespace failover::control
