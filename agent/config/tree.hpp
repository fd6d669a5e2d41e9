#pragma once
// The configuration as a tree of plain values with their places, before anybody knows what they
// mean. Each notation ends here and the schema starts here, so that a file and a request of the API
// are judged by the same rules.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/config/error_list.hpp"
#include "agent/config/key_path.hpp"
#include "agent/config/secret.hpp"

namespace failover::config {

struct Node;
struct Member;
struct DateTime {};  // TOML has them; no key takes one
struct Null {};      // JSON has it; no key takes one, a merge patch removes with it
using Array = std::vector<Node>;
using Table = std::vector<Member>;  // in the order of names, each once

struct Node {
  Place place;
  // Every text is kept as a secret: only the schema knows which ones are.
  std::variant<bool, std::int64_t, double, Secret, DateTime, Null, Array, Table> value;

  // "a string", "a table"
  [[nodiscard]] std::string_view type_name() const;
};

struct Member {
  std::string name;
  Place place;  // of the name
  Node node;
};

// The characters of a text, as long as it lives.
[[nodiscard]] std::string_view characters(const Secret& text);

// Nothing when there is no such name.
[[nodiscard]] const Member* find(const Table& table, std::string_view name);

// Adds the members of `from` to `into`, table by table. What both have, other than tables, is an
// error at the place in `from` that names the place in `into`.
void merge(Table& into, Table from, const KeyPath& path, ErrorList& errors);

}  // namespace failover::config
