#include "agent/config/in_force.hpp"

#include <fstream>
#include <iterator>

#include "agent/config/json_document.hpp"
#include "agent/config/values.hpp"

namespace failover::config {
namespace {

Node node_of(const Unconfirmed& unconfirmed) {
  Table table;
  if (unconfirmed.gate) {
    Array ills;
    for (const std::string& ill : *unconfirmed.gate) ills.push_back(text_value(ill));
    add(table, "gate", {.place = {}, .value = std::move(ills)});
  }
  add(table, "back_to", number_value(static_cast<std::int64_t>(unconfirmed.back_to)));
  add(table, "saved", truth_value(unconfirmed.saved));
  add(table, "tree", table_value(unconfirmed.tree));
  add(table, "until", number_value(unconfirmed.until));
  return table_value(std::move(table));
}

}  // namespace

std::filesystem::path in_force_in(const std::filesystem::path& run_directory) {
  return run_directory / "configuration.json";
}

std::string in_force_text(const InForce& in_force) {
  Table table;
  add(table, "parent", number_value(in_force.parent));
  add(table, "revision", number_value(static_cast<std::int64_t>(in_force.revision)));
  add(table, "saved", truth_value(in_force.saved));
  add(table, "tree", table_value(in_force.tree));
  if (in_force.unconfirmed) add(table, "unconfirmed", node_of(*in_force.unconfirmed));
  return compact_json_text(table_value(std::move(table))) + "\n";
}

std::optional<InForce> read_in_force(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto parsed = parse_json(text, 0);
  const auto* const table = parsed ? std::get_if<Table>(&parsed->value) : nullptr;
  const auto* const tree = table == nullptr ? nullptr : find_value<Table>(*table, "tree");
  if (tree == nullptr) return std::nullopt;
  InForce in_force{.revision = static_cast<std::uint64_t>(number_at(*table, "revision")),
                   .tree = *tree,
                   .saved = truth_at(*table, "saved"),
                   .parent = number_at(*table, "parent")};
  const auto* const unconfirmed = find_value<Table>(*table, "unconfirmed");
  if (unconfirmed == nullptr) return in_force;
  const auto* const before = find_value<Table>(*unconfirmed, "tree");
  if (before == nullptr) return std::nullopt;
  in_force.unconfirmed =
      Unconfirmed{.until = number_at(*unconfirmed, "until"),
                  .back_to = static_cast<std::uint64_t>(number_at(*unconfirmed, "back_to")),
                  .saved = truth_at(*unconfirmed, "saved"),
                  .tree = *before};
  if (const auto* const ills = find_value<Array>(*unconfirmed, "gate")) {
    in_force.unconfirmed->gate.emplace();
    for (const Node& ill : *ills)
      if (const auto* const name = std::get_if<Secret>(&ill.value))
        in_force.unconfirmed->gate->emplace_back(characters(*name));
  }
  return in_force;
}

}  // namespace failover::config
