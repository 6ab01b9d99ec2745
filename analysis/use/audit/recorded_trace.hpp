// A recorded trace of a running kernel, as its text is read.
//
//   # dmstall-trace 1
//   # kernel: 6.12.117+deb13-amd64
//   # release: 6.12
//   # scenario: tests/traces/stacks/verity-ignore.json
//   # operation: read bad_block
//   # unseen: verity_finish_io              functions of the models that this kernel has no symbol for
//   # jumps: endio>dec_count, dec_count      functions that leave by a jump, and to what where that is no pointer: the
//                                            first one is in no stack of the second
//   COUNT KIND [gfp=FLAGS] [what=FUNCTION] THREAD | innermost < caller < caller …
//
// Where threads sleep while all memory is refused is a trace of another first line, "# dmstall-sleepers 1", with a key
// `outcome` ("stuck …" or "completed") and nothing but `sleep`, counted in threads.
//
// Files come from strangers: sizes are bounded, and what is wrong is said with its line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
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

  [[nodiscard]] bool by_task() const { return thread.starts_with("task:"); }

  /// "take kworker:kverityd | mempool_alloc < verity_recheck": as the file has it, without the count.
  [[nodiscard]] std::string text() const;
};

/// Functions that a stack may lack although they were called.
struct HiddenFunctions {
  std::set<std::string, std::less<>> always;                           ///< without a symbol, or left through a pointer
  std::map<std::string, std::set<std::string>, std::less<>> while_in;  ///< left by a jump to one of these

  /// Whether the function may be missing among these callers.
  [[nodiscard]] bool may_lack(const std::string& function, const std::vector<std::string>& frames) const;
};

struct RecordedTrace {
  std::string kernel, release, scenario, operation;
  std::size_t release_line = 0, scenario_line = 0;  ///< from 1; 0: not said
  bool of_sleepers = false;
  std::string outcome;     ///< of sleepers
  HiddenFunctions hidden;  ///< of `unseen` and `jumps`
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
