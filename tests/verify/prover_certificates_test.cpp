// The prover's certificates of real stacks, checked; and what checking costs as stacks grow.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/prove.hpp"
#include "analysis/report/objection_text.hpp"
#include "analysis/report/refusal_text.hpp"
#include "analysis/use/evidence/certificate_file.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"
#include "tests/oracle/builder.hpp"
#include "tests/verify/certificates.hpp"

namespace dmstall::tests {
namespace {

models::Machine machine_of(models::Scenario scenario, bool with_faults) {
  if (!with_faults) scenario.faults = {.given = true, .any = false, .list = {}};
  return analysis::any_number_of_threads(models::compile(models::build_program(scenario)));
}

/// Proved and, through its file, accepted. nullopt: not proved.
std::optional<analysis::Verification> proved(const models::Machine& machine) {
  const analysis::Proof proof = analysis::prove(machine);
  if (!proof.proved) return std::nullopt;
  const auto read = analysis::read_certificate(analysis::write_certificate(proof.certificate));
  EXPECT_TRUE(read.file) << read.refusal;
  if (!read.file) return std::nullopt;
  const analysis::Verification found = analysis::verify(machine, read.file->certificate);
  EXPECT_TRUE(found.accepted) << machine.name << ": " << analysis::to_text(found.refusal);
  return found;
}

TEST(VerifyProver, EveryProofOfEveryScenario) {
  int accepted = 0, not_proved = 0;
  for (const char* folder : {"seed", "android", "sizing", "reality", "history", "tutorial", "findings"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/" + folder)) {
      if (entry.path().extension() != ".json") continue;
      const models::ReadResult read = models::read_scenario_file(entry.path().string());
      ASSERT_TRUE(read.scenario) << entry.path();
      for (const bool with_faults : {true, false}) {
        SCOPED_TRACE(entry.path().string() + (with_faults ? "" : " without faults"));
        (proved(machine_of(*read.scenario, with_faults)) ? accepted : not_proved) += 1;
      }
    }
  }
  std::printf("%d certificates accepted, %d not proved\n", accepted, not_proved);
  EXPECT_GT(accepted, 250);
}

TEST(VerifyProver, TheSeedStack) {
  const auto read =
      models::read_scenario_file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/seed/per-device-pools.json");
  const auto shared = models::read_scenario_file(std::string(DMSTALL_SOURCE_DIR) + "/scenarios/seed/shared-pools.json");
  ASSERT_TRUE(read.scenario && shared.scenario);
  const analysis::Proof proof = analysis::prove(machine_of(*read.scenario, true));
  ASSERT_TRUE(proof.proved) << to_text(proof.objection);
  EXPECT_TRUE(proof.certificate.any_number);
  EXPECT_TRUE(analysis::verify(machine_of(*read.scenario, true), proof.certificate).accepted);
  // Of the stack with shared pools it proves nothing.
  EXPECT_FALSE(analysis::verify(machine_of(*shared.scenario, true), proof.certificate).accepted);
  EXPECT_TRUE(proved(machine_of(*shared.scenario, false)));
  EXPECT_FALSE(proved(machine_of(*shared.scenario, true)));
}

/// Two writers keep a place while they await the end of a batch; one who is counted in it wants a place.
models::Program batch_with_places(int places) {
  using namespace steps;
  ProgramBuilder b("batch with places");
  const auto c = b.counter("c"), e = b.event("e"), m = b.mutex("m"), p = b.semaphore("p", places);
  const Step leave = count(c, -1, {broadcast(e), give(m)}, {give(m), await(e)});
  b.task("keeps", {take(p), count(c, 1), take(m), leave, give(p)}, 2);
  b.task("wants", {count(c, 1), take(p), give(p), take(m), leave});
  return b.program();
}

// A snapshot's group commit, where a writer can sleep in the pool of pending exceptions and holds s->lock, made small:
// the event that ends the batch shares a rank with its counter. The prover put them there and the checker refused.
TEST(VerifyProver, ABatchMayShareTheRankOfItsEvent) {
  const models::Machine three = models::compile(batch_with_places(3));
  const analysis::Proof proof = analysis::prove(three);
  ASSERT_TRUE(proof.proved) << to_text(proof.objection);
  const auto& groups = proof.certificate.groups;
  EXPECT_TRUE(std::any_of(groups.begin(), groups.end(), [](const analysis::RankGroup& group) {
    return group.cases && group.things == std::vector<std::string>{"c", "e", "p"};
  }));
  EXPECT_TRUE(proved(three));
  // Two places are both kept, and the third is counted: nobody ends the batch.
  const models::Machine two = models::compile(batch_with_places(2));
  EXPECT_FALSE(analysis::prove(two).proved);
  EXPECT_FALSE(analysis::verify(two, proof.certificate).accepted);
  EXPECT_EQ(analysis::explore(two, {}).verdict, models::VerdictKind::deadlock);
}

models::Scenario stack(int devices, bool chain) {
  std::string text =
      R"({"format": 1, "name": "many", "sharing": "device", "memory": {"allocator": "adversary"}, "faults": "any",
          "devices": [{"name": "ufs", "target": "disk"})";
  std::string workload;
  for (int i = 0; i < devices; ++i) {
    const std::string name = "v" + std::to_string(i), below = chain && i > 0 ? "v" + std::to_string(i - 1) : "ufs";
    text +=
        R"(, {"name": ")" + name + R"(", "target": "verity", "data": ")" + below + R"(", "hash": ")" + below + "\"}";
    if (!chain || i + 1 == devices)
      workload += (workload.empty() ? "" : ", ") + (R"({"read": ")" + name) + R"(", "count": 4})";
  }
  const models::ReadResult read =
      models::read_scenario_text(text + "], \"workload\": [" + workload + "]}", "many.json");
  EXPECT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
  return *read.scenario;
}

TEST(VerifyProver, AThousandDevicesSideBySide) {
  std::size_t hundred = 0, thousand = 0;
  if (const auto found = proved(machine_of(stack(100, false), true))) hundred = found->positions;
  if (const auto found = proved(machine_of(stack(1'000, false), true))) thousand = found->positions;
  EXPECT_GT(hundred, 1'000u);
  EXPECT_GT(thousand, 0u);
  EXPECT_LE(thousand, 11 * hundred);
}

TEST(VerifyProver, EightDevicesOneOnTheOther) {
  std::size_t four = 0, eight = 0;
  if (const auto found = proved(machine_of(stack(4, true), true))) four = found->positions;
  if (const auto found = proved(machine_of(stack(8, true), true))) eight = found->positions;
  EXPECT_GT(four, 1'000u);
  EXPECT_GT(eight, 0u);
  EXPECT_LE(eight, 5 * four);  // no worse than the square of the depth
}

}  // namespace
}  // namespace dmstall::tests
