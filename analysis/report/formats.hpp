// Which formats a verb writes: one table per verb, one row per format. Options, help and dispatch are made of the
// tables.
//
// A row is a name, what it is for, and functions; what is null the format does not have.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/report/text_options.hpp"
#include "analysis/use/audit/audit.hpp"
#include "analysis/use/check/check_outcome.hpp"
#include "analysis/use/compare/comparison.hpp"
#include "analysis/use/size/sizing.hpp"
#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// What was made of all files of `run`.
struct RunBatch {
  std::vector<std::string> parts;  ///< of RunFormat::part
  std::vector<CheckOutcome> outcomes;
  models::ExitCode code = models::ExitCode::progress;  ///< the most severe of theirs
  std::vector<std::string> left;                       ///< files that were not finished, because somebody ended it
};

struct RunFormat {
  const char* name;
  const char* about;  ///< for whom, in a few words: the man page lists them
  /// A report that is printed as soon as it is there. `in_circle`: so many of its threads are the circle.
  std::string (*text)(const RunReport& report, std::size_t in_circle, const TextOptions& options);
  /// What stands for a report in the document of all; made in the process of its file.
  std::string (*part)(const RunReport& report);
  std::string (*document)(const RunBatch& batch);
  bool takes_steps = false;   ///< --steps and --details add to it
  bool tells_errors = false;  ///< why a file has no verdict stands among the reports, and not on stderr
};
/// The first is the default.
[[nodiscard]] const std::vector<RunFormat>& run_formats();
/// Of the text: --style.
[[nodiscard]] const std::vector<RunFormat>& run_styles();

struct CheckFormat {
  const char* name;
  const char* about;  ///< for whom, in a few words: the man page lists them
  /// Null: told scenario by scenario (CheckText).
  std::string (*document)(const CheckRun& run);
  bool has_pictures = false;  ///< wants CheckOutcome::page
};
[[nodiscard]] const std::vector<CheckFormat>& check_formats();

/// Of a table: a comparison, a sizing.
template <typename Table>
struct TableFormat {
  const char* name;
  const char* about;  ///< for whom, in a few words: the man page lists them
  std::string (*write)(const Table& table, bool colour);
  /// The document that says why there is no table.
  std::string (*error)(const std::string& message, models::ExitCode code);
};
[[nodiscard]] const std::vector<TableFormat<Comparison>>& compare_formats();
[[nodiscard]] const std::vector<TableFormat<Sizing>>& size_formats();

struct AuditFormat {
  const char* name;
  const char* about;  ///< for whom, in a few words: the man page lists them
  std::string (*write)(const Audit& audit, bool details);
};
[[nodiscard]] const std::vector<AuditFormat>& audit_formats();

/// In the order of the table.
template <typename Format>
[[nodiscard]] std::vector<std::string> names_of(const std::vector<Format>& formats) {
  std::vector<std::string> names;
  for (const Format& each : formats) names.emplace_back(each.name);
  return names;
}

/// Null when none is called that.
template <typename Format>
[[nodiscard]] const Format* find_format(const std::vector<Format>& formats, const std::string& name) {
  for (const Format& each : formats) {
    if (name == each.name) return &each;
  }
  return nullptr;
}

}  // namespace dmstall::analysis
