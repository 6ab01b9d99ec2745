// Writers of a run's report, one per format. They print what is in the report and run nothing.
#pragma once

#include "analysis/run/run_scenario.hpp"

#include <string>
#include <vector>

namespace dmstall::analysis {

/// For people: verdict, circle and holders first, figures after it; the RESULT line last. `colour`: ANSI colours.
[[nodiscard]] std::string run_report_text(const RunReport& report, bool colour);

/// The steps of the witness that the search found, one numbered line each; empty where there is none.
[[nodiscard]] std::string witness_text(const RunReport& report);

/// One JSON document for all runs. `interrupted`: files that were not finished because somebody ended the program.
[[nodiscard]] std::string run_report_json(const std::vector<RunReport>& reports, const std::vector<std::string>& interrupted = {});

/// Of what was run and searched: the same input and seed, the same digest. Of a search alone see analysis/explore/digest.hpp.
/// Requires: an engine has answered.
[[nodiscard]] std::uint64_t digest_of(const RunReport& report);

/// "RESULT <scenario> <VERDICT> engine=… schedules=… states=… digest=…", without newline.
[[nodiscard]] std::string result_line(const RunReport& report);

}  // namespace dmstall::analysis
