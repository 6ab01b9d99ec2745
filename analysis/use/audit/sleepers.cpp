#include "analysis/use/audit/sleepers.hpp"

#include <algorithm>
#include <set>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/replay/replay.hpp"
#include "analysis/use/audit/fit.hpp"
#include "analysis/verdict/run_scenario.hpp"

namespace dmstall::analysis {

namespace {

using models::BlockedThread;
using models::VerdictKind;

/// The functions that a thread sleeps in; empty where none does. Elements that are waited for are waited for by a
/// thread; children and bios below are their own rows. A queued work item lies in a list: its wait is named in words.
std::vector<std::string> sleeps_in(const BlockedThread& thread) {
  if (thread.resource == models::no_resource) return {};
  std::vector<std::string> functions = functions_of(thread.functions);
  if (!functions.empty() && functions.front().find(' ') != std::string::npos) functions.clear();
  return functions;
}

/// Sleepers as waits are looked for among them.
class Asleep {
 public:
  Asleep(const RecordedTrace& recorded, const TraceModel& model)
      : recorded_(recorded), explainer_(model, recorded.hidden) {
    for (const RecordedEvent& event : recorded.events) most_.push_back(explainer_.most_telling(event));
  }

  [[nodiscard]] std::vector<std::size_t> in(const std::vector<std::string>& functions) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < recorded_.events.size(); ++i) {
      const std::size_t fits = telling_fit(functions, recorded_.events[i], recorded_.hidden);
      if (fits != 0 && fits >= most_[i]) found.push_back(i);
    }
    return found;
  }

  [[nodiscard]] SleeperComparison compare(const models::StuckReport& stuck) const {
    SleeperComparison comparison;
    std::set<std::size_t> known;
    for (const BlockedThread& thread : stuck.threads) {
      const std::vector<std::string> functions = sleeps_in(thread);
      if (functions.empty()) continue;
      WitnessWait wait{thread.who, thread.functions, in(functions)};
      known.insert(wait.sleepers.begin(), wait.sleepers.end());
      comparison.waits.push_back(std::move(wait));
    }
    for (std::size_t i = 0; i < recorded_.events.size(); ++i) {
      if (known.count(i) == 0) comparison.others.push_back(explainer_.explain(recorded_.events[i]));
    }
    return comparison;
  }

 private:
  const RecordedTrace& recorded_;
  Explainer explainer_;
  std::vector<std::size_t> most_;  ///< of each event: how many functions of the step that fits best tell whose it is
};

bool is_stuck(VerdictKind verdict) {
  return verdict == VerdictKind::deadlock || verdict == VerdictKind::stall;
}

/// Another stuck set of the machine, of which every wait is a sleep of the recording; no threads where none was met.
models::StuckReport stuck_where_they_sleep(const models::Machine& machine, const Asleep& asleep,
                                           const RunOptions& options) {
  ExploreOptions search = options.search;
  search.wanted = [&](const models::StuckReport& stuck) {
    bool anybody = false;
    for (const BlockedThread& thread : stuck.threads) {
      const std::vector<std::string> functions = sleeps_in(thread);
      if (functions.empty()) continue;
      if (asleep.in(functions).empty()) return false;
      anybody = true;
    }
    return anybody;
  };
  const Exploration found = explore(machine, search);
  if (found.verdict != VerdictKind::deadlock || !replay(machine, found.witness).confirmed) return {};
  return found.stuck;
}

}  // namespace

bool SleeperComparison::all_found() const {
  return !waits.empty() &&
         std::none_of(waits.begin(), waits.end(), [](const WitnessWait& wait) { return wait.sleepers.empty(); });
}

bool AuditedSleepers::agree() const {
  if (outcome.starts_with("completed")) return verdict == VerdictKind::progress;
  return is_stuck(verdict) && comparison.all_found() &&
         std::none_of(comparison.others.begin(), comparison.others.end(),
                      [](const AuditedEvent& event) { return event.how == Explained::not_explained; });
}

SleeperComparison compare_sleepers(const models::StuckReport& stuck, const RecordedTrace& recorded,
                                   const TraceModel& model) {
  return Asleep(recorded, model).compare(stuck);
}

AuditedSleepers audit_sleepers(const std::string& path, const RecordedTrace& recorded, const models::Scenario& scenario,
                               const RunOptions& options) {
  AuditedSleepers audited;
  audited.path = path;
  audited.kernel = recorded.kernel;
  audited.scenario = recorded.scenario;
  audited.outcome = recorded.outcome;
  audited.model = trace_model(scenario);
  const RunReport report = run_scenario(scenario, options);
  audited.verdict = report.verdict;
  if (!is_stuck(report.verdict)) return audited;
  const Asleep asleep(recorded, audited.model);
  audited.comparison = asleep.compare(report.stuck);
  if (audited.comparison.all_found()) return audited;
  const models::StuckReport other = stuck_where_they_sleep(report.machine, asleep, options);
  if (other.threads.empty()) return audited;
  audited.comparison = asleep.compare(other);
  audited.of_least = false;
  return audited;
}

}  // namespace dmstall::analysis
