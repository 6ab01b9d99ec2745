#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "analysis/use/compare/comparison.hpp"
#include "models/machine/compile.hpp"

namespace dmstall::analysis {

namespace {

/// What a warning says, without where: an edited line moves the columns of what follows in it.
std::set<std::string> messages_of(const std::vector<models::Diagnostic>& diagnostics) {
  std::set<std::string> messages;
  for (const models::Diagnostic& diagnostic : diagnostics) messages.insert(diagnostic.message);
  return messages;
}

bool has_setting(const PlannedRow& row, const models::Setting& wanted) {
  return std::any_of(row.settings.begin(), row.settings.end(), [&](const models::Setting& setting) {
    return setting.key == wanted.key && setting.value == wanted.value;
  });
}

std::size_t reference_row(ComparisonPlan& plan, const std::vector<models::Setting>& reference,
                          const std::vector<std::vector<bool>>& own) {
  for (const models::Setting& wanted : reference) {
    if (std::find(plan.keys.begin(), plan.keys.end(), wanted.key) == plan.keys.end()) {
      throw GridError(
          fmt::format("--reference {}={}: {} is not varied", wanted.key, wanted.value, models::in_quotes(wanted.key)));
    }
    if (std::none_of(plan.rows.begin(), plan.rows.end(),
                     [&](const PlannedRow& row) { return has_setting(row, wanted); })) {
      throw GridError(fmt::format("--reference {}={}: {} is not among the values of {}", wanted.key, wanted.value,
                                  models::in_quotes(wanted.value), models::in_quotes(wanted.key)));
    }
  }
  // What the reference leaves open is as in the file, where a row is.
  std::optional<std::size_t> best;
  std::ptrdiff_t best_own = -1;
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    if (!std::all_of(reference.begin(), reference.end(),
                     [&](const models::Setting& wanted) { return has_setting(plan.rows[i], wanted); }))
      continue;
    const std::ptrdiff_t as_in_file = std::count(own[i].begin(), own[i].end(), true);
    const bool whole = as_in_file == static_cast<std::ptrdiff_t>(own[i].size());
    if (!best || (as_in_file > best_own && (whole || !reference.empty()))) best = i, best_own = as_in_file;
  }
  if (!best) throw GridError("--reference: a key has two values");
  plan.reference_chosen = !reference.empty() || best_own == static_cast<std::ptrdiff_t>(own.front().size());
  return *best;
}

/// Footprints of which equal ones are one object.
class Footprints {
 public:
  std::shared_ptr<const models::Footprint> kept(models::Footprint memory) {
    auto& alike = known_[{memory.bytes, memory.shared_bytes}];
    for (const auto& each : alike) {
      if (*each == memory) return each;
    }
    return alike.emplace_back(std::make_shared<const models::Footprint>(std::move(memory)));
  }

 private:
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::shared_ptr<const models::Footprint>>> known_;
};

class Planning {
 public:
  Planning(ComparisonPlan& plan, const std::vector<ScenarioText>& files) : plan_(plan), files_(files) {
    for (const ScenarioText& file : files) {
      const std::set<std::string> said =
          messages_of(models::read_scenario_text(file.text, file.base.file, {}, "").read.diagnostics);
      warned_.insert(said.begin(), said.end());
    }
  }

  void add(std::size_t file, const std::vector<models::Setting>& settings, std::vector<bool>& as_in_file) {
    PlannedRow& row = plan_.rows.emplace_back();
    row.file = file;
    row.settings = settings;
    for (const models::Setting& setting : settings) as_in_file.push_back(is_own(file, setting));
    if (!plan_.shard.has(plan_.rows.size() - 1)) return;
    const ScenarioText& text = files_[file];
    models::SettingsResult result = models::read_scenario_text(text.text, text.base.file, settings, "--vary");
    if (!result.key_error.empty())
      throw GridError(files_.size() > 1 ? fmt::format("--vary: {}: {}", text.base.file, result.key_error)
                                        : "--vary: " + result.key_error);
    if (!result.read.scenario) throw RefusedSetting(models::format_diagnostics(result.read.diagnostics));
    for (const models::Diagnostic& diagnostic : result.read.diagnostics) {
      if (warned_.insert(diagnostic.message).second) plan_.warnings.push_back(models::format_diagnostics({diagnostic}));
    }
    row.reserved_ios = result.read.scenario->kernel.reserved_bio_based_ios;
    try {
      row.memory = footprints_.kept(models::footprint(*result.read.scenario));
    } catch (const models::CompileError& error) {
      throw RefusedSetting(
          fmt::format("{}:{}:{}: error: {}\n", text.base.file, error.line, error.column, error.what()));
    }
  }

 private:
  /// A value occurs in many rows and is looked at once.
  bool is_own(std::size_t file, const models::Setting& setting) {
    const auto [known, fresh] = own_.emplace(std::tuple(file, setting.key, setting.value), false);
    if (fresh) known->second = models::is_own_value(files_[file].text, files_[file].base.file, setting);
    return known->second;
  }

  ComparisonPlan& plan_;
  const std::vector<ScenarioText>& files_;
  std::set<std::string> warned_;
  std::map<std::tuple<std::size_t, std::string, std::string>, bool> own_;
  Footprints footprints_;
};

}  // namespace

ComparisonPlan plan_comparison(const std::vector<ScenarioText>& files, const std::vector<models::Variation>& variations,
                               const std::vector<models::Setting>& reference, Shard shard) {
  ComparisonPlan plan;
  plan.shard = shard;
  const bool several = files.size() > 1;
  if (several) plan.keys.emplace_back(scenario_key);
  for (const models::Variation& variation : variations) plan.keys.push_back(variation.key);
  for (const ScenarioText& file : files) plan.files.push_back({file.base.file, file.base.name, file.text});
  const std::vector<std::vector<models::Setting>> grid = setting_grid(variations);
  if (grid.size() * files.size() > most_combinations)
    throw GridError(fmt::format("more than {} combinations of values", most_combinations));
  Planning planning(plan, files);
  std::vector<std::vector<bool>> own;
  for (std::size_t file = 0; file < files.size(); ++file) {
    for (const std::vector<models::Setting>& settings : grid) planning.add(file, settings, own.emplace_back());
  }
  plan.reference = reference_row(plan, reference, own);
  return plan;
}

ComparisonPlan plan_comparison(const std::string& text, const models::Scenario& base,
                               const std::vector<models::Variation>& variations,
                               const std::vector<models::Setting>& reference) {
  return plan_comparison({{text, base}}, variations, reference);
}

models::Scenario scenario_of(const ComparisonPlan& plan, const PlannedRow& row) {
  const PlannedFile& file = plan.files[row.file];
  models::SettingsResult result = models::read_scenario_text(file.text, file.file, row.settings, "--vary");
  return std::move(result.read.scenario.value());
}

}  // namespace dmstall::analysis
