#pragma once
// What has to hold for every input, and how an input is taken apart.
//
// A fuzzer that only waits for a crash finds little in code that promises and checks: the findings
// are in what it says. So each of them states what a right answer is.

#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "protocol/bytes.hpp"

namespace failover::fuzz {

// Ends the program, which both libFuzzer and driver.cpp take for a finding and keep the input.
inline void must(bool holds, const char* what, std::string_view detail = "") {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n%.*s\n", what, static_cast<int>(detail.size()),
               detail.data());
  std::abort();
}

inline std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A part of the whole, in the same memory.
inline bool is_within(std::span<const std::uint8_t> part, std::span<const std::uint8_t> whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

inline bool is_control(char letter) {
  return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
}

inline bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

}  // namespace failover::fuzz

// One input. Defined once in each fuzzer; the name and the shape are libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
