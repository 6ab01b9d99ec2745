// What a comparison says to people, apart from how it is printed: tables and the sentences around them.
#pragma once

#include <string>
#include <vector>

#include "analysis/report/table.hpp"
#include "analysis/use/compare/comparison.hpp"

namespace dmstall::analysis {

struct Section {
  std::string title;
  Table table;                      ///< without columns: none
  std::vector<std::string> before;  ///< sentences above the table
  std::vector<std::string> after;   ///< and below
};

/// The rows, the spread over the seeds (more than one), reserved memory.
[[nodiscard]] std::vector<Section> comparison_sections(const Comparison& comparison);

/// Reserved memory per kind of pool and per device, rows with equal memory once; several tables when one would be wide.
[[nodiscard]] std::vector<Section> memory_sections(const Comparison& comparison);

/// "1, 3 to 5" for the rows 0, 2, 3, 4.
[[nodiscard]] std::string row_numbers(const std::vector<std::size_t>& rows);

/// "512 B", "8.5 KiB", "3.69 MiB".
[[nodiscard]] std::string size_text(std::int64_t bytes);

}  // namespace dmstall::analysis
