#include "analysis/compare/comparison.hpp"
#include "models/machine/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace dmstall::analysis {

namespace {

/// What a warning says, without where: an edited line moves the columns of what follows in it.
std::set<std::string> messages_of(const std::vector<models::Diagnostic>& diagnostics) {
  std::set<std::string> messages;
  for (const models::Diagnostic& diagnostic : diagnostics) messages.insert(diagnostic.message);
  return messages;
}

bool has_setting(const PlannedRow& row, const models::Setting& wanted) {
  return std::any_of(row.settings.begin(), row.settings.end(),
                     [&](const models::Setting& setting) { return setting.key == wanted.key && setting.value == wanted.value; });
}

std::size_t reference_row(ComparisonPlan& plan, const std::vector<models::Setting>& reference, const std::vector<std::vector<bool>>& own) {
  for (const models::Setting& wanted : reference) {
    if (std::find(plan.keys.begin(), plan.keys.end(), wanted.key) == plan.keys.end()) {
      throw GridError(fmt::format("--reference {}={}: {} is not varied", wanted.key, wanted.value, models::in_quotes(wanted.key)));
    }
    if (std::none_of(plan.rows.begin(), plan.rows.end(), [&](const PlannedRow& row) { return has_setting(row, wanted); })) {
      throw GridError(fmt::format("--reference {}={}: {} is not among the values of {}", wanted.key, wanted.value, models::in_quotes(wanted.value),
                                  models::in_quotes(wanted.key)));
    }
  }
  // What the reference leaves open is as in the file, where a row is.
  std::optional<std::size_t> best;
  std::ptrdiff_t best_own = -1;
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    if (!std::all_of(reference.begin(), reference.end(), [&](const models::Setting& wanted) { return has_setting(plan.rows[i], wanted); })) continue;
    const std::ptrdiff_t as_in_file = std::count(own[i].begin(), own[i].end(), true);
    const bool whole = as_in_file == static_cast<std::ptrdiff_t>(plan.keys.size());
    if (!best || (as_in_file > best_own && (whole || !reference.empty()))) best = i, best_own = as_in_file;
  }
  if (!best) throw GridError("--reference: a key has two values");
  plan.reference_chosen = !reference.empty() || best_own == static_cast<std::ptrdiff_t>(plan.keys.size());
  return *best;
}

}  // namespace

ComparisonPlan plan_comparison(const std::string& text, const models::Scenario& base, const std::vector<models::Variation>& variations,
                               const std::vector<models::Setting>& reference) {
  ComparisonPlan plan;
  plan.file = base.file;
  plan.scenario = base.name;
  for (const models::Variation& variation : variations) plan.keys.push_back(variation.key);
  std::set<std::string> warned = messages_of(models::read_scenario_text(text, base.file, {}, "").read.diagnostics);
  std::vector<std::vector<bool>> own;
  for (std::vector<models::Setting>& settings : setting_grid(variations)) {
    models::SettingsResult result = models::read_scenario_text(text, base.file, settings, "--vary");
    if (!result.key_error.empty()) throw GridError("--vary: " + result.key_error);
    if (!result.read.scenario) throw RefusedSetting(models::format_diagnostics(result.read.diagnostics));
    for (const models::Diagnostic& diagnostic : result.read.diagnostics) {
      if (warned.insert(diagnostic.message).second) plan.warnings.push_back(models::format_diagnostics({diagnostic}));
    }
    std::vector<bool>& as_in_file = own.emplace_back();
    for (const models::Setting& setting : settings) as_in_file.push_back(models::is_own_value(text, base.file, setting));
    try {
      Footprint memory = footprint(*result.read.scenario);
      plan.rows.push_back({std::move(settings), std::move(*result.read.scenario), std::move(memory)});
    } catch (const models::CompileError& error) {
      throw RefusedSetting(fmt::format("{}:{}:{}: error: {}\n", base.file, error.line, error.column, error.what()));
    }
  }
  plan.reference = reference_row(plan, reference, own);
  return plan;
}

}  // namespace dmstall::analysis
