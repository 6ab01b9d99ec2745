// A row of a table as a line of its own, for who waits for the whole table.
#pragma once

#include <string>

#include "analysis/use/compare/comparison.hpp"
#include "analysis/use/size/sizing.hpp"

namespace dmstall::analysis {

/// "#3  cpus=1, sharing=module  DEADLOCK  witness replayed". Requires: the row is summarised.
[[nodiscard]] std::string finished_text(const Comparison& comparison, const ComparisonRow& row);

/// "size 3  PROGRESS  proved (equations)".
[[nodiscard]] std::string finished_text(const SizeRow& row, bool private_pools);

}  // namespace dmstall::analysis
