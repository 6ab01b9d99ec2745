// Whether the proof at one size is a proof of every larger one.
//
// A size changes nothing of a machine but capacities. Of a capacity the checker asks that no need is above it, which a
// larger one meets too; the sum of a leaf's multipliers times bounds, where capacities stand linearly; and that the
// guard of a batch has one element, which a size that grows refuses at the top. So a certificate that the checker
// accepts at both ends holds at every size in between, provided each capacity there is constant or grows by one from
// size to size. Nothing is assumed to be monotone.
#pragma once

#include "analysis/engines/prove/certificate.hpp"
#include "models/machine/machine.hpp"

namespace dmstall::analysis {

/// True: the certificate proves every size from `size` to `top`, both included. `at_size` and `at_top` are the machines
/// of these sizes; a size in between has the same steps, and each capacity there is between theirs, one more for each
/// size more where they differ.
[[nodiscard]] bool covers_above(const Certificate& certificate, const models::Machine& at_size, int size,
                                const models::Machine& at_top, int top);

}  // namespace dmstall::analysis
