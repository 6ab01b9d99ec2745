// Writing what was found into the `expect` of a scenario file.
#pragma once

#include <optional>
#include <string>

#include "analysis/use/check/check_outcome.hpp"

namespace dmstall::analysis {

/// Why an outcome that did not pass must not become an expectation; nothing when it may. INCONCLUSIVE is no answer, and
/// refused files, crashes, disagreeing engines and time-outs have none.
[[nodiscard]] std::optional<std::string> why_not_promoted(const CheckOutcome& outcome);

struct Promotion {
  std::optional<std::string> text;  ///< of the file; differs from before in the value of `expect` alone
  std::string error;                ///< why there is none
};

/// Keys of `expect` that hold are kept as they are written, those that do not get the value found, and those that no
/// longer mean anything go (a circle where there is no deadlock). Where the verdict is new, a DEADLOCK's kind and
/// circle come with it. Requires: `outcome` is of this text, and may be promoted.
[[nodiscard]] Promotion promoted(const std::string& text, const CheckOutcome& outcome);

}  // namespace dmstall::analysis
