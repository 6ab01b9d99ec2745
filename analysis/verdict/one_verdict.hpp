// One verdict from several engines.
//
// A witness that replays counts most, then a livelock, a stall, a proof or exhaustion; one timed run that completes
// says nothing about the others. Engines that contradict each other are a bug of dmstall.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analysis/verdict/run_scenario.hpp"

namespace dmstall::analysis {

/// What a run found, for a while apart from the report.
struct Finding {
  models::VerdictKind verdict = models::VerdictKind::inconclusive;
  models::ExitCode code = models::ExitCode::inconclusive;
  std::string reason;
  std::optional<std::string> error;
  models::StuckReport stuck;
  models::Witness witness;
  std::int64_t witness_steps = 0;
  bool relieved_by_memory = false;
};

/// Takes the finding out of the report, which is then as before the engine ran.
[[nodiscard]] Finding take_finding(RunReport& report);

[[nodiscard]] bool is_proved(const RunReport& report);

/// What a timed run adds to what proof or search found.
enum class TimedWeight : std::uint8_t {
  none,         ///< the untimed verdict stands
  counts,       ///< the timed verdict is the one
  contradicts,  ///< one of the two is wrong
};

[[nodiscard]] TimedWeight weight_of(models::VerdictKind timed, models::VerdictKind untimed);

/// `report` is what proof or search found, `timed` what one run in time did.
void combine(const Finding& timed, RunReport& report);

}  // namespace dmstall::analysis
