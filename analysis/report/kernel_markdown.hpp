// What of Linux is modelled, as a document: which call does what, on which release, and what is left out.
#pragma once

#include <string>

namespace dmstall::analysis {

/// models/KERNEL.md. The calls are those of the flows of one small stack for each target; the omissions are those of
/// the ledger.
[[nodiscard]] std::string kernel_markdown();

}  // namespace dmstall::analysis
