// Writers of a run's report, one per format. They print what is in the report and run nothing.
#pragma once

#include <string>
#include <vector>

#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// For people: verdict, circle and holders first, figures after it; the RESULT line last. `colour`: ANSI colours.
[[nodiscard]] std::string run_report_text(const RunReport& report, bool colour);
[[nodiscard]] inline std::string plain_run_report(const RunReport& report) {
  return run_report_text(report, false);
}

/// For a mail to a list of developers: the circle and an unsafe schedule side by side, as lockdep prints it; no line is
/// longer than 75 columns. Without the figures of a timed run. `in_circle`: so many of the stuck threads are the
/// circle.
[[nodiscard]] std::string run_report_lockdep(const RunReport& report, std::size_t in_circle);

/// For a page of Markdown: verdict, circle and repairs, the text folded away.
[[nodiscard]] std::string run_report_markdown(const RunReport& report, std::size_t in_circle);

/// The steps of the witness that the search found, one numbered line each; empty where there is none.
[[nodiscard]] std::string witness_text(const RunReport& report);

/// One JSON document for all runs. `interrupted`: files that were not finished because somebody ended the program.
[[nodiscard]] std::string run_report_json(const std::vector<RunReport>& reports,
                                          const std::vector<std::string>& interrupted = {});

/// The same in two parts, where each report is made in a process of its own: what stands for one of them, and the
/// document of those. Requires: `runs` are of run_json_part; `code` is the most severe of theirs.
[[nodiscard]] std::string run_json_part(const RunReport& report);
[[nodiscard]] std::string run_json_of_parts(const std::vector<std::string>& runs, models::ExitCode code,
                                            const std::vector<std::string>& interrupted = {});

}  // namespace dmstall::analysis
