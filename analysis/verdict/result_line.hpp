// The line that scripts search for, and the digest in it.
#pragma once

#include <cstdint>
#include <string>

#include "analysis/verdict/run_scenario.hpp"

namespace dmstall::analysis {

/// Of what was run and searched: the same input and seed, the same digest. Of a search alone see
/// analysis/engines/explore/digest.hpp. Requires: an engine has answered.
[[nodiscard]] std::uint64_t digest_of(const RunReport& report);

/// "RESULT <scenario> <VERDICT> engine=… schedules=… states=… digest=…", without newline.
[[nodiscard]] std::string result_line(const RunReport& report);

}  // namespace dmstall::analysis
