// Values of a command line: held against what the option table says of them, and put where they belong.
#pragma once

#include <string>
#include <vector>

#include "analysis/cli/option_table.hpp"

namespace dmstall::analysis {

/// Puts the values there, in this order; one at least. Throws UsageError: one is empty, is no number, is none of the
/// choices or out of range, or there are more than the option takes.
void store(const VerbOption& option, const std::vector<std::string>& values);

}  // namespace dmstall::analysis
