#pragma once
// Names in messages: quoted texts and dotted key paths, safe to print whatever a file holds.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace failover::config {

// In double quotes, shortened when it is long, control characters escaped: what a person wrote must
// not move their cursor.
[[nodiscard]] std::string in_quotes(std::string_view text);

// A name as TOML wants it in a dotted key: bare where it may be, else quoted.
[[nodiscard]] std::string key_text(std::string_view name);

// Where a value stands, as a chain on the stack: the text is made only when something is wrong. A
// path must not outlive its parent nor the name.
class KeyPath {
 public:
  KeyPath() = default;  // the root of the file
  KeyPath(const KeyPath& parent, std::string_view name) : parent_(&parent), name_(name) {}
  KeyPath(const KeyPath& parent, std::size_t element) : parent_(&parent), element_(element) {}

  // interface."eth0.100".carp.5.addresses[0].label
  [[nodiscard]] std::string text() const;

 private:
  const KeyPath* parent_ = nullptr;
  std::string_view name_;
  std::optional<std::size_t> element_;
};

}  // namespace failover::config
