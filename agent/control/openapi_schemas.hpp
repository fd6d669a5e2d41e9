#pragma once
// The documents of the API as schemas of OpenAPI 3.0.3, whose dialect knows less than JSON Schema.

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace failover::control {

// All of them by name, the configuration among them.
[[nodiscard]] nlohmann::ordered_json document_schemas();

// What may stand behind the question mark.
[[nodiscard]] nlohmann::ordered_json query_parameter(std::string_view key);

}  // namespace failover::control
