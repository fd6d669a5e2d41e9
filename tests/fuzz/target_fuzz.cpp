// Request targets and percent encoding: what the command line encodes the agent decodes to the
// same, and what is decoded has nothing in it that the text did not have.

#include "agent/http/target.hpp"

#include <algorithm>

#include "cli/client.hpp"
#include "tests/fuzz/property.hpp"

namespace failover::fuzz {
namespace {

std::string encoded(const http::Target& target) {
  // A path of one segment: the slashes in it are encoded too, and mean the same decoded.
  std::string text = "/" + cli::percent_encoded(target.path.substr(1));
  char separator = '?';
  for (const auto& [key, value] : target.query) {
    text += separator + cli::percent_encoded(key) + "=" + cli::percent_encoded(value);
    separator = '&';
  }
  return text;
}

void check_target(std::string_view text) {
  const auto target = http::parse_target(text);
  if (!target) {
    must(!target.error().text.empty(), "a refusal says why", text);
    return;
  }
  must(target->path.starts_with('/'), "a path begins with a slash", text);
  std::size_t characters = target->path.size() - 1;  // the slash may have been left out
  bool has_nul = target->path.find('\0') != std::string::npos;
  for (const auto& [key, value] : target->query) {
    characters += key.size() + value.size();
    has_nul = has_nul || (key + value).find('\0') != std::string::npos;
  }
  must(characters <= text.size(), "decoding makes nothing longer", text);
  must(!has_nul, "no NUL comes through", text);
  const auto again = http::parse_target(encoded(*target));
  must(again && again->path == target->path, "a path is decoded as it is encoded", text);
  // A key that is empty and has no value stands for nothing, and encodes to "=".
  must(again->query == target->query, "a query is decoded as it is encoded", text);
}

void check_segment(std::string_view segment) {
  const auto text = cli::percent_encoded(segment);
  must(std::ranges::all_of(text, [](char letter) { return letter > ' ' && letter < 0x7f; }),
       "what is encoded can be seen", text);
  const auto target = http::parse_target("/v1/" + text);
  if (segment.find('\0') != std::string_view::npos) {
    must(!target, "a NUL is refused, however it is written", text);
    return;
  }
  must(target && target->path == "/v1/" + std::string(segment) && target->query.empty(),
       "any other segment comes through", text);
}

}  // namespace
}  // namespace failover::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = failover::fuzz::text_of({data, size});
  failover::fuzz::check_target(text);
  failover::fuzz::check_segment(text);
  return 0;
}
