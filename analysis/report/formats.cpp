#include "analysis/report/formats.hpp"

#include <fmt/format.h>

#include "analysis/report/alert_formats.hpp"
#include "analysis/report/check_report.hpp"
#include "analysis/report/comparison_report.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/report/size_report.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;

std::string run_text(const RunReport& report, std::size_t, bool colour) {
  return run_report_text(report, colour);
}
std::string run_lockdep(const RunReport& report, std::size_t in_circle, bool) {
  return run_report_lockdep(report, in_circle);
}
std::string run_markdown(const RunReport& report, std::size_t in_circle, bool) {
  return run_report_markdown(report, in_circle);
}
std::string run_json(const RunBatch& batch) {
  return run_json_of_parts(batch.parts, batch.code, batch.left);
}
std::string run_sarif(const RunBatch& batch) {
  return sarif(run_alerts(batch.outcomes),
               {batch.left.empty() ? batch.code : ExitCode::interrupted, batch.left.empty(), false});
}
std::string run_github(const RunBatch& batch) {
  return github_annotations(run_alerts(batch.outcomes), fmt::format("{} scenarios run", batch.outcomes.size()));
}

std::string check_junit_for_all(const CheckRun& run) {
  return check_junit(run);
}
std::string check_junit_for_xunit(const CheckRun& run) {
  return check_junit(run, JUnitFor::xunit);
}
std::string check_sarif(const CheckRun& run) {
  return sarif(check_alerts(run), {exit_code(run), run.ending == CheckEnding::complete, run.held_against_baseline});
}
std::string check_github(const CheckRun& run) {
  return github_annotations(check_alerts(run), check_counts(run));
}
std::string check_printable_markdown(const CheckRun& run) {
  return models::printable_lines(check_markdown(run));
}

/// A writer that knows no colours.
template <typename Table, std::string (*write)(const Table&)>
std::string plain(const Table& table, bool) {
  return write(table);
}

}  // namespace

const std::vector<RunFormat>& run_formats() {
  static const std::vector<RunFormat> formats = {
      {"text", run_text, nullptr, nullptr, true, false},
      {"json", nullptr, run_json_part, run_json, false, false},
      {"sarif", nullptr, nullptr, run_sarif, false, false},
      {"github", nullptr, nullptr, run_github, false, false},
      {"markdown", run_markdown, nullptr, nullptr, false, true},
  };
  return formats;
}

const std::vector<RunFormat>& run_styles() {
  static const std::vector<RunFormat> styles = {
      {"report", run_text, nullptr, nullptr, true, false},
      {"lockdep", run_lockdep, nullptr, nullptr, false, false},
  };
  return styles;
}

const std::vector<CheckFormat>& check_formats() {
  static const std::vector<CheckFormat> formats = {
      {"text", nullptr},
      {"json", check_json},
      {"junit", check_junit_for_all},
      {"xunit", check_junit_for_xunit},
      {"sarif", check_sarif},
      {"github", check_github},
      {"markdown", check_printable_markdown},
  };
  return formats;
}

const std::vector<TableFormat<Comparison>>& compare_formats() {
  static const std::vector<TableFormat<Comparison>> formats = {
      {"text", comparison_text, nullptr},
      {"markdown", plain<Comparison, comparison_markdown>, nullptr},
      {"csv", plain<Comparison, comparison_csv>, nullptr},
      {"json", plain<Comparison, comparison_json>, comparison_error_json},
  };
  return formats;
}

const std::vector<TableFormat<Sizing>>& size_formats() {
  static const std::vector<TableFormat<Sizing>> formats = {
      {"text", sizing_text, nullptr},
      {"markdown", plain<Sizing, sizing_markdown>, nullptr},
      {"csv", plain<Sizing, sizing_csv>, nullptr},
      {"json", plain<Sizing, sizing_json>, sizing_error_json},
  };
  return formats;
}

}  // namespace dmstall::analysis
