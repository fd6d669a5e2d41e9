#include "cli/completion_words.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "cli/arguments.hpp"
#include "cli/record.hpp"
#include "cli/show.hpp"
#include "cli/value_path.hpp"

namespace failover::cli {
namespace {

// A person waits with a finger on the key.
constexpr Duration patience = 500ms;

struct Line {
  std::optional<Verb> verb;
  std::vector<std::string> operands;  // the complete ones
  std::optional<std::string> option;  // whose text is being written
  std::optional<std::string> socket;  // --socket on the line itself
  std::string current;
};

bool takes_text(std::string_view written) {
  const auto options = options_of(std::nullopt);
  const auto known = [&](const OptionWords& option) {
    return option.takes_text && (option.name == written || option.initial == written);
  };
  return std::ranges::any_of(options, known);
}

Line line_of(std::span<const std::string> words) {
  Line line;
  if (words.empty()) return line;
  line.current = words.back();
  bool are_options_over = false;
  for (const std::string& word : words.first(words.size() - 1)) {
    if (line.option) {
      if (line.option == "--socket") line.socket = word;
      line.option.reset();
    } else if (word == "--") {
      are_options_over = true;
    } else if (word.starts_with('-') && !are_options_over) {
      if (takes_text(word)) line.option = word;
    } else if (line.verb) {
      line.operands.push_back(word);
    } else if (const auto verb = parse_verb(word, Abbreviations::allowed)) {
      line.verb = *verb;
    }
  }
  return line;
}

// One operand of a synopsis: "GROUP|IP" -> {"GROUP", "IP"}.
using Slot = std::vector<std::string>;

std::vector<std::string> divided(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(at), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// Without the options, whose texts stand behind them: "[FILE] [--confirm T]" -> {{"FILE"}}.
std::vector<Slot> slots_of(const VerbEntry& entry) {
  std::vector<Slot> slots;
  bool is_of_option = false;
  for (std::string token : divided(entry.operands, ' ')) {
    const bool ends = token.ends_with(']');
    std::erase_if(token,
                  [](char letter) { return letter == '[' || letter == ']' || letter == '.'; });
    const bool is_option = token.starts_with('-');
    if (!is_option && !is_of_option) slots.push_back(divided(token, '|'));
    is_of_option = is_option && !ends;
  }
  return slots;
}

// Of an agent: what it answers, as far as it does in time.
class Asking {
 public:
  explicit Asking(const AgentAccess& agent) : agent_(agent) {}

  [[nodiscard]] Record record(const std::string& target) const {
    const auto answer = agent_.read(target, patience);
    if (!answer || exit_status_of(answer->status) != ExitStatus::done) return {};
    auto record = parse_record(answer->body);
    return record ? std::move(*record) : Record{};
  }
  [[nodiscard]] std::vector<std::string> texts(const std::string& target, std::string_view list,
                                               std::string_view name) const {
    std::vector<std::string> all;
    for (const Record& each : records_in(record(target), list)) all.push_back(text_at(each, name));
    return all;
  }

 private:
  const AgentAccess& agent_;
};

std::vector<Continuation> bare(const std::vector<std::string>& words) {
  std::vector<Continuation> all;
  for (const std::string& word : words) all.push_back({.word = word, .says = {}});
  return all;
}

std::vector<Continuation> named(const Asking& ask, const std::string& kind) {
  if (kind == "operation") return bare(ask.texts("/v1/operation", "operations", "id"));
  if (kind == "revision") return bare(ask.texts("/v1/revisions", "revisions", "revision"));
  const bool by_address = kind == "ip" || kind == "peer";
  return bare(ask.texts("/v1/status/" + kind, kind + "s", by_address ? "address" : "name"));
}

// The schema of what stands below the path; empty where nothing can.
Record schema_at(const Asking& ask, const ValuePath& path) {
  Record place = ask.record("/v1/schema");
  for (const std::string& name : path) {
    const Record& known = field(field(place, "properties"), name);
    const auto& others = field(place, "patternProperties").elements;
    const bool is_known = !known.names.empty();
    if (!is_known && others.empty()) return {};
    place = Record(is_known ? known : others.front());
  }
  return place;
}

// "interface.eth0.ca": what is written before the last dot stays, and a table ends in a dot.
std::vector<Continuation> paths(const Asking& ask, const std::string& written) {
  const auto dot = written.rfind('.');
  const std::string before = dot == std::string::npos ? "" : written.substr(0, dot + 1);
  const auto parent =
      dot == std::string::npos ? ValuePath() : parse_value_path(written.substr(0, dot));
  if (!parent) return {};
  const Record place = schema_at(ask, *parent);
  const Record& known = field(place, "properties");
  std::vector<std::string> names = known.names;
  const Record there = ask.record("/v1/config" + target_of(*parent));
  for (const std::string& name : there.names)
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  const auto& others = field(place, "patternProperties").elements;
  std::vector<Continuation> all;
  for (const std::string& name : names) {
    const bool is_known = std::ranges::find(known.names, name) != known.names.end();
    if (!is_known && others.empty()) continue;
    const Record& schema = is_known ? field(known, name) : others.front();
    const bool is_table = text_at(schema, "type") == "object";
    all.push_back(
        {.word = before + name + (is_table ? "." : ""), .says = text_at(schema, "description")});
  }
  std::erase_if(all, [&](const Continuation& each) {
    return each.word.find_first_of(" \"'\\", before.size()) != std::string::npos ||
           std::count(each.word.begin() + static_cast<std::ptrdiff_t>(before.size()),
                      each.word.end() - 1, '.') > 0;
  });
  return all;
}

std::vector<Continuation> values(const Asking& ask, const std::string& written) {
  const auto path = parse_value_path(written);
  if (!path) return {};
  const Record schema = schema_at(ask, *path);
  if (text_at(schema, "type") == "boolean") return bare({"true", "false"});
  std::vector<std::string> words;
  for (const Record& word : list_in(schema, "enum")) words.push_back(word.text);
  return bare(words);
}

std::vector<Continuation> verb_names() {
  std::vector<Continuation> all;
  for (const VerbEntry& entry : verbs())
    all.push_back({.word = std::string(entry.name), .says = std::string(entry.summary)});
  return all;
}

std::vector<Continuation> kind_names() {
  std::vector<std::string> names;
  for (const std::string_view kind : kinds_shown()) names.emplace_back(kind);
  return bare(names);
}

std::vector<Continuation> api_paths(const Asking& ask) {
  std::vector<std::string> all = field(ask.record("/v1/openapi.json"), "paths").names;
  std::erase_if(all, [](const std::string& path) { return path.find('{') != std::string::npos; });
  return bare(all);
}

// What a word of a synopsis stands for.
std::vector<Continuation> meant_by(const std::string& word, const Line& line, const Asking& ask) {
  const std::string first = line.operands.empty() ? "" : line.operands.front();
  if (word == "GROUP") return named(ask, "group");
  if (word == "IP") return named(ask, "ip");
  if (word == "N") return named(ask, "revision");
  if (word == "NAME") return named(ask, first);
  if (word == "KIND") return kind_names();
  if (word == "VERB") return verb_names();
  if (word == "METHOD") return bare({"GET", "PUT", "PATCH", "POST", "DELETE"});
  if (word == "PATH") return line.verb == Verb::api ? api_paths(ask) : paths(ask, line.current);
  if (word == "VALUE") return values(ask, first);
  if (word == "FILE") return bare({std::string(any_file)});
  const bool is_itself = std::ranges::none_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
  return is_itself ? bare({word}) : std::vector<Continuation>();
}

std::vector<Continuation> operands_for(const Line& line, const Asking& ask) {
  const VerbEntry& entry = entry_of(*line.verb);
  const auto slots = slots_of(entry);
  if (slots.empty() || line.operands.size() >= entry.most) return {};
  const std::size_t at = std::min(line.operands.size(), slots.size() - 1);
  std::vector<Continuation> all;
  for (const std::string& word : slots[at])
    for (Continuation& each : meant_by(word, line, ask)) all.push_back(std::move(each));
  return all;
}

std::vector<Continuation> option_names(const Line& line) {
  std::vector<Continuation> all;
  for (const OptionWords& option : options_of(line.verb))
    all.push_back({.word = option.name, .says = option.says});
  return all;
}

std::vector<Continuation> all_of(const Line& line, const Asking& ask) {
  if (line.option == "--gate") return bare({"healthy"});
  if (line.option) return line.option == "--socket" ? bare({std::string(any_file)}) : bare({});
  if (line.current.starts_with('-')) return option_names(line);
  return line.verb ? operands_for(line, ask) : verb_names();
}

}  // namespace

std::vector<Continuation> continuations(const AgentAccess& agent,
                                        std::span<const std::string> words) {
  const Line line = line_of(words);
  const AgentAccess named_on_line(line.socket, {});
  auto all = all_of(line, Asking(line.socket ? named_on_line : agent));
  std::erase_if(all, [&](const Continuation& each) {
    return each.word != any_file && !each.word.starts_with(line.current);
  });
  return all;
}

}  // namespace failover::cli
