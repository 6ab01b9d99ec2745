// Whether the callers of an event are those that a step or an entry of the ledger names.
//
// The functions of the chain stand among the callers in this order. Between the event and the first of them there is
// nothing but how such an event is made (mempool_alloc in bio_alloc_bioset): a take further in is somebody else's. A
// function of the chain may be missing where this kernel cannot show it: it was inlined, or it leaves by a jump. One
// that says nothing on its own (submit_bio) is no fit alone.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/use/audit/recorded_trace.hpp"

namespace dmstall::analysis {

/// How many functions of the chain are among the callers, without those that only say how the event was made; 0: it
/// does not fit.
[[nodiscard]] std::size_t fit(const std::vector<std::string>& chain, const RecordedEvent& event,
                              const HiddenFunctions& hidden);

/// Those of them that tell whose event it is: no mempool_alloc, no submit_bio.
[[nodiscard]] std::size_t telling_fit(const std::vector<std::string>& chain, const RecordedEvent& event,
                                      const HiddenFunctions& hidden);

/// The first caller that is not part of how such an event is made; where there is none, the last one.
[[nodiscard]] const std::string& maker_of(const RecordedEvent& event);

}  // namespace dmstall::analysis
