#include "agent/config/json_document.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "protocol/bytes.hpp"
#include "protocol/limits.hpp"

namespace failover::config {
namespace {

// Reads characters for the library and tells how far it has come, which its handlers do not learn.
class Position {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Position(const char* at, const char*& furthest) : at_(at), furthest_(&furthest) {}

  reference operator*() const { return *at_; }
  Position& operator++() {
    *furthest_ = ++at_;
    return *this;
  }
  friend bool operator==(const Position& left, const Position& right) {
    return left.at_ == right.at_;
  }

 private:
  const char* at_;
  const char** furthest_;
};

// An object or an array that is not closed yet.
struct Open {
  enum class Kind { object, array };
  Kind kind;
  std::map<std::string, Node, std::less<>> members = {};
  std::string name = {};  // the last one that was read
  Array elements = {};
};

// What the library says, without what it quotes: "syntax error while parsing value - unexpected
// ']'; expected ...". Behind "last read" it shows the text itself, which may be half a password.
std::string syntax_message(std::string_view what) {
  const auto begin = what.find("syntax error");
  if (begin == std::string_view::npos) return "a number does not fit 64 bits";
  what.remove_prefix(begin);
  return std::string(what.substr(0, what.find("; last read")));
}

// Builds the tree from what the library reads, without recursion. The names of the members, from
// number_integer() to parse_error(), are the library's.
class Builder {
 public:
  explicit Builder(unsigned file) : place_{.file = file} {}

  bool null() { return add(Null{}); }
  bool boolean(bool truth) { return add(truth); }
  bool number_integer(std::int64_t number) { return add(number); }
  bool number_unsigned(std::uint64_t number) {
    if (!std::in_range<std::int64_t>(number)) return refuse_number();
    return add(static_cast<std::int64_t>(number));
  }
  // An integer that does not fit comes here, too, with its text.
  bool number_float(double number, const std::string& text) {
    if (text.find_first_of(".eE") == std::string::npos) return refuse_number();
    return add(number);
  }
  // Leaves nothing of the text in the library's hands. What it had in other buffers is out of
  // reach.
  bool string(std::string& text) {
    Secret taken(text);
    wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    return add(std::move(taken));
  }
  static bool binary(std::vector<std::uint8_t>& /*JSON text has none*/) { return false; }

  bool start_object(std::size_t /*unknown*/) { return open(Open::Kind::object); }
  bool start_array(std::size_t /*unknown*/) { return open(Open::Kind::array); }

  bool key(std::string& name) {
    Open& object = open_.back();
    object.name = std::move(name);
    if (!object.members.contains(object.name)) return true;
    return refuse(path() + " stands twice; a name is accepted once in its object");
  }

  bool end_object() {
    Table table;
    auto members = std::move(open_.back().members);
    open_.pop_back();
    table.reserve(members.size());
    while (!members.empty()) {
      auto member = members.extract(members.begin());
      table.push_back(
          {.name = std::move(member.key()), .place = place_, .node = std::move(member.mapped())});
    }
    return add(std::move(table));
  }

  bool end_array() {
    Array elements = std::move(open_.back().elements);
    open_.pop_back();
    return add(std::move(elements));
  }

  template <class Exception>
  bool parse_error(std::size_t byte, const std::string& /*token*/, const Exception& error) {
    read_ = byte;
    return refuse(syntax_message(error.what()));
  }

  // How many bytes had been read when something was wrong, where the library says so: it has looked
  // ahead of a number.
  [[nodiscard]] std::optional<std::size_t> read() const { return read_; }
  [[nodiscard]] const std::string& refusal() const { return refusal_; }
  [[nodiscard]] Node take() && { return std::move(root_); }

 private:
  template <class Alternative>
  bool add(Alternative value) {
    Node node{.place = place_, .value = std::move(value)};
    if (open_.empty())
      root_ = std::move(node);
    else if (Open& in = open_.back(); in.kind == Open::Kind::array)
      in.elements.push_back(std::move(node));
    else
      in.members.emplace(in.name, std::move(node));
    return true;
  }

  bool open(Open::Kind kind) {
    if (open_.size() == limits::configuration_depth)
      return refuse("nested too deeply; accepted: at most " +
                    std::to_string(limits::configuration_depth) + " levels");
    open_.push_back({.kind = kind});
    return true;
  }

  bool refuse_number() {
    const auto where = path();
    return refuse((where.empty() ? "the number" : where + ": the number") +
                  " does not fit 64 bits; accepted: -9223372036854775808..9223372036854775807");
  }

  bool refuse(std::string message) {
    refusal_ = std::move(message);
    return false;
  }

  // Of what is being read: carp.10.addresses[2]
  [[nodiscard]] std::string path() const {
    std::string text;
    for (const Open& in : open_) {
      if (in.kind == Open::Kind::array) {
        text += "[" + std::to_string(in.elements.size()) + "]";
        continue;
      }
      if (!text.empty()) text += '.';
      text += key_text(in.name);
    }
    return text;
  }

  Place place_;
  std::vector<Open> open_;
  Node root_;
  std::string refusal_;
  std::optional<std::size_t> read_;
};

// The last character that was read, as line and column.
Place place_of(std::string_view text, std::size_t read, unsigned file) {
  const auto before = text.substr(0, read == 0 ? 0 : read - 1);
  const auto line_end = before.rfind('\n');
  const auto column =
      line_end == std::string_view::npos ? before.size() + 1 : before.size() - line_end;
  return {.file = file,
          .line = static_cast<unsigned>(1 + std::ranges::count(before, '\n')),
          .column = static_cast<unsigned>(column)};
}

}  // namespace

Result<Node, SyntaxError> parse_json(std::string_view text, unsigned file) {
  const char* const begin = text.data();
  const char* furthest = begin;
  Builder builder(file);
  const bool is_whole = nlohmann::json::sax_parse(
      Position(begin, furthest), Position(begin + text.size(), furthest), &builder);
  if (is_whole) return std::move(builder).take();
  const auto read = builder.read().value_or(static_cast<std::size_t>(furthest - begin));
  return failure(SyntaxError{place_of(text, read, file), builder.refusal()});
}

}  // namespace failover::config
