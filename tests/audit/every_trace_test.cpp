// Every recorded trace of the tree: nothing that a kernel did is unexplained, and the table of the folder is fresh.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>

#include "analysis/use/audit/audit.hpp"
#include "analysis/use/audit/fit.hpp"
#include "models/kernel/traces/outside.hpp"
#include "models/scenario/settings.hpp"
#include "tests/audit/recorded_files.hpp"

namespace dmstall::tests {

namespace {

const fs::path traces = tree() / "tests" / "traces";

using Recorded = RecordedFile;

const std::vector<Recorded>& recorded() {
  return recorded_files(".trace");
}

const analysis::TraceModel& model_of(const analysis::RecordedTrace& trace) {
  static std::map<std::string, analysis::TraceModel> models;
  const auto [at, fresh] = models.try_emplace(trace.scenario + "@" + trace.release);
  if (fresh) {
    auto read = models::read_scenario_file_on((tree() / trace.scenario).string(), trace.release);
    if (!read.scenario) throw std::runtime_error(models::format_diagnostics(read.diagnostics));
    at->second = analysis::trace_model(std::move(*read.scenario));
  }
  return at->second;
}

analysis::Audit audit_of(const analysis::TraceModel& model, const Recorded& of) {
  analysis::Audit audit;
  audit.models.push_back({of.trace.scenario, of.trace.release, model, {}});
  analysis::add_trace(audit, 0, of.path.string(), of.trace);
  return audit;
}

/// Functions in which something is unexplained, over all traces, when the models lack the steps for which `is_gone`.
template <typename IsGone>
std::set<std::string> makers_unexplained_without(const IsGone& is_gone) {
  std::set<std::string> makers;
  std::map<const analysis::TraceModel*, analysis::TraceModel> holed;
  for (const Recorded& of : recorded()) {
    const analysis::TraceModel& whole = model_of(of.trace);
    const auto [at, fresh] = holed.try_emplace(&whole, whole);
    if (fresh) std::erase_if(at->second.steps, is_gone);
    if (at->second.steps.size() == whole.steps.size()) continue;
    const analysis::Audit audit = audit_of(at->second, of);
    for (const analysis::AuditedEvent& event : audit.traces[0].events) {
      if (event.how == analysis::Explained::not_explained) makers.insert(analysis::maker_of(event.event));
    }
  }
  return makers;
}

}  // namespace

TEST(EveryTrace, IsThereForBothReleases) {
  ASSERT_GE(recorded().size(), 200U);
  std::map<std::string, std::size_t> by_release;
  std::set<std::string> stacks;
  for (const Recorded& of : recorded()) {
    ++by_release[of.trace.release];
    stacks.insert(of.trace.scenario);
    EXPECT_FALSE(of.trace.kernel.empty()) << of.path;
    EXPECT_FALSE(of.trace.operation.empty()) << of.path;
    EXPECT_EQ(of.path.parent_path().filename(), of.trace.release);
  }
  EXPECT_EQ(by_release.size(), 2U);
  EXPECT_GE(stacks.size(), 12U);
}

TEST(EveryTrace, HasNothingUnexplained) {
  for (const Recorded& of : recorded()) {
    const analysis::Audit audit = audit_of(model_of(of.trace), of);
    for (const analysis::AuditedEvent& event : audit.traces[0].events) {
      EXPECT_TRUE(event.how != analysis::Explained::not_explained)
          << of.path.string() << ":" << event.event.line << ": in " << analysis::maker_of(event.event) << "\n"
          << event.event.text();
    }
  }
}

/// A table that explains what no recording holds is a guess.
TEST(EveryTrace, UsesEveryEntryOfTheTables) {
  std::set<std::string> omissions, reasons;
  for (const char* extension : {".trace", ".sleepers"}) {
    for (const Recorded& of : recorded_files(extension)) {
      const analysis::Audit audit = audit_of(model_of(of.trace), of);
      for (const analysis::AuditedEvent& event : audit.traces[0].events) {
        omissions.insert(event.omission);
        reasons.insert(event.why);
      }
    }
  }
  for (const models::LeftOut& each : models::left_out_events())
    EXPECT_EQ(omissions.count(std::string(each.id)), 1U) << each.id << " explains no event";
  for (const models::OutsideReason& each : models::outside_reasons())
    EXPECT_EQ(reasons.count(std::string(each.why)), 1U) << each.function << ": " << each.why;
}

TEST(SeededHole, ATakeThatTheModelLacksIsNamed) {
  const auto makers =
      makers_unexplained_without([](const analysis::TracedStep& step) { return step.what == "take recheck_pool"; });
  EXPECT_EQ(makers, (std::set<std::string>{"verity_recheck"}));
}

TEST(SeededHole, AGiveThatTheModelLacksIsNamed) {
  const auto makers =
      makers_unexplained_without([](const analysis::TracedStep& step) { return step.what == "give recheck_pool"; });
  EXPECT_EQ(makers, (std::set<std::string>{"verity_recheck"}));
}

TEST(SeededHole, ALockThatTheModelLacksIsNamed) {
  const auto makers = makers_unexplained_without([](const analysis::TracedStep& step) {
    return step.lock == models::LockMode::read && step.chain.starts_with("down_read < snapshot_map");
  });
  EXPECT_EQ(makers, (std::set<std::string>{"snapshot_map"}));
}

TEST(SeededHole, AnAllocationWithoutAPoolThatTheModelLacksIsNamed) {
  const auto makers = makers_unexplained_without(
      [](const analysis::TracedStep& step) { return step.chain.starts_with("kzalloc < kobject_uevent_env"); });
  EXPECT_EQ(makers, (std::set<std::string>{"kobject_uevent_env"}));
}

TEST(SeededHole, AWorkItemThatTheModelLacksIsNamed) {
  const auto makers = makers_unexplained_without([](const analysis::TracedStep& step) {
    return !step.functions.empty() && step.functions.back() == "verity_work" &&
           (step.events.has(models::EventKind::queue) || step.events.has(models::EventKind::run));
  });
  EXPECT_EQ(makers.count("verity_work"), 1U);
}

namespace {

std::string printed_by_table(const std::string& options) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      popen(("python3 " + (traces / "table.py").string() + " " + DMSTALL_PROGRAM + options).c_str(), "r"), pclose);
  std::string printed;
  for (std::array<char, 4096> buffer{}; const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe.get());)
    printed.append(buffer.data(), n);
  return printed;
}

}  // namespace

TEST(TraceTable, IsTheOneThatTheTracesGive) {
  const std::string table = text_of_file(traces / "TABLE.md");
  const std::string open = "<!-- table -->\n";
  const std::size_t begin = table.find(open), end = table.find("<!-- /table -->");
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(table.substr(begin + open.size(), end - begin - open.size()), printed_by_table(""))
      << "tests/traces/table.py PROGRAM --write";
}

/// What the recorder looks up in a kernel: what it does not look up, a trace cannot say that it lacks.
TEST(TraceTable, KnowsTheFunctionsOfTheModels) {
  EXPECT_EQ(text_of_file(traces / "functions.txt"), printed_by_table(" --functions"))
      << "tests/traces/table.py PROGRAM --write";
}

}  // namespace dmstall::tests
