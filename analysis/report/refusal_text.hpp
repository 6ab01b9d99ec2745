// Why the checker refuses a certificate, and the replayer a witness, in a sentence.
#pragma once

#include <string>

#include "analysis/engines/replay/move_refusal.hpp"
#include "analysis/engines/verify/covers.hpp"
#include "analysis/engines/verify/refusal.hpp"

namespace dmstall::analysis {

/// Empty where nothing is refused.
[[nodiscard]] std::string to_text(const Refusal& refusal);
[[nodiscard]] std::string to_text(const MoveRefusal& refusal);
/// Goes on after "it".
[[nodiscard]] std::string to_text(const OtherModels& other);

}  // namespace dmstall::analysis
