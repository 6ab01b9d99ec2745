// A recorded trace of a running kernel, as its text is read.
//
//   # dmstall-trace 1
//   # kernel: 6.12.117+deb13-amd64
//   # release: 6.12
//   # scenario: tests/traces/stacks/verity-ignore.json
//   # operation: read bad_block
//   # unseen: verity_finish_io              functions of the models that this kernel has no symbol for
//   # jumps: bio_put>mempool_free, endio     functions that leave by a jump, so they are in no stack of what they call
//   COUNT KIND [gfp=FLAGS] [what=FUNCTION] THREAD | innermost < caller < caller …
//
// Files come from strangers: sizes are bounded, and what is wrong is said with its line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "models/machine/traced.hpp"

namespace dmstall::analysis {

struct RecordedEvent {
  std::uint64_t count = 1;  ///< how often it was seen
  models::EventKind kind = models::EventKind::take;
  std::string gfp, what;  ///< empty: not recorded
  std::string thread;
  std::vector<std::string> frames;  ///< innermost first; at least one
  std::size_t line = 0;

  /// "take kworker:kverityd | mempool_alloc < verity_recheck": as the file has it, without the count.
  [[nodiscard]] std::string text() const;
};

struct RecordedTrace {
  std::string kernel, release, scenario, operation;
  std::set<std::string, std::less<>> hidden;  ///< of `unseen` and `jumps`: functions that a stack may lack
  std::vector<RecordedEvent> events;
};

/// Bytes of a trace file that are read at most.
inline constexpr std::size_t largest_trace_bytes = std::size_t{16} << 20U;

struct TraceRead {
  std::optional<RecordedTrace> trace;
  std::size_t line = 0;  ///< without a trace: where it is refused, from 1; 0: as a whole
  std::string refusal;
};

/// Never throws on bad input, whatever the bytes are.
[[nodiscard]] TraceRead read_trace(std::string_view text);

/// "a < b < c (d)" as its functions: what is in parentheses is for people.
[[nodiscard]] std::vector<std::string> functions_of(std::string_view chain);

}  // namespace dmstall::analysis
