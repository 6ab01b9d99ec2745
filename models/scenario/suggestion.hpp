// "did you mean": the candidate nearest to a misspelt word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dmstall::models {

/// Edits (insert, delete, replace, swap of neighbours) that turn one text into the other; `limit + 1` when more.
[[nodiscard]] int edit_distance(std::string_view a, std::string_view b, int limit);

/// The nearest candidate, or empty when none is near enough (a third of the length, at least one edit).
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace dmstall::models
