// What the models leave out, as lines of a report and as the list that `dmstall show` prints.
#pragma once

#include <string>
#include <vector>

#include "models/machine/omission.hpp"
#include "models/machine/verdict.hpp"

namespace dmstall::analysis {

/// Whether a verdict of this kind could be another one in a kernel that does what was left out.
[[nodiscard]] bool could_matter(const models::Omission& omission, models::VerdictKind verdict);

/// "of this model of Linux 6.1; 3 omissions could matter: dm-bufio.dirty, …", wrapped: what a proof does not cover.
[[nodiscard]] std::string limits_of_a_proof(const std::string& kernel, const std::vector<models::Omission>& omissions);

/// Each omission that could change this verdict, with when, and a count of the others.
[[nodiscard]] std::string omissions_of_a_report(const std::vector<models::Omission>& omissions,
                                                models::VerdictKind verdict);

/// All of them with function, text and reason: by effect, then by part of the models.
[[nodiscard]] std::string omissions_in_full(const std::vector<models::Omission>& omissions);

}  // namespace dmstall::analysis
