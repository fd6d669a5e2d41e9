#pragma once
// The JSON documents of changes: what one has done or would do, revisions, what is pending.

#include <string>

#include "agent/changes/changes.hpp"

namespace failover::control {

[[nodiscard]] std::string change_document(const changes::Change& change, bool saved);
// What a draft changes, and what is wrong with it.
[[nodiscard]] std::string draft_document(const std::vector<changes::ChangedValue>& values,
                                         const config::ConfigErrors& errors);
[[nodiscard]] std::string revisions_document(const changes::Changes& changes);
// With its tree, and what it has changed.
[[nodiscard]] std::string revision_document(const changes::Changes& changes,
                                            const changes::Revision& revision,
                                            const config::Table& tree);
[[nodiscard]] std::string pending_document(const changes::Changes& changes);
[[nodiscard]] std::string saved_document(const changes::Changes::Saved& saved);

}  // namespace failover::control
