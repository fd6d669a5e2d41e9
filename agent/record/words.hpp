#pragma once
// Events and effects of a router as one line of words each: what a recording is made of. What is
// written is read back the same.

#include <string>
#include <string_view>

#include "protocol/result.hpp"
#include "protocol/router/events.hpp"

namespace failover::record {

[[nodiscard]] std::string to_words(const router::Settings& settings);
[[nodiscard]] std::string to_words(const router::Event& event);
// "SendAdvert carp 1 0 0; ClaimAddresses"; "-" when there are none.
[[nodiscard]] std::string to_words(const router::Effects& effects);

[[nodiscard]] Result<router::Settings, ParseError> settings_from(std::string_view words);
[[nodiscard]] Result<router::Event, ParseError> event_from(std::string_view words);

}  // namespace failover::record
