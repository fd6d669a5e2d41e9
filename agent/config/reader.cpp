#include "agent/config/reader.hpp"

#include <algorithm>

#include "agent/config/file_paths.hpp"
#include "agent/config/group_rules.hpp"
#include "agent/config/input_file.hpp"
#include "agent/config/json_text.hpp"
#include "agent/config/root_keys.hpp"
#include "agent/config/toml_document.hpp"
#include "protocol/bytes.hpp"
#include "protocol/limits.hpp"

namespace failover::config {
namespace {

Configuration read_root(const Value& root) {
  Tables tables;
  read_tables(root, tables);
  Configuration configuration{.agent = std::move(tables.agent)};
  configuration.groups = join_groups(root, std::move(tables.groups), tables.routers);
  configuration.routers.reserve(tables.routers.size());
  for (PlacedRouter& router : tables.routers)
    configuration.routers.push_back(std::move(router.settings));
  return configuration;
}

// The tree is kept and sent as JSON, so that is what is bounded, wherever it came from.
void check_size(const Node& root, ErrorList& errors) {
  std::string text = compact_json_text(root);
  const auto bytes = text.size();
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (bytes > limits::configuration_bytes)
    errors.add({}, {},
               "is too large; accepted: at most " + std::to_string(limits::configuration_bytes) +
                   " bytes as JSON, and it has " + std::to_string(bytes));
}

Result<Configuration, ConfigErrors> judge_root(const Node& root, ErrorList errors) {
  check_size(root, errors);
  Configuration configuration = read_root({root, KeyPath(), errors});
  if (!errors.empty()) return failure(errors.all());
  return configuration;
}

// The directory of what is merged with the file, if it is a file that has one.
std::optional<std::filesystem::path> fragments_of(const std::filesystem::path& file) {
  if (file.filename() != "failover.toml") return std::nullopt;
  return file.parent_path() / "conf.d";
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
    // What an unreadable part would have said is not known: to judge the others now would blame
    // them for what is missing.
    if (!complete_) return failure(errors_.all());
    return judge_root({.place = {}, .value = std::move(table_)}, std::move(errors_));
  }

  [[nodiscard]] Result<Document, ConfigErrors> document() && {
    if (!errors_.empty()) return failure(errors_.all());
    return Document{.tree = std::move(table_), .files = errors_.files()};
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

Assembly assemble(const std::filesystem::path& file) {
  Assembly assembly;
  assembly.add_file(file);
  if (const auto fragments = fragments_of(file)) assembly.add_directory(*fragments);
  return assembly;
}

void forget_places(Node& node) {
  node.place = {};
  if (auto* const array = std::get_if<Array>(&node.value))
    std::ranges::for_each(*array, forget_places);
  if (auto* const table = std::get_if<Table>(&node.value))
    for (Member& member : *table) {
      member.place = {};
      forget_places(member.node);
    }
}

}  // namespace

Result<Configuration, ConfigErrors> read_configuration(const std::filesystem::path& file) {
  return assemble(file).read();
}

Result<Configuration, ConfigErrors> read_configuration_text(std::string_view toml,
                                                            const std::filesystem::path& file) {
  Assembly assembly;
  assembly.add_text(toml, file);
  return std::move(assembly).read();
}

Result<Document, ConfigErrors> read_document(const std::filesystem::path& file) {
  auto document = assemble(file).document();
  if (document) make_paths_absolute(document->tree, document->files);
  return document;
}

bool has_fragments(const std::filesystem::path& file) {
  const auto directory = fragments_of(file);
  if (!directory) return false;
  const auto files = list_toml_files(*directory);
  return !files || !files->empty();
}

Document document_of(Table tree, std::string name) {
  Node root{.place = {}, .value = std::move(tree)};
  forget_places(root);
  return {.tree = std::move(std::get<Table>(root.value)), .files = {std::move(name)}};
}

Result<Configuration, ConfigErrors> judge(const Document& document) {
  return judge_root({.place = {}, .value = document.tree}, ErrorList(document.files));
}

}  // namespace failover::config
