// Every step that a trace could show and none of the tree does has a reason, and no reason is about a step that one
// shows.
#include "models/kernel/traces/never_seen.hpp"

#include <tuple>

#include "analysis/use/audit/audit.hpp"
#include "models/scenario/settings.hpp"
#include "tests/audit/recorded_files.hpp"

namespace dmstall::tests {

namespace {

using models::NeverSeen;

/// Target, verb, functions, release.
using StepName = std::tuple<std::string, std::string, std::string, std::string>;
using Seen = std::map<StepName, std::uint64_t>;

/// Of all scenarios that traces of the tree were recorded for, on each release.
const Seen& seen_of_the_tree() {
  static const Seen all = [] {
    std::map<std::pair<std::string, std::string>, analysis::Audit> audits;
    for (const RecordedFile& of : recorded_files(".trace")) {
      const auto [at, fresh] = audits.try_emplace({of.trace.scenario, of.trace.release});
      if (fresh) {
        auto read = models::read_scenario_file_on((tree() / of.trace.scenario).string(), of.trace.release);
        if (!read.scenario) throw std::runtime_error(models::format_diagnostics(read.diagnostics));
        at->second.models.push_back(
            {of.trace.scenario, of.trace.release, analysis::trace_model(std::move(*read.scenario)), {}});
      }
      analysis::add_trace(at->second, 0, of.path.string(), of.trace);
    }
    Seen seen;
    for (const auto& [of, audit] : audits) {
      const analysis::AuditedModel& model = audit.models[0];
      for (std::size_t i = 0; i < model.model.steps.size(); ++i) {
        const analysis::TracedStep& step = model.model.steps[i];
        if (!analysis::can_be_shown(step)) continue;
        for (const std::string& target : step.targets) {
          if (target != "workload")
            seen[{target, step.what.substr(0, step.what.find(' ')), step.chain, of.second}] += model.seen[i];
        }
      }
    }
    return seen;
  }();
  return all;
}

bool is_about(const NeverSeen& reason, const StepName& step) {
  const auto& [target, verb, chain, release] = step;
  return reason.verb == verb && reason.chain == chain && (reason.release.empty() || reason.release == release);
}

std::string text_of(const StepName& step) {
  const auto& [target, verb, chain, release] = step;
  return verb + " [" + chain + "] of " + target + " on " + release;
}

/// What is wrong with these reasons.
std::vector<std::string> complaints(const Seen& seen, const std::vector<NeverSeen>& reasons) {
  std::vector<std::string> all;
  for (const auto& [step, times] : seen) {
    const auto has = std::count_if(reasons.begin(), reasons.end(),
                                   [&, of = step](const NeverSeen& reason) { return is_about(reason, of); });
    if (times == 0 && has == 0) all.push_back("no trace and no reason: " + text_of(step));
    if (times != 0 && has != 0) all.push_back("a trace shows it: " + text_of(step));
    if (has > 1) all.push_back("two reasons: " + text_of(step));
  }
  for (const NeverSeen& reason : reasons) {
    if (std::none_of(seen.begin(), seen.end(), [&](const auto& each) { return is_about(reason, each.first); }))
      all.push_back("about no step: " + std::string(reason.chain));
  }
  return all;
}

}  // namespace

TEST(NeverSeen, EveryStepHasATraceOrAReason) {
  for (const std::string& each : complaints(seen_of_the_tree(), models::never_seen())) ADD_FAILURE() << each;
}

TEST(NeverSeen, AReasonNamesOneStepAndSaysSomething) {
  for (const NeverSeen& reason : models::never_seen()) {
    EXPECT_NE(reason.chain.find(" < "), std::string_view::npos) << reason.chain;
    EXPECT_EQ(reason.chain.find('*'), std::string_view::npos) << reason.chain;
    EXPECT_GE(reason.condition.size(), 40U) << reason.chain;
    EXPECT_FALSE(reason.condition.ends_with('.')) << reason.chain;
    EXPECT_FALSE(to_string(reason.kind).empty()) << reason.chain;
  }
}

TEST(NeverSeen, ComplaintsAreMade) {
  const Seen seen{{{"verity", "take", "a < b", "6.1"}, 0},
                  {{"verity", "take", "a < b", "6.12"}, 3},
                  {{"loop", "give", "c < d", "6.1"}, 0}};
  const NeverSeen first{"take", "a < b", models::WhyNotSeen::moment, "why", "6.1"};
  const NeverSeen second{"give", "c < d", models::WhyNotSeen::no_event, "why"};
  EXPECT_TRUE(complaints(seen, {first, second}).empty());
  EXPECT_EQ(complaints(seen, {first}),
            (std::vector<std::string>{"no trace and no reason: give [c < d] of loop on 6.1"}));
  NeverSeen both = first;
  both.release = {};
  EXPECT_EQ(complaints(seen, {both, second}),
            (std::vector<std::string>{"a trace shows it: take [a < b] of verity on 6.12"}));
  NeverSeen nothing = second;
  nothing.chain = "c < e";
  EXPECT_EQ(complaints(seen, {first, second, nothing}), (std::vector<std::string>{"about no step: c < e"}));
  EXPECT_EQ(complaints(seen, {first, second, second}).size(), 1U);
}

}  // namespace dmstall::tests
