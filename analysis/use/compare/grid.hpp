// The settings that a comparison runs: every combination of the values of its keys.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "models/scenario/settings.hpp"

namespace dmstall::analysis {

/// A list of values or a reference that cannot be: the mistake of whoever wrote the option.
class GridError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Combinations above this number are refused: a product grows faster than its author thinks.
inline constexpr std::size_t most_combinations = 100'000;

/// The key of a comparison of several files that says which of them a row is of.
inline constexpr const char* scenario_key = "scenario";

/// "1,2,8..16,fast": the values, ranges of whole numbers spelt out (models/scenario/value_range), split at commas
/// outside brackets, braces and quotes. `option` is who said it. Throws GridError.
[[nodiscard]] std::vector<std::string> parse_values(const std::string& list, const std::string& option);

/// "KEY=V1,V2,…", split at commas outside brackets, braces and quotes. Throws GridError.
[[nodiscard]] models::Variation parse_variation(const std::string& option);

/// "KEY=V[,KEY=V…]", split likewise. Throws GridError.
[[nodiscard]] std::vector<models::Setting> parse_reference(const std::string& option);

/// All combinations, the values of the last key changing fastest. Throws GridError for a key or a value that occurs
/// twice, and for more than `most_combinations`.
[[nodiscard]] std::vector<std::vector<models::Setting>> setting_grid(const std::vector<models::Variation>& variations);

}  // namespace dmstall::analysis
