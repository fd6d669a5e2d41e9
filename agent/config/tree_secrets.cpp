#include "agent/config/tree_secrets.hpp"

#include <array>

#include "agent/config/tree_edit.hpp"
#include "agent/config/tree_places.hpp"

namespace failover::config {
namespace {

// What the readers of the schema take into a Secret. URLs of checks cannot have a password:
// parse_http_url() takes nothing but an address and a port in front of the path.
constexpr std::array<std::string_view, 5> carp_password{"interface", "*", "carp", "*", "password"};
constexpr std::array<std::string_view, 5> vrrp_password{"interface", "*", "vrrp", "*", "password"};
constexpr std::array<std::string_view, 8> hmac_key{"interface", "*",    "vrrp", "*",
                                                   "hmac",      "keys", "[]",   "key"};
constexpr std::array<PlacePattern, 3> secrets{carp_password, vrrp_password, hmac_key};

bool is_concealed(const Node& node) {
  const auto* const text = std::get_if<Secret>(&node.value);
  return text != nullptr && characters(*text) == concealed_text;
}

const std::int64_t* id_of(const Node& key) {
  const auto* const table = std::get_if<Table>(&key.value);
  const Member* const id = table == nullptr ? nullptr : find(*table, "id");
  return id == nullptr ? nullptr : std::get_if<std::int64_t>(&id->node.value);
}

// The element that a path names by its index; nothing when there is none.
const Node* element_at(const Array& array, const std::string& index) {
  for (std::size_t i = 0; i < array.size(); ++i)
    if (std::to_string(i) == index) return &array[i];
  return nullptr;
}

const Array* array_at(const Table& root, const TreePath& path) {
  const Node* const node = at(root, path);
  return node == nullptr ? nullptr : std::get_if<Array>(&node->value);
}

// The key of the same id in `before`. path: ... hmac.keys.0.key
const Node* key_before(const Table& wanted, const Table& before, TreePath path) {
  const std::string name = path.back();
  path.pop_back();
  const std::string index = path.back();
  path.pop_back();
  const Array* const wanted_keys = array_at(wanted, path);
  const Array* const keys = array_at(before, path);
  const Node* const key = wanted_keys == nullptr ? nullptr : element_at(*wanted_keys, index);
  const std::int64_t* const id = key == nullptr ? nullptr : id_of(*key);
  if (keys == nullptr || id == nullptr) return nullptr;
  for (const Node& candidate : *keys) {
    const std::int64_t* const other = id_of(candidate);
    if (other == nullptr || *other != *id) continue;
    const Member* const secret = find(std::get<Table>(candidate.value), name);
    return secret == nullptr ? nullptr : &secret->node;
  }
  return nullptr;
}

std::string refusal(const KeyPath& shown, const std::string& name) {
  return shown.text() + ": \"" + std::string(concealed_text) +
         "\" stands for a secret that is set already, and none is; write the " + name +
         " itself, or name a file with " + name + "_file";
}

}  // namespace

Table concealed(Table tree) {
  for (const PlacePattern pattern : secrets)
    visit_places(tree, pattern, [](const TreePath&, const KeyPath&, Node& node) {
      node.value = Secret(concealed_text);
    });
  return tree;
}

Node concealed_at(const TreePath& path, Node node) {
  Table tree;
  // Nothing is in the way in an empty tree, and the root itself is no secret.
  if (path.empty() || !put(tree, path, node)) return node;
  tree = concealed(std::move(tree));
  return *at(tree, path);
}

Result<void, std::string> keep_secrets(Table& wanted, const Table& before) {
  std::string error;
  for (const PlacePattern pattern : secrets)
    visit_places(wanted, pattern, [&](const TreePath& path, const KeyPath& shown, Node& node) {
      if (!is_concealed(node)) return;
      const bool is_key = path.back() == "key";
      const Node* const kept = is_key ? key_before(wanted, before, path) : at(before, path);
      if (kept != nullptr)
        node.value = kept->value;
      else if (error.empty())
        error = refusal(shown, path.back());
    });
  if (!error.empty()) return failure(error);
  return {};
}

}  // namespace failover::config
