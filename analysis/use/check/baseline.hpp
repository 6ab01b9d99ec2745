// Failures that somebody knows of: each with a reason and a last day, so that none is forgotten.
//
// A baseline is a file beside the scenarios. A check that is held against it tells failures apart: new ones, those that
// are known, those whose day is over, and entries that are fixed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/use/check/check_outcome.hpp"

namespace dmstall::analysis {

struct BaselineEntry {
  std::string file;         ///< as the paths of the check spell it
  std::string outcome;      ///< to_string(CheckKind)
  std::string found;        ///< for people
  std::string fingerprint;  ///< see fingerprint.hpp; another one is another failure
  std::string reason;       ///< not empty
  std::string until;        ///< "2026-12-31": the last day on which it is tolerated
};

struct Baseline {
  std::vector<BaselineEntry> entries;  ///< a file occurs once
};

struct BaselineRead {
  std::optional<Baseline> baseline;
  std::string diagnostics;  ///< why there is none, ready to print
};

/// Strict: unknown keys, an entry without reason or day, and a file that occurs twice are refused with their place.
[[nodiscard]] BaselineRead read_baseline(std::string text, const std::string& name);

/// One JSON document, sorted by file.
[[nodiscard]] std::string write_baseline(const Baseline& baseline);

/// "2026-02-29" is no day.
[[nodiscard]] bool is_a_day(const std::string& text);
/// In UTC. `days` from now.
[[nodiscard]] std::string day_from_today(int days);

/// Fills `known`, `reason` and `until` of an outcome. Crashes and disagreeing engines are bugs of dmstall and never
/// known.
void hold_against(const Baseline& baseline, const std::string& today, CheckOutcome& outcome);

/// All outcomes of a run, and what is fixed.
void hold_against(const Baseline& baseline, const std::string& today, CheckRun& run);

/// The baseline after this run: entries of what passes now are gone, new and changed failures are there with this
/// reason and day, everything else is as it was: also what was not checked, and what has expired.
[[nodiscard]] Baseline updated(const Baseline& before, const CheckRun& run, const std::string& reason,
                               const std::string& until);

}  // namespace dmstall::analysis
