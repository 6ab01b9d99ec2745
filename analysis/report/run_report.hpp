// Writers of a run's report, one per format. They print what is in the report and run nothing.
#pragma once

#include <string>
#include <vector>

#include "analysis/report/text_options.hpp"
#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// For people: the first screen, then what else is asked for; the RESULT line last.
[[nodiscard]] std::string run_report_text(const RunReport& report, const TextOptions& options);
/// For a log or a folded part of a page: with all details.
[[nodiscard]] inline std::string plain_run_report(const RunReport& report) {
  TextOptions options;
  options.details = true;
  return run_report_text(report, options);
}

/// For a mail to a list of developers: the circle and an unsafe schedule side by side, as lockdep prints it; no line is
/// longer than 75 columns. Without the figures of a timed run. `in_circle`: so many of the stuck threads are the
/// circle.
[[nodiscard]] std::string run_report_lockdep(const RunReport& report, std::size_t in_circle);

/// For a page of Markdown: verdict, circle and repairs, the text folded away.
[[nodiscard]] std::string run_report_markdown(const RunReport& report, std::size_t in_circle);

/// One JSON document for all runs. `interrupted`: files that were not finished because somebody ended the program.
[[nodiscard]] std::string run_report_json(const std::vector<RunReport>& reports,
                                          const std::vector<std::string>& interrupted = {});

/// The same in two parts, where each report is made in a process of its own: what stands for one of them, and the
/// document of those. Requires: `runs` are of run_json_part; `code` is the most severe of theirs.
[[nodiscard]] std::string run_json_part(const RunReport& report);
[[nodiscard]] std::string run_json_of_parts(const std::vector<std::string>& runs, models::ExitCode code,
                                            const std::vector<std::string>& interrupted = {});

}  // namespace dmstall::analysis
