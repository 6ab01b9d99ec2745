// The first screen of a report: what an engineer needs to know before anything else, on 24 lines.
//
// Which pool, since when, what can be done: each in a section of its own. A section is made of what the report holds
// and of nothing else; `screen` fits them on the lines.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/report/screen.hpp"
#include "analysis/report/text_options.hpp"
#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

inline constexpr std::size_t first_screen_lines = 24;  ///< of a terminal, verdict and RESULT line among them

/// In the order in which they are printed; those that have nothing to say are empty.
[[nodiscard]] std::vector<ScreenSection> first_screen(const RunReport& report, const TextOptions& options);

// The sections, each of the verdicts that it is about; of others they are empty.

/// CIRCLE or WAITS: who holds what since which step, and sleeps where; ROUND: who goes on for ever, and in which steps.
[[nodiscard]] ScreenSection stuck_section(const RunReport& report);
/// STALLED, of a timed run.
[[nodiscard]] ScreenSection stalled_section(const RunReport& report);
/// PROOF, EXHAUSTED, COMPLETED or OPEN: what PROGRESS and INCONCLUSIVE rest on.
[[nodiscard]] ScreenSection ground_section(const RunReport& report);
[[nodiscard]] ScreenSection needs_section(const RunReport& report);
[[nodiscard]] ScreenSection decided_section(const RunReport& report);
[[nodiscard]] ScreenSection ends_section(const RunReport& report);
[[nodiscard]] ScreenSection repair_section(const RunReport& report);
/// CIRCLES: what else the stack can get stuck on.
[[nodiscard]] ScreenSection circles_section(const RunReport& report);
[[nodiscard]] ScreenSection expected_section(const RunReport& report);
[[nodiscard]] ScreenSection assumed_section(const RunReport& report);
[[nodiscard]] ScreenSection searched_section(const RunReport& report);
/// RAN: the figures of a timed run in a row per class of requests.
[[nodiscard]] ScreenSection ran_section(const RunReport& report);
/// NEXT: commands.
[[nodiscard]] ScreenSection next_section(const RunReport& report, const TextOptions& options);

}  // namespace dmstall::analysis
