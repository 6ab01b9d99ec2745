// A certificate that was accepted, for people; the RESULT line last.
#pragma once

#include <string>

#include "analysis/engines/prove/certificate.hpp"
#include "analysis/engines/verify/verify.hpp"
#include "models/machine/program.hpp"

namespace dmstall::analysis {

/// `path`: of the scenario, which `program` was built from. Requires: `found` accepts the certificate.
[[nodiscard]] std::string verified_text(const std::string& path, const Certificate& certificate,
                                        const models::Program& program, const Verification& found);

}  // namespace dmstall::analysis
