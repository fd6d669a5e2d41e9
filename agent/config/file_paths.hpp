#pragma once
// Names of files in the tree that are relative to the file that names them.

#include <string>
#include <vector>

#include "agent/config/tree.hpp"

namespace failover::config {

// Makes all of them absolute. files: the names that places have an index of; what is relative
// itself is so to the working directory.
void make_paths_absolute(Table& tree, const std::vector<std::string>& files);

}  // namespace failover::config
