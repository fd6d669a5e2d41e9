#pragma once
// GET /v1/status/KIND: lists of one kind of thing over all groups, and each thing by its name.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "agent/control/view.hpp"

namespace failover::control {

// What is not UTF-8 in others' words is replaced. One line.
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& json);

enum class ObjectKind : std::uint8_t { group, router, ip, track, peer, override, interface };
[[nodiscard]] std::optional<ObjectKind> object_kind(std::string_view word);
// Whether one of them can be asked for by its name.
[[nodiscard]] bool has_names(ObjectKind kind);

// {"schema": "failover.KIND.v1", "KINDs": [...]}
[[nodiscard]] std::string objects_document(const View& view, ObjectKind kind);
// Nothing when there is none of that name.
[[nodiscard]] std::optional<std::string> object_document(const View& view, ObjectKind kind,
                                                         const std::string& name);
[[nodiscard]] std::optional<std::string> elements_document(const View& view,
                                                           const std::string& group);

[[nodiscard]] nlohmann::ordered_json interface_json(const InterfaceEntry& interface);

}  // namespace failover::control
