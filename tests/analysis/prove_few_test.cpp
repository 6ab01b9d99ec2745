// Stacks that differ in names only: two of each kind stand for all where, and only where, that loses nothing.
#include "analysis/verdict/prove_few.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "analysis/engines/verify/alike.hpp"
#include "analysis/engines/verify/verify.hpp"
#include "analysis/report/objection_text.hpp"
#include "analysis/report/refusal_text.hpp"
#include "analysis/use/evidence/certificate_file.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/alike.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"
#include "models/targets/build_few.hpp"
#include "tests/stacks/stacks.hpp"

namespace dmstall::tests {

namespace {

std::optional<models::Scenario> scenario_of(const std::string& text) {
  return models::read_scenario_text(text, "few.json").scenario;
}

std::string with_devices(const std::string& devices, const std::string& workload, const std::string& more = "") {
  return R"({"format": 1, "name": "few", )" + more + R"("devices": [)" + devices + R"(], "workload": [)" + workload +
         "]}";
}

std::string n(int i) {
  return std::to_string(i);
}

/// `count` verity devices over one disk, each with a reader. `odd` has `member` beside its others.
std::string beside(int count, const std::string& more = "", int odd = -1, const std::string& member = "",
                   const std::string& of_item = "") {
  std::string devices = R"({"name": "ufs", "target": "disk"})", work;
  for (int i = 0; i < count; ++i) {
    devices += R"(, {"name": "v)" + n(i) + R"(", "target": "verity", "data": "ufs", "hash": "ufs")" +
               (i == odd ? member : "") + "}";
    work += (i == 0 ? "" : ", ") + (R"({"name": "r)" + n(i)) + R"(", "read": "v)" + n(i) +
            R"(", "count": 4, "in_flight": 2)" + (i == odd ? of_item : "") + "}";
  }
  return with_devices(devices, work, more);
}

std::vector<std::size_t> sizes(const std::string& text) {
  const auto scenario = scenario_of(text);
  EXPECT_TRUE(scenario) << text;
  std::vector<std::size_t> all;
  if (!scenario) return all;
  for (const models::AlikeStacks& kind : models::alike_stacks(*scenario, 2)) all.push_back(kind.size());
  return all;
}

analysis::Certificate certificate_of(const models::Scenario& scenario) {
  analysis::Certificate certificate;
  for (const models::AlikeStacks& kind : models::alike_stacks(scenario, 2)) {
    analysis::AlikeNames& names = certificate.alike.emplace_back();
    for (const models::NamedStack& stack : kind) names.push_back({stack.devices, stack.workload});
  }
  return certificate;
}

analysis::Proof by_ranks(const models::Program& program) {
  analysis::ProveOptions options;
  options.equations = false;
  return analysis::prove(analysis::any_number_of_threads(models::compile(program)), options);
}

}  // namespace

TEST(AlikeStacks, ThoseThatDifferInNamesOnly) {
  using Sizes = std::vector<std::size_t>;
  EXPECT_EQ(sizes(beside(12)), Sizes{12});
  EXPECT_EQ(sizes(beside(12, R"("sharing": "module", )")), Sizes{12});
  EXPECT_EQ(sizes(beside(12, "", 3, R"(, "hash_cache": "warm")")), Sizes{11});
  EXPECT_EQ(sizes(beside(12, "", 3, R"(, "reserve": {"recheck_pool": 2})")), Sizes{11});
  EXPECT_EQ(sizes(beside(12, "", 3, "", R"(, "threads": 1)")), Sizes{11});
  EXPECT_EQ(sizes(beside(12, R"("faults": [{"device": "ufs", "fault": "bad_block", "blocks": [9]}], )")), Sizes{12});
  EXPECT_EQ(sizes(beside(12, R"("faults": [{"workload": "r3", "fault": "buffer_rewritten"}], )")), Sizes{11});
  EXPECT_EQ(sizes(beside(12, R"("sharing": {"verity.io_client": {"group": "some", "devices": ["v1", "v2", "v3"]}}, )")),
            (Sizes{9, 3}));
  EXPECT_EQ(sizes(beside(12, R"("memory": {"fails": ["v3.io_client.pool"]}, )")), Sizes{});
  EXPECT_EQ(sizes(beside(12, R"("memory": {"fails": ["*.io_client.pool"]}, )")), Sizes{12});
  // Who stands on one of them hangs together with it.
  std::string above = beside(12);
  above.insert(above.find(R"(], "workload")"), R"(, {"name": "top", "target": "linear", "to": "v5"})");
  EXPECT_EQ(sizes(above), Sizes{11});
}

TEST(AlikeStacks, ANameThatMeansSomethingElseIsNotTakenForAnother) {
  for (const char* name : {"verity", "v0.io_client", "v0 (re-read)"}) {
    auto scenario = scenario_of(beside(12));
    ASSERT_TRUE(scenario);
    models::Device& odd = scenario->devices[4];
    EXPECT_EQ(odd.name, "v3");
    const analysis::Certificate of_plain = certificate_of(*scenario);
    odd.name = scenario->workload[3].device = name;
    const auto kinds = models::alike_stacks(*scenario, 2);
    ASSERT_EQ(kinds.size(), 1u);
    EXPECT_EQ(kinds[0].size(), 11u) << name;
    analysis::Certificate with_odd = of_plain;
    with_odd.alike[0][3].devices[0] = name;
    EXPECT_NE(analysis::to_text(analysis::check_alike(*scenario, with_odd).refusal), "");
  }
}

/// Snapshots of one origin are not beside each other: who writes to the origin copies into each.
TEST(AlikeStacks, SnapshotsOfOneOriginDoNotStandForOthers) {
  std::string devices = R"({"name": "base", "target": "disk"})", work;
  for (int i = 0; i < 10; ++i) {
    devices += R"(, {"name": "cow)" + n(i) + R"(", "target": "disk"}, {"name": "s)" + n(i) +
               R"(", "target": "snapshot", "origin": "base", "cow": "cow)" + n(i) + R"("})";
    work += R"({"name": "r)" + n(i) + R"(", "read": "s)" + n(i) + R"(", "count": 4}, )";
  }
  devices += R"(, {"name": "orig", "target": "snapshot-origin", "device": "base"})";
  const auto scenario = scenario_of(with_devices(devices, work + R"({"write": "orig", "count": 4})"));
  ASSERT_TRUE(scenario);
  const auto kinds = models::alike_stacks(*scenario, 2);
  ASSERT_EQ(kinds.size(), 1u);
  EXPECT_EQ(kinds[0].size(), 10u);
  EXPECT_FALSE(models::build_program_of_few(*scenario, kinds));
}

/// Every stack of up to two targets, four times beside itself: few and all are proved alike, and the checker takes the
/// stacks for alike, too.
TEST(AlikeStacks, FewAreProvedWhereAllAre) {
  std::size_t compared = 0, proved = 0, not_few = 0;
  const std::vector<Variant> variants = all_variants();
  const int every = std::getenv("DMSTALL_SWEEP") != nullptr ? 1 : 12;  // else a sample
  int turn = 0;
  const auto look = [&](const StackOfTargets& stack) {
    if (turn++ % every != 0) return;
    for (const char* verb : {"read", "writeback"}) {
      for (const char* sharing : {"device", "module"}) {
        std::vector<std::string> devices;
        std::string work;
        for (const char* prefix : {"a", "b", "c", "d"}) {
          const WrittenStack one = written(stack, prefix);
          devices.insert(devices.end(), one.devices.begin(), one.devices.end());
          work += (work.empty() ? "" : ", ") + (R"({")" + std::string(verb)) + R"(": ")" + one.top +
                  R"(", "name": "of)" + prefix + "\"}";
        }
        const auto scenario =
            scenario_of(with_devices(joined(devices), work, R"("sharing": ")" + std::string(sharing) + R"(", )"));
        if (!scenario) continue;
        const auto kinds = models::alike_stacks(*scenario, 4);
        ASSERT_EQ(kinds.size(), 1u) << joined(devices);
        std::optional<models::Program> few, all;
        try {
          all = models::build_program(*scenario);
          few = models::build_program_of_few(*scenario, kinds);
        } catch (const models::CompileError&) {
          continue;
        }
        not_few += !few;
        if (!few) continue;
        EXPECT_LT(few->flows.size(), all->flows.size());
        const analysis::Proof of_few = by_ranks(*few), of_all = by_ranks(*all);
        EXPECT_EQ(of_few.proved, of_all.proved)
            << joined(devices) << work << to_text(of_few.objection) << to_text(of_all.objection);
        const analysis::FewStacks checked = analysis::check_alike(*scenario, certificate_of(*scenario));
        EXPECT_EQ(analysis::to_text(checked.refusal), "");
        EXPECT_EQ(checked.scenario.devices.size(), models::with_few(*scenario, kinds, 2).devices.size());
        ++compared;
        proved += of_all.proved;
      }
    }
  };
  each_stack(variants, 1, 1, look);
  each_stack(variants, 2, 0, look);
  std::printf("%zu compared, %zu of them proved; of %zu few do not stand for all\n", compared, proved, not_few);
  EXPECT_GT(proved, 10u);
  EXPECT_GT(compared, proved);
}

TEST(AlikeStacks, TheCheckerRefusesWhatIsNotAlike) {
  const auto scenario = scenario_of(beside(12));
  ASSERT_TRUE(scenario);
  const analysis::Certificate good = certificate_of(*scenario);
  EXPECT_EQ(analysis::to_text(analysis::check_alike(*scenario, good).refusal), "");
  EXPECT_EQ(analysis::check_alike(*scenario, good).scenario.devices.size(), 3u);

  const auto refusal_in = [&](const std::string& text, const analysis::Certificate& certificate) {
    const auto other = scenario_of(text);
    return other ? analysis::to_text(analysis::check_alike(*other, certificate).refusal) : "not read";
  };
  EXPECT_EQ(refusal_in(beside(12, "", 7, R"(, "hash_cache": "warm")"), good), "v7 is not like v0");
  EXPECT_EQ(refusal_in(beside(12, "", 7, R"(, "reserve": {"recheck_pool": 2})"), good), "v7 is not like v0");
  EXPECT_EQ(refusal_in(beside(12, "", 7, "", R"(, "threads": 1)"), good),
            "the requests of r7 are not like those of r0");
  EXPECT_EQ(refusal_in(beside(12, R"("faults": [{"workload": "r3", "fault": "buffer_rewritten"}], )"), good),
            "faults of v3 are not those of v0");
  EXPECT_EQ(
      refusal_in(beside(12, R"("sharing": {"verity.io_client": {"group": "some", "devices": ["v1", "v2", "v3"]}}, )"),
                 good),
      "v1 is not like v0");
  EXPECT_NE(refusal_in(beside(12, R"("memory": {"fails": ["v3.io_client.pool"]}, )"), good), "");
  EXPECT_NE(refusal_in(beside(12, R"("memory": {"allocator": "accounted", "total_mib": 512}, )"), good), "");
  std::string above = beside(12);
  above.insert(above.find(R"(], "workload")"), R"(, {"name": "top", "target": "linear", "to": "v5"})");
  EXPECT_EQ(refusal_in(above, good), "top stands on v5, others do not");

  const auto refusal_of = [&](const auto& change) {
    analysis::Certificate bad = good;
    change(bad);
    return analysis::to_text(analysis::check_alike(*scenario, bad).refusal);
  };
  EXPECT_NE(refusal_of([](auto& bad) { bad.alike[0][3].devices[0] = "v4"; }), "");
  EXPECT_NE(refusal_of([](auto& bad) { bad.alike[0][3].devices[0] = "ufs"; }), "");
  EXPECT_NE(refusal_of([](auto& bad) { bad.alike[0][3].workload[0] = "r4"; }), "");
  EXPECT_NE(refusal_of([](auto& bad) { bad.alike[0][3].workload.clear(); }), "");
  EXPECT_NE(refusal_of([](auto& bad) { std::swap(bad.alike[0][3].workload, bad.alike[0][4].workload); }), "");
  EXPECT_NE(refusal_of([](auto& bad) { bad.alike[0].resize(1); }), "");
  EXPECT_NE(refusal_of([](auto& bad) { bad.any_number = false; }), "");
  EXPECT_NE(refusal_of([](auto& bad) { bad.groups.push_back({{"a", "b"}, analysis::Cases{}}); }), "");
}

/// What is built, proved and checked does not grow with their number; the certificate does, by their names.
TEST(ProveFew, AHundredAndATenfoldAreTheSameMachine) {
  analysis::RunOptions options;
  options.engine = analysis::Engine::prove;
  const auto hundred = scenario_of(beside(100)), thousand = scenario_of(beside(1'000));
  ASSERT_TRUE(hundred && thousand);
  const analysis::RunReport small = analysis::run_scenario(*hundred, options);
  const analysis::RunReport large = analysis::run_scenario(*thousand, options);
  ASSERT_TRUE(small.proves());
  ASSERT_TRUE(large.proves());
  EXPECT_EQ(small.machine.nodes.size(), large.machine.nodes.size());
  EXPECT_EQ(small.machine.flows.size(), large.machine.flows.size());
  EXPECT_EQ(small.proof->positions, large.proof->positions);
  EXPECT_EQ(large.proof->certificate.alike.at(0).size(), 1'000u);

  const std::string written = analysis::write_certificate(large.proof->certificate, "few.json");
  const analysis::CertificateRead read = analysis::read_certificate(written);
  ASSERT_TRUE(read.file) << read.refusal;
  const analysis::FewStacks few = analysis::check_alike(*thousand, read.file->certificate);
  ASSERT_EQ(analysis::to_text(few.refusal), "");
  const models::Machine machine = analysis::any_number_of_threads(models::compile(models::build_program(few.scenario)));
  EXPECT_TRUE(analysis::verify(machine, read.file->certificate).accepted);
}

/// Where ranks do not do, all are asked: two levels of each stack take the page that all share.
TEST(ProveFew, WhereTokensCountAllAreAsked) {
  std::string devices = R"({"name": "ufs", "target": "disk"})", work;
  for (int i = 0; i < 70; ++i) {
    devices += R"(, {"name": "low)" + n(i) + R"(", "target": "verity", "data": "ufs", "hash": "ufs"})";
    devices += R"(, {"name": "up)" + n(i) + R"(", "target": "verity", "data": "low)" + n(i) + R"(", "hash": "ufs"})";
    work += (i == 0 ? "" : ", ") + (R"({"name": "r)" + n(i)) + R"(", "read": "up)" + n(i) + "\"}";
  }
  for (const auto& [sharing, by_ranks] : {std::pair("module", false), std::pair("device", true)}) {
    const auto scenario = scenario_of(with_devices(devices, work, R"("sharing": ")" + std::string(sharing) + R"(", )"));
    ASSERT_TRUE(scenario);
    EXPECT_EQ(models::alike_stacks(*scenario, 64).size(), 1u);
    EXPECT_EQ(analysis::prove_few(*scenario, {}, true).has_value(), by_ranks) << sharing;
  }
}

}  // namespace dmstall::tests
