// dmstall show: what the models leave out, of a target and of a scenario, what could matter first.
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
  const Outcome outcome = dmstall("show " + scenario("seed/per-device-pools.json"));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("\nleft out, could turn PROGRESS into DEADLOCK\n"), std::string::npos);
  EXPECT_NE(outcome.out.find("\n  kcopyd\n"), std::string::npos) << "its snapshot does";
  EXPECT_EQ(outcome.out.find("\n  verity-fec\n"), std::string::npos) << "nothing is corrected there";
  EXPECT_EQ(outcome.out.find("\n  kcopyd-split\n"), std::string::npos) << "its chunks fit one sub-job";
}

}  // namespace
}  // namespace dmstall::tests
