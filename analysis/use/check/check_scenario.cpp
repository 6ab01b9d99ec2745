#include "analysis/use/check/check_scenario.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "analysis/digest.hpp"
#include "analysis/use/check/promote.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/scenario/reader.hpp"
#include "models/scenario/settings.hpp"

namespace dmstall::analysis {

CheckOutcome refused_outcome(const std::vector<models::Diagnostic>& diagnostics) {
  CheckOutcome outcome;
  outcome.kind = CheckKind::refused;
  outcome.found = "refused";
  outcome.diagnostics = models::format_diagnostics(diagnostics);
  const auto first = std::find_if(diagnostics.begin(), diagnostics.end(), [](const models::Diagnostic& each) {
    return each.severity == models::Severity::error;
  });
  if (first == diagnostics.end()) return outcome;
  outcome.found = models::format_headline(*first);
  outcome.line = std::max(first->line, 1);
  outcome.column = std::max(first->column, 1);
  return outcome;
}

CheckOutcome check_scenario(const std::string& file, std::uint64_t seed, const CheckWriters& writers,
                            const RunBounds& bounds, const std::string& release) {
  const auto begun = RunBounds::Clock::now();
  models::FileText text = models::read_file_text(file);
  if (!text.text) return refused_outcome(text.diagnostics);
  const std::string text_digest = digest_of_text(*text.text);
  models::ReadResult read = models::read_scenario_on(*text.text, file, release);
  if (!read.scenario) return refused_outcome(read.diagnostics);
  const std::string diagnostics = models::format_diagnostics(read.diagnostics);
  RunOptions options;
  options.seed = seed;
  options.compare_without_faults = false;
  options.bounds = bounds;
  RunReport report = run_scenario(*read.scenario, options);
  CheckOutcome outcome = writers.outcome(report, *read.scenario);
  outcome.diagnostics = diagnostics;
  outcome.text_digest = text_digest;
  outcome.release = read.scenario->kernel.release.name();
  if (outcome.kind != CheckKind::passed) {
    // Only who has to look into a failure needs to know what happens without the faults. A second run that ends before
    // the first did would say something else.
    options.compare_without_faults = true;
    constexpr double enough_again = 2;
    const double took_s = std::chrono::duration<double>(RunBounds::Clock::now() - begun).count();
    const bool enough_time = bounds.within(enough_again * took_s) >= enough_again * took_s;
    if (outcome.kind == CheckKind::unmet && report.without_faults && enough_time)
      report = run_scenario(*read.scenario, options);
    report.file = file;
    outcome.report = writers.report(report);
  }
  if (writers.page) outcome.page = writers.page(report, *read.scenario, outcome);
  return outcome;
}

}  // namespace dmstall::analysis
