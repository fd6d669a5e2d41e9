#pragma once
// Words: what routes and rules are written with, a list of keywords and values as `ip` takes them.

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/address.hpp"

namespace failover::netlink {

// What is wrong with a text of words, as a sentence that names the word and what is accepted.
struct WordError {
  std::string text;
  // Where the word is none that is known: the word, and those that are. For a guess at what was
  // meant; the latter live as long as the program.
  std::string unknown = {};
  std::vector<std::string_view> known = {};
};

// The words of a text, one after the other. Lives within the reading of the text, which outlives
// it.
class Words {
 public:
  explicit Words(std::string_view text);
  [[nodiscard]] bool at_end() const { return at_ == words_.size(); }
  // There must be one.
  [[nodiscard]] std::string_view peek() const { return words_[at_]; }
  [[nodiscard]] std::string_view take() { return words_[at_++]; }
  // Takes the word when it is the next one.
  [[nodiscard]] bool take_if(std::string_view word);

 private:
  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
};

[[nodiscard]] std::string in_quotes(std::string_view text);
// "a, b, c"
[[nodiscard]] std::string listed(const std::vector<std::string_view>& words);
// Decimal, or hexadecimal with 0x in front; the whole text.
[[nodiscard]] std::optional<std::uint32_t> number_in(std::string_view text);
// 1..15 bytes, no slash.
[[nodiscard]] bool is_interface_name(std::string_view text);
// "-4" or "-6", where it is the next word.
[[nodiscard]] std::optional<Family> take_family(Words& words);

// Of a routing table. `local` is none of them: what is in there follows from addresses.
inline constexpr std::string_view accepted_tables = "1..4294967295 but 255, main, default";
[[nodiscard]] std::optional<std::uint32_t> table_in(std::string_view word);
[[nodiscard]] std::string table_text(std::uint32_t table);

// One keyword of a T. Keywords with the same meaning exclude each other.
template <class T>
struct Keyword {
  enum class Takes { value, nothing };
  std::string_view word;
  std::string_view meaning;
  Takes takes;
  // False when the value is none; `accepted` says what would be one.
  bool (*read)(T& into, std::string_view value);
  std::string_view accepted = {};
};

// Reads the words that are left.
template <class T>
std::optional<WordError> read_words(Words& words, std::span<const Keyword<T>> keywords, T& into) {
  std::set<std::string_view> seen;
  while (!words.at_end()) {
    const std::string_view word = words.take();
    const auto keyword = std::ranges::find(keywords, word, &Keyword<T>::word);
    if (keyword == keywords.end()) {
      std::vector<std::string_view> known;
      for (const Keyword<T>& each : keywords) known.push_back(each.word);
      std::string text = in_quotes(word) + " is not understood; accepted: " + listed(known);
      return WordError{std::move(text), std::string(word), std::move(known)};
    }
    if (!seen.insert(keyword->meaning).second)
      return WordError{in_quotes(word) + " says again what was said before; accepted: one " +
                       std::string(keyword->meaning)};
    const bool has_value = keyword->takes == Keyword<T>::Takes::value;
    if (has_value && words.at_end())
      return WordError{in_quotes(word) +
                       " has nothing behind it; accepted: " + std::string(keyword->accepted)};
    const std::string_view value = has_value ? words.take() : std::string_view();
    if (!keyword->read(into, value))
      return WordError{in_quotes(std::string(word) + " " + std::string(value)) +
                       " is not understood; accepted: " + std::string(keyword->accepted)};
  }
  return std::nullopt;
}

}  // namespace failover::netlink
