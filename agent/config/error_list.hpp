#pragma once
// What is wrong with a configuration, collected while it is read.

#include <compare>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/config_error.hpp"

namespace failover::config {

// A place in one of the files that make up the configuration. Ordered as a person reads: files in
// the order in which they are merged, then lines, then columns. Line 0 is the file as a whole.
struct Place {
  unsigned file = 0;  // the index that add_file() gave
  unsigned line = 0;
  unsigned column = 0;
  friend constexpr auto operator<=>(const Place&, const Place&) = default;
};

// Keeps the first limits::configuration_errors_shown errors in the order of their places, counts
// the others, so that a file full of nonsense costs no memory. Used by one thread.
class ErrorList {
 public:
  ErrorList() = default;
  // Of files that have their indexes already: that of their place here.
  explicit ErrorList(std::vector<std::string> files) : files_(std::move(files)) {}

  [[nodiscard]] unsigned add_file(std::string name);
  [[nodiscard]] const std::string& file_name(const Place& place) const {
    return files_[place.file];
  }
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }
  // "failover.toml:12:11"
  [[nodiscard]] std::string place_text(const Place& place) const;

  void add(const Place& place, std::string key, std::string message);
  [[nodiscard]] bool empty() const { return kept_.empty(); }
  // Everything kept, and one line more that says how many there are besides.
  [[nodiscard]] ConfigErrors all() const;

 private:
  struct Kept {
    Place place;
    std::string key;
    std::string message;
  };
  std::vector<std::string> files_;
  std::vector<Kept> kept_;  // by place; of one place in the order of arrival
  std::size_t dropped_ = 0;
};

}  // namespace failover::config
