#pragma once
// Whether a program may be run: whoever may write it, or put another one in its place, has the
// privileges that it is run with.

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace failover::runner {

// Empty when the file and every directory and symbolic link on the way to it are root's or the
// user's, and nobody else may write them. Otherwise a sentence that names what is wrong, and where.
// A directory that others may write counts as theirs with the sticky bit as well. May wait for a
// file system.
[[nodiscard]] std::string why_untrusted(const std::filesystem::path& program, uid_t user);

}  // namespace failover::runner
