#include "analysis/report/formats.hpp"

#include <fmt/format.h>

#include "analysis/report/alert_formats.hpp"
#include "analysis/report/audit_report.hpp"
#include "analysis/report/check_report.hpp"
#include "analysis/report/comparison_report.hpp"
#include "analysis/report/html/page.hpp"
#include "analysis/report/run_report.hpp"
#include "analysis/report/size_report.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;

std::string run_text(const RunReport& report, std::size_t, const TextOptions& options) {
  return run_report_text(report, options);
}
std::string run_lockdep(const RunReport& report, std::size_t in_circle, const TextOptions&) {
  return run_report_lockdep(report, in_circle);
}
std::string run_markdown(const RunReport& report, std::size_t in_circle, const TextOptions&) {
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

std::string audit_document(const Audit& audit, bool) {
  return audit_json(audit);
}

/// A writer that knows no colours.
template <typename Table, std::string (*write)(const Table&)>
std::string plain(const Table& table, bool) {
  return write(table);
}

}  // namespace

const std::vector<RunFormat>& run_formats() {
  static const std::vector<RunFormat> formats = {
      {"text", "for people, on a terminal", run_text, nullptr, nullptr, true, false},
      {"json", "one document with all that the text says, for programs", nullptr, run_json_part, run_json, false,
       false},
      {"sarif", "for code scanning of forges", nullptr, nullptr, run_sarif, false, false},
      {"github", "annotations of a GitHub workflow", nullptr, nullptr, run_github, false, false},
      {"markdown", "for a comment or a summary", run_markdown, nullptr, nullptr, false, true},
  };
  return formats;
}

const std::vector<RunFormat>& run_styles() {
  static const std::vector<RunFormat> styles = {
      {"report", "the report of dmstall", run_text, nullptr, nullptr, true, false},
      {"lockdep", "a splat of 75 columns, for a mail", run_lockdep, nullptr, nullptr, false, false},
  };
  return styles;
}

const std::vector<CheckFormat>& check_formats() {
  static const std::vector<CheckFormat> formats = {
      {"text", "a line for each scenario, the report of each failure", nullptr},
      {"json", "one document, for programs", check_json},
      {"junit", "for GitLab and others that read JUnit", check_junit_for_all},
      {"xunit", "the same with what Jenkins' xunit plugin lets through", check_junit_for_xunit},
      {"sarif", "for code scanning of forges", check_sarif},
      {"github", "annotations of a GitHub workflow", check_github},
      {"markdown", "for a comment or a summary", check_printable_markdown},
      {"html", "a page to look at, without a network", check_page, true},
  };
  return formats;
}

const std::vector<TableFormat<Comparison>>& compare_formats() {
  static const std::vector<TableFormat<Comparison>> formats = {
      {"text", "for people, on a terminal", comparison_text, nullptr},
      {"markdown", "tables for a page or a mail", plain<Comparison, comparison_markdown>, nullptr},
      {"csv", "rows for a spreadsheet", plain<Comparison, comparison_csv>, nullptr},
      {"json", "one document with every run, for programs", plain<Comparison, comparison_json>, comparison_error_json},
      {"html", "a page to look at, without a network", plain<Comparison, comparison_page>, nullptr},
  };
  return formats;
}

const std::vector<TableFormat<Sizing>>& size_formats() {
  static const std::vector<TableFormat<Sizing>> formats = {
      {"text", "for people, on a terminal", sizing_text, nullptr},
      {"markdown", "tables for a page or a mail", plain<Sizing, sizing_markdown>, nullptr},
      {"csv", "rows for a spreadsheet", plain<Sizing, sizing_csv>, nullptr},
      {"json", "one document with every run, for programs", plain<Sizing, sizing_json>, sizing_error_json},
      {"html", "a page to look at, without a network", plain<Sizing, sizing_page>, nullptr},
  };
  return formats;
}

const std::vector<AuditFormat>& audit_formats() {
  static const std::vector<AuditFormat> formats = {
      {"text", "what is unexplained and what was not seen, for people", audit_text},
      {"json", "one document with every event and every step, for programs", audit_document},
  };
  return formats;
}

}  // namespace dmstall::analysis
