// One verdict from several engines.
//
// A witness that replays counts most, then a livelock, a stall, a proof or exhaustion; one timed run that completes
// says nothing about the others. Engines that contradict each other are a bug of dmstall.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/verdict/finding.hpp"

namespace dmstall::analysis {

/// What a timed run adds to what proof or search found.
enum class TimedWeight : std::uint8_t {
  none,         ///< the untimed verdict stands
  counts,       ///< the timed verdict is the one
  contradicts,  ///< one of the two is wrong
};

[[nodiscard]] TimedWeight weight_of(models::VerdictKind timed, models::VerdictKind untimed);

/// The verdict and whose it is: the engine that found the witness, or that had the last word.
struct Verdict {
  Engine by = Engine::simulate;
  Answer answer;
};

/// At most one finding of each engine, in any order, and at least one. Of a search and a proof the search has the last
/// word: it is asked where the proof left something open. `seed` and `file` are of the timed run, for who wants to see
/// a contradiction again.
[[nodiscard]] Verdict combine(const std::vector<Finding>& findings, std::uint64_t seed, const std::string& file);

}  // namespace dmstall::analysis
