// `dmstall help TOPIC`: verbs, subjects, targets, keys of the format, exit codes, releases and changes. All but the
// subjects is printed from the tables that the rest of the program uses.
#pragma once

#include <string>
#include <vector>

#include "analysis/cli/option_table.hpp"

namespace dmstall::analysis {

/// Throws UsageError with the nearest topics when there is none of that name.
[[nodiscard]] std::string topic_text(const CommandLine& all, const std::string& name);

/// Names that topic_text takes, without keys by their last name alone. For completion and suggestions.
[[nodiscard]] std::vector<std::string> topic_names(const CommandLine& all);

}  // namespace dmstall::analysis
