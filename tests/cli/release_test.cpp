// Scenarios on another kernel than the one that they name, and what is written down of it.
#include "models/kernel/release/release.hpp"

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {
namespace {

class Releases : public ProgramTest {
 protected:
  const std::string segments = scenario("findings/flush-r1-three-segments.json");
  const std::string stripes = scenario("findings/striped-flushes-three-disks-r3.json");

  [[nodiscard]] static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
  /// A document with one text replaced.
  fs::path changed(const fs::path& document, const std::string& from, const std::string& to) const {
    std::string text = read(document);
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return write("changed.json", text);
  }
};

TEST_F(Releases, TheSameFileOnBothKernels) {
  const Outcome old = dmstall("run " + segments), now = dmstall("run --release 6.12 " + segments);
  EXPECT_EQ(old.code, 10);
  EXPECT_FALSE(has(old.out, "kernel=")) << old.out;
  EXPECT_TRUE(has(old.out, "; Linux 6.1; faults: "));
  EXPECT_EQ(now.code, 0) << now.out << now.err;
  EXPECT_TRUE(has(now.out, "RESULT findings-flush-r1-three-segments PROGRESS engine=all kernel=6.12 schedules=all"))
      << now.out;
  EXPECT_TRUE(has(now.out, "; Linux 6.12; faults: "));
  EXPECT_TRUE(has(now.out, "as expected"));
  const Outcome unknown = dmstall("run --release 6.6 " + segments);
  EXPECT_EQ(unknown.code, 64);
  EXPECT_TRUE(has(unknown.err, "6.12")) << unknown.err;
}

TEST_F(Releases, AWitnessIsReplayedOnItsKernel) {
  const fs::path witness = folder_ / "w.json";
  ASSERT_EQ(dmstall("run --release 6.12 --witness " + witness.string() + " " + stripes).code, 10);
  EXPECT_TRUE(has(read(witness), "\"models\": \"6.12\""));
  const Outcome replayed = dmstall("replay " + witness.string());
  EXPECT_EQ(replayed.code, 10) << replayed.out << replayed.err;
  EXPECT_TRUE(has(replayed.out, "kernel=6.12")) << replayed.out;
  // On the other kernel nobody gets stuck so, and of one that was never read there is nothing to say.
  for (const char* other : {"\"6.1\"", "\"6.6\""}) {
    const fs::path document = changed(witness, "\"6.12\"", other);
    EXPECT_EQ(dmstall("replay " + document.string() + " --scenario " + stripes).code, 65) << other;
  }
}

TEST_F(Releases, ACertificateIsCheckedOnItsKernel) {
  const fs::path proof = folder_ / "p.json";
  ASSERT_EQ(dmstall("run --release 6.12 --proof " + proof.string() + " " + segments).code, 0);
  const Outcome verified = dmstall("verify " + proof.string());
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
  EXPECT_TRUE(has(verified.out, "of this model of Linux 6.12;")) << verified.out;
}

TEST_F(Releases, ACheckRunsATreeOnAnotherKernel) {
  const fs::path file = write("a/flush.json", R"({ "format": 1, "name": "flush",
  "kernel": { "reserved_bio_based_ios": 1 },
  "devices": [ { "name": "d", "target": "disk" }, { "name": "lv", "target": "linear", "segments": [
    { "to": "d", "size_mib": 1 }, { "to": "d", "size_mib": 1, "start_mib": 1 },
    { "to": "d", "size_mib": 1, "start_mib": 2 } ] } ],
  "faults": [], "workload": [ { "flush": "lv", "count": 1 } ],
  "expect": { "verdict": "DEADLOCK", "circle": ["lv.bs"] } })");
  const std::string tree = (folder_ / "a").string();
  EXPECT_EQ(dmstall("check " + tree).code, 0);
  EXPECT_EQ(dmstall("check --release 6.12 " + tree).code, 1);
  // What was found there is kept beside what the file expected, which stays for the others.
  EXPECT_EQ(dmstall("check --release 6.12 --promote " + tree).code, 0);
  EXPECT_TRUE(has(read(file), R"("6.1": { "verdict": "DEADLOCK", "circle": ["lv.bs"] })")) << read(file);
  EXPECT_TRUE(has(read(file), R"("6.12": { "verdict": "PROGRESS" })")) << read(file);
  EXPECT_EQ(dmstall("check " + tree).code, 0);
  EXPECT_EQ(dmstall("check --release 6.12 " + tree).code, 0);
  // Once more, where each release has its own.
  const std::string before = read(file);
  write("a/flush.json", std::string(before).replace(before.find("PROGRESS"), 8, "STALL"));
  EXPECT_EQ(dmstall("check --release 6.12 --promote " + tree).code, 0);
  EXPECT_EQ(read(file), before);
  EXPECT_TRUE(has(dmstall("check --format json --release 6.12 " + tree).out, "\"kernel\": \"6.12\""));
}

TEST_F(Releases, ChangesAreValuesOfAGrid) {
  const Outcome table =
      dmstall("compare --seeds 1 --vary kernel.release=6.1,6.12 --vary kernel.with=none,loop_rescuer " +
              scenario("findings/loop-no-rescuer.json"));
  EXPECT_TRUE(has(table.out, "rows=4 seeds=1 progress=2 deadlock=2")) << table.out << table.err;
  EXPECT_TRUE(has(table.out, "kernel: Linux 6.12 with loop_rescuer   [row 4]")) << table.out;
  const Outcome refused = dmstall("compare --vary kernel.without=nothing_known " + segments);
  EXPECT_NE(refused.code, 0);
  EXPECT_TRUE(has(refused.err + refused.out, "dmstall show releases")) << refused.err << refused.out;
}

TEST_F(Releases, TheListNamesReleasesAndChanges) {
  const Outcome list = dmstall("show releases");
  EXPECT_EQ(list.code, 0);
  for (const models::ModelledRelease& each : models::releases()) EXPECT_TRUE(has(list.out, std::string(each.read)));
  for (const models::KernelChange& each : models::kernel_changes()) {
    EXPECT_TRUE(has(list.out, "\n  " + std::string(each.name) + "  (6.1 ")) << each.name;
  }
  EXPECT_TRUE(has(list.out, "aaa53168cbcc"));
  EXPECT_FALSE(has(list.out, "not read: \n"));
}

}  // namespace
}  // namespace dmstall::tests
