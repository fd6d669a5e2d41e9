#pragma once
// What is wrong with a text before it is a tree, in whichever notation.

#include <string>

#include "agent/config/error_list.hpp"

namespace failover::config {

struct SyntaxError {
  Place place;
  std::string message;  // quotes nothing of a value: it may be a password
};

}  // namespace failover::config
