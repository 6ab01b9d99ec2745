// What a comparison keeps of one run. It crosses a process boundary as text.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/verdict/run_report.hpp"
#include "models/machine/verdict.hpp"

namespace dmstall::analysis {

struct Measurement {
  std::uint64_t seed = 1;
  models::VerdictKind verdict = models::VerdictKind::inconclusive;
  models::ExitCode code = models::ExitCode::inconclusive;
  std::optional<models::DeadlockKind> kind;  ///< of a DEADLOCK
  Reasons reasons;                           ///< of the verdict; of an error why there is none
  bool error = false;                        ///< the run gave no verdict
  std::vector<std::string> assumptions;
  double mib_per_s = 0, p50_us = 0,
         p99_us = 0;  ///< of all requests without an error; meaningful when every request completed
  std::int64_t finished_ok = 0, failed = 0;       ///< requests that completed without and with an error
  std::map<std::string, std::int64_t> failed_by;  ///< how many of the errors came from what
  std::int64_t polls = 0;                         ///< 5 s polls
  std::uint64_t digest = 0;

  /// Every request completed, with or without a stall.
  [[nodiscard]] bool completed() const {
    return !error && (verdict == models::VerdictKind::progress || verdict == models::VerdictKind::stall);
  }
};

[[nodiscard]] Measurement measurement_of(const RunReport& report);

[[nodiscard]] std::string to_text(const Measurement& measurement);
/// Nothing when the text is not what to_text writes.
[[nodiscard]] std::optional<Measurement> measurement_from(const std::string& text);

}  // namespace dmstall::analysis
