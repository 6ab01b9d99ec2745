// The sharing graph: which pool serves which level of the stack, and which waits go up it. As text, and as DOT.
#pragma once

#include <string>

#include "analysis/engines/prove/wait_graph.hpp"
#include "analysis/report/folding.hpp"
#include "models/machine/program.hpp"

namespace dmstall::analysis {

/// Levels from the top, shared pools and whether the devices that share one stand on each other, then the order of
/// waits and where waits go round.
[[nodiscard]] std::string sharing_text(const models::Program& program, const WaitGraph& graph,
                                       const DeviceFolding& folding = {});

/// A digraph: an arrow from what is held to what is waited for meanwhile, without arrows that others imply; a box per
/// device, shared things outside of them; red where waits go round.
[[nodiscard]] std::string sharing_dot(const models::Program& program, const WaitGraph& graph);

}  // namespace dmstall::analysis
