// Ranges of whole numbers in lists of values: "1..16", "0..64:16".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmstall::models {

/// The numbers of "A..B" or "A..B:STEP", ends included: "1..4" is 1, 2, 3, 4; "2..10:4" is 2, 6, 10. Nothing when the
/// text has another form and is a value as it stands. Numbers are 0 to 9,999,999.
struct ValueRange {
  std::vector<std::string> values;
  std::string error;  ///< not empty: a range that cannot be ("8..2", a step of 0, more than `most` values)
};

[[nodiscard]] std::optional<ValueRange> value_range(std::string_view text, std::size_t most);

}  // namespace dmstall::models
