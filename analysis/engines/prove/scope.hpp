// How many requests a proof is about, in words.
#pragma once

#include <string>

#include "analysis/engines/prove/certificate.hpp"

namespace dmstall::analysis {

/// "any number of requests"; ", as many in flight as the file says" behind it when the equations use how many places in
/// flight a workload has; or "the number of tasks in the file".
[[nodiscard]] std::string scope_of(const Certificate& certificate);

}  // namespace dmstall::analysis
