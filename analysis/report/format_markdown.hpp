// The scenario format as a document: every key of every object, from the tables that the reader uses.
#pragma once

#include <string>

namespace dmstall::analysis {

/// scenarios/FORMAT.md. Lines of at most 120 columns.
[[nodiscard]] std::string format_markdown();

}  // namespace dmstall::analysis
