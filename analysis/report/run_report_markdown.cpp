#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/markdown_text.hpp"
#include "analysis/report/omissions_text.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/repair_text.hpp"
#include "analysis/report/run_report.hpp"

namespace dmstall::analysis {

namespace {

std::string circle(const RunReport& report, std::size_t in_circle) {
  std::string out = "| thread | waits for | holds | in |\n|---|---|---|---|\n";
  const std::size_t all = report.stuck.threads.size(),
                    rows = std::min<std::size_t>(all, in_circle > 0 ? in_circle : 10);
  for (std::size_t i = 0; i < rows; ++i) {
    const models::BlockedThread& thread = report.stuck.threads[i];
    out +=
        fmt::format("| {} | {} | {} | {} |\n", markdown_plain(thread.who), markdown_plain(thread.waits_for),
                    markdown_plain(fmt::format("{}", fmt::join(thread.holds, ", "))), markdown_code(thread.functions));
  }
  return out + "\n";
}

}  // namespace

std::string run_report_markdown(const RunReport& report, std::size_t in_circle) {
  const std::string verdict = report.error ? "ERROR" : std::string(to_string(report.verdict));
  std::string out =
      fmt::format("### {}: {}\n\n{}\n\n", verdict,
                  markdown_plain(report.scenario.empty() ? report.file : report.scenario), markdown_code(report.file));
  if (report.error) return out + markdown_block(error_text(report));
  if (!report.stuck.threads.empty()) out += circle(report, in_circle);
  if (!report.stuck.circle.empty()) {
    out += fmt::format("- circle: {}, kind {}\n",
                       markdown_plain(fmt::format("{}", fmt::join(report.stuck.circle, " -> "))),
                       to_string(report.stuck.kind));
  }
  if (report.verdict == models::VerdictKind::deadlock)
    out += fmt::format("- relieved by memory: {}\n", report.relieved_by_memory ? "yes" : "no");
  for (const std::string& assumption : report.assumptions) out += fmt::format("- {}\n", markdown_plain(assumption));
  out += fmt::format("- {}\n", markdown_plain(reason_text(report)));
  if (report.without_faults)
    out += fmt::format("- without faults: {}\n", markdown_plain(to_text(*report.without_faults)));
  for (const Repair& repair : report.repairs) {
    out += fmt::format("- repair, re-checked: {}: {} ({})\n", markdown_plain(to_text(repair.change)),
                       markdown_plain(to_text(repair.outcome)), markdown_plain(repair.offered));
  }
  for (const models::Omission& omission : report.omissions) {
    if (could_matter(omission, report.verdict)) {
      out += fmt::format("- left out, {}: {}: {}\n", in_words(omission.effect), markdown_code(omission.id),
                         markdown_plain(omission.reason));
    }
  }
  return out + "\n" + markdown_folded("the whole report", markdown_block(plain_run_report(report)));
}

}  // namespace dmstall::analysis
