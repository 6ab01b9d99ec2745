// dmstall show: what the models leave out, of a target and of a scenario, what could matter first.
#include <algorithm>

#include "models/kernel/omissions/parts.hpp"
#include "tests/cli/program_test.hpp"

namespace dmstall::tests {
namespace {

using ShowOmissions = ProgramTest;

TEST_F(ShowOmissions, OfATargetThoseOfAllItsParts) {
  const Outcome outcome = dmstall("show verity");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("\n  made of: verity, verity-fec, dm-core, dm-bufio, "), std::string::npos) << outcome.out;
  const std::size_t could = outcome.out.find("\nleft out, could turn PROGRESS into DEADLOCK\n");
  const std::size_t cannot = outcome.out.find("\nleft out, changes no verdict\n");
  ASSERT_NE(could, std::string::npos) << outcome.out;
  ASSERT_NE(cannot, std::string::npos) << outcome.out;
  EXPECT_LT(could, cannot);
  for (const models::Omission& omission : models::dm_bufio_part().omissions) {
    const std::size_t name = outcome.out.find("\n    " + omission.id.substr(omission.id.find('.') + 1) + ": ");
    EXPECT_NE(name, std::string::npos) << omission.id;
    EXPECT_EQ(name > cannot, omission.effect == models::Effect::none) << omission.id;
  }
  EXPECT_EQ(outcome.out.find("\n  kcopyd\n"), std::string::npos) << "verity copies nothing";
}

TEST_F(ShowOmissions, OfASnapshotNothingThatIsATarget) {
  const Outcome outcome = dmstall("show snapshot");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.find("\n    merging"), std::string::npos) << outcome.out;
}

TEST_F(ShowOmissions, OfAScenarioThoseThatItUses) {
  const Outcome outcome = dmstall("show --all " + scenario("seed/per-device-pools.json"));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("\nleft out, could turn PROGRESS into DEADLOCK\n"), std::string::npos);
  EXPECT_NE(outcome.out.find("\n  kcopyd\n"), std::string::npos) << "its snapshot does";
  EXPECT_EQ(outcome.out.find("\n  verity-fec\n"), std::string::npos) << "nothing is corrected there";
  EXPECT_EQ(outcome.out.find("\n  kcopyd-split\n"), std::string::npos) << "its chunks fit one sub-job";
}

/// What changes no verdict is counted where it is not asked for.
TEST_F(ShowOmissions, OfAScenarioThoseThatCouldMatterAndACount) {
  const Outcome outcome = dmstall("show " + scenario("seed/per-device-pools.json"));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("\nleft out, could turn PROGRESS into DEADLOCK\n"), std::string::npos);
  EXPECT_NE(outcome.out.find("\nleft out, changes no verdict: "), std::string::npos);
}

/// Devices that differ in their names and their load are shown once: 59 phones' devices fit on a few screens.
TEST_F(ShowOmissions, OfAPhoneEachKindOfDeviceOnce) {
  const Outcome outcome = dmstall("show " + scenario("android/phone-59.json"));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_LE(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 200);
  EXPECT_NE(outcome.out.find("  verity0 ×59 on partition0\n"), std::string::npos);
  EXPECT_NE(outcome.out.find("16 in flight   ×3, up to read-verity2\n"), std::string::npos);
  EXPECT_EQ(outcome.out.find("verity1."), std::string::npos) << "no pool of a copy";
  const Outcome all = dmstall("show --all " + scenario("android/phone-59.json"));
  EXPECT_NE(all.out.find("verity58.recheck_pool"), std::string::npos);
}

/// With shared pools the copies are still counted among those who share.
TEST_F(ShowOmissions, OfAPhoneWithSharedPoolsHowManyShare) {
  std::string text = read(scenario("android/phone-59.json"));
  const std::string apart = R"("sharing": "device")";
  ASSERT_NE(text.find(apart), std::string::npos);
  text.replace(text.find(apart), apart.size(), R"("sharing": "module")");
  const Outcome outcome = dmstall("show --sharing " + write("shared.json", text).string());
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("  verity.recheck_pool (1): verity0 ×59\n"), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace dmstall::tests
