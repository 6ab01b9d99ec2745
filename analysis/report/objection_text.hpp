// Why the prover shows nothing, in a sentence.
#pragma once

#include <string>

#include "analysis/engines/prove/objection.hpp"

namespace dmstall::analysis {

/// Empty where there is no objection.
[[nodiscard]] std::string to_text(const Objection& objection);

}  // namespace dmstall::analysis
