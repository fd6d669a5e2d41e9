#include "netlink/words.hpp"

#include <net/if.h>

#include <charconv>

#include "netlink/route.hpp"

namespace failover::netlink {
namespace {

constexpr std::uint32_t default_table = 253;

}  // namespace

Words::Words(std::string_view text) {
  constexpr std::string_view space = " \t\n\r\f\v";
  for (auto begin = text.find_first_not_of(space); begin != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(space, begin), text.size());
    words_.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(space, end);
  }
}

bool Words::take_if(std::string_view word) {
  if (at_end() || peek() != word) return false;
  ++at_;
  return true;
}

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string listed(const std::vector<std::string_view>& words) {
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  return list;
}

std::optional<std::uint32_t> number_in(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

bool is_interface_name(std::string_view text) {
  return !text.empty() && text.size() < IFNAMSIZ && text.find('/') == std::string_view::npos &&
         text != "." && text != "..";
}

std::optional<Family> take_family(Words& words) {
  if (words.take_if("-6")) return Family::ipv6;
  if (words.take_if("-4")) return Family::ipv4;
  return std::nullopt;
}

std::optional<std::uint32_t> table_in(std::string_view word) {
  if (word == "main") return main_table;
  if (word == "default") return default_table;
  const auto number = number_in(word);
  return number == 0U || number == local_table ? std::nullopt : number;
}

std::string table_text(std::uint32_t table) {
  if (table == main_table) return "main";
  return table == default_table ? "default" : std::to_string(table);
}

}  // namespace failover::netlink
