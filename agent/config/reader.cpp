#include "agent/config/reader.hpp"

#include "agent/config/agent_keys.hpp"
#include "agent/config/group_rules.hpp"
#include "agent/config/input_file.hpp"
#include "agent/config/interface_keys.hpp"
#include "agent/config/toml_document.hpp"

namespace failover::config {
namespace {

// What the tables of the root say, before they are put together.
struct Tables {
  AgentSettings agent = {};
  std::vector<PlacedGroup> groups = {};
  std::vector<PlacedRouter> routers = {};
};

constexpr std::array root_keys{
    Key<Tables>{"agent",
                [](const Value& value, Tables& tables) { read_agent(value, tables.agent); }},
    Key<Tables>{"group",
                [](const Value& value, Tables& tables) { tables.groups = read_groups(value); }},
    Key<Tables>{"interface", [](const Value& value,
                                Tables& tables) { tables.routers = read_interfaces(value); }},
};

Configuration read_root(const Value& root) {
  Tables tables;
  read_members(root, Section{root_keys, tables});
  Configuration configuration{.agent = std::move(tables.agent)};
  configuration.groups = join_groups(root, std::move(tables.groups), tables.routers);
  configuration.routers.reserve(tables.routers.size());
  for (PlacedRouter& router : tables.routers)
    configuration.routers.push_back(std::move(router.settings));
  return configuration;
}

// The parts of one configuration, put together in the order in which they are added.
class Assembly {
 public:
  void add_file(const std::filesystem::path& file) {
    const auto index = errors_.add_file(file.string());
    const auto content = read_file(file, bytes_left_);
    if (content) {
      bytes_left_ -= content->text().size();
      parse(content->text(), index);
    } else {
      give_up({.file = index}, content.error().message);
    }
  }

  void add_directory(const std::filesystem::path& directory) {
    const auto files = list_toml_files(directory);
    if (!files) {
      give_up({.file = errors_.add_file(directory.string())}, files.error().message);
      return;
    }
    for (const auto& file : *files) add_file(file);
  }

  void add_text(std::string_view text, const std::filesystem::path& file) {
    parse(text, errors_.add_file(file.string()));
  }

  [[nodiscard]] Result<Configuration, ConfigErrors> read() && {
    Configuration configuration;
    const Node root{.place = {}, .value = std::move(table_)};
    // What an unreadable part would have said is not known: to judge the others now would blame
    // them for what is missing.
    if (complete_) configuration = read_root({root, KeyPath(), errors_});
    if (!errors_.empty()) return failure(errors_.all());
    return configuration;
  }

 private:
  void parse(std::string_view text, unsigned file) {
    auto parsed = parse_toml(text, file);
    if (parsed)
      merge(table_, std::move(*parsed), KeyPath(), errors_);
    else
      give_up(parsed.error().place, parsed.error().message);
  }

  void give_up(const Place& place, std::string message) {
    complete_ = false;
    errors_.add(place, {}, std::move(message));
  }

  ErrorList errors_;
  Table table_;
  std::size_t bytes_left_ = limits::configuration_bytes;
  bool complete_ = true;
};

}  // namespace

Result<Configuration, ConfigErrors> read_configuration(const std::filesystem::path& file) {
  Assembly assembly;
  assembly.add_file(file);
  if (file.filename() == "failover.toml") assembly.add_directory(file.parent_path() / "conf.d");
  return std::move(assembly).read();
}

Result<Configuration, ConfigErrors> read_configuration_text(std::string_view toml,
                                                            const std::filesystem::path& file) {
  Assembly assembly;
  assembly.add_text(toml, file);
  return std::move(assembly).read();
}

}  // namespace failover::config
