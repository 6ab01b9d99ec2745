// What makes two findings the same one, whoever found them first and in which file.
#pragma once

#include <string>
#include <vector>

#include "analysis/use/check/check_outcome.hpp"

namespace dmstall::analysis {

/// The rotation of a circle that comes first in the alphabet: a circle has no beginning.
[[nodiscard]] std::vector<std::string> canonical_circle(std::vector<std::string> circle);

/// 16 hexadecimal digits of verdict, kind and canonical circle (without a circle: of what is waited for, sorted); of a
/// refused file: of the first message, without its place. No figure, path or seed takes part.
[[nodiscard]] std::string fingerprint(const CheckOutcome& outcome);

}  // namespace dmstall::analysis
