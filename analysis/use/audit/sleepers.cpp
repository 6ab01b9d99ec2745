#include "analysis/use/audit/sleepers.hpp"

#include <algorithm>
#include <set>

#include "analysis/use/audit/fit.hpp"

namespace dmstall::analysis {

bool SleeperComparison::all_found() const {
  return std::none_of(waits.begin(), waits.end(), [](const WitnessWait& wait) { return wait.sleepers.empty(); });
}

bool AuditedSleepers::agree() const {
  if (outcome.starts_with("completed")) return verdict == models::VerdictKind::progress;
  const bool stuck = verdict == models::VerdictKind::deadlock || verdict == models::VerdictKind::stall;
  return stuck && comparison.all_found() && !comparison.waits.empty();
}

SleeperComparison compare_sleepers(const models::StuckReport& stuck, const RecordedTrace& recorded) {
  SleeperComparison comparison;
  std::set<std::size_t> known;
  for (const models::BlockedThread& thread : stuck.threads) {
    // Elements that are waited for are waited for by a thread; children and bios below are their own rows.
    if (thread.resource == models::no_resource || thread.functions.empty()) continue;
    // A queued work item lies in a list: its wait is named in words, and nobody sleeps in it.
    if (functions_of(thread.functions).front().find(' ') != std::string::npos) continue;
    WitnessWait wait{thread.who, thread.functions, {}};
    for (std::size_t i = 0; i < recorded.events.size(); ++i) {
      if (fit(functions_of(thread.functions), recorded.events[i], recorded.hidden) == 0) continue;
      wait.sleepers.push_back(i);
      known.insert(i);
    }
    comparison.waits.push_back(std::move(wait));
  }
  for (std::size_t i = 0; i < recorded.events.size(); ++i) {
    if (known.count(i) == 0) comparison.others.push_back(i);
  }
  return comparison;
}

}  // namespace dmstall::analysis
