#pragma once
// Events and effects of a router as one line of words each: what a recording is made of. What is
// written is read back the same.

#include <string>
#include <string_view>

#include "protocol/carp/events.hpp"
#include "protocol/result.hpp"

namespace failover::record {

[[nodiscard]] std::string to_words(const carp::Settings& settings);
[[nodiscard]] std::string to_words(const carp::Event& event);
// "SendAdvert 1 0 0; ClaimAddresses"; "-" when there are none.
[[nodiscard]] std::string to_words(const carp::Effects& effects);

[[nodiscard]] Result<carp::Settings, ParseError> settings_from(std::string_view words);
[[nodiscard]] Result<carp::Event, ParseError> event_from(std::string_view words);

}  // namespace failover::record
