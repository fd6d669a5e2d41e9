#pragma once
// The word that a typo was meant to be. Pure.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace failover::cli {

// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
[[nodiscard]] std::size_t edit_distance(std::string_view left, std::string_view right);

// The candidate with the smallest distance, if that is small for the word's length.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

// "; did you mean 'status'?", or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string_view> candidates);

}  // namespace failover::cli
