// The resources, flows and requests of a scenario, as `dmstall show` prints them.
#pragma once

#include <string>

#include "analysis/report/folding.hpp"
#include "models/machine/program.hpp"

namespace dmstall::analysis {

/// `shown`: the program whose resources and flows are listed, each kind once; `whole`: the one whose requests are
/// counted. Flows step by step where they fit into `most_lines` lines together, else their names and lengths; 0: as
/// many as there are.
[[nodiscard]] std::string program_text(const models::Program& shown, const models::Program& whole,
                                       const DeviceFolding& folding, std::size_t most_lines);

}  // namespace dmstall::analysis
