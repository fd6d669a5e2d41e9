#pragma once
// From a TOML file to a Configuration, strictly: every error at once, each with its place, the
// range and the way out. Unknown keys are errors and name the nearest known one.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/config_error.hpp"
#include "agent/config/configuration.hpp"
#include "agent/config/tree.hpp"
#include "protocol/result.hpp"

namespace failover::config {

// The tree before anybody has judged it, and what its places are in.
struct Document {
  Table tree;
  std::vector<std::string> files;  // Place::file is an index of this
};

// Reads the file and, when it is called failover.toml, the *.toml of conf.d beside it, merged in
// name order. password_file paths are read too; a relative one is relative to the file that names
// it.
[[nodiscard]] Result<Configuration, ConfigErrors> read_configuration(
    const std::filesystem::path& file);

// The same for one text; `file` is only what errors call it, and the base of relative paths.
[[nodiscard]] Result<Configuration, ConfigErrors> read_configuration_text(
    std::string_view toml, const std::filesystem::path& file);

// The tree of the same files. What is wrong with their syntax, or set twice, is an error; what they
// mean is not looked at. Names of files in it are absolute afterwards, so that the tree means the
// same when it is kept elsewhere.
[[nodiscard]] Result<Document, ConfigErrors> read_document(const std::filesystem::path& file);

// Whether it is put together from more than that file.
[[nodiscard]] bool has_fragments(const std::filesystem::path& file);

// A tree that came from elsewhere. Errors have the name as their file, and no line.
[[nodiscard]] Document document_of(Table tree, std::string name);

// By the same rules and bounds as a file. password_file paths are read.
[[nodiscard]] Result<Configuration, ConfigErrors> judge(const Document& document);

}  // namespace failover::config
