// `run --style lockdep`: what fits into a mail, for every kind of verdict.
#include <sstream>
#include <string>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

class Lockdep : public ProgramTest {
 protected:
  /// Runs it and checks what holds for every splat.
  Outcome splat(const std::string& file) const {
    const Outcome outcome = dmstall("run --style lockdep " + file);
    std::istringstream lines(outcome.out);
    std::string last;
    for (std::string line; std::getline(lines, line); last = line) {
      std::size_t columns = 0;
      for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
      EXPECT_LE(columns, 75U) << line;
      EXPECT_EQ(line.find('\t'), std::string::npos);
    }
    return outcome;
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_F(Lockdep, TheCircleAndAnUnsafeScheduleSideBySide) {
  const Outcome outcome = splat(scenario("tutorial/01-opposite-orders.json"));
  EXPECT_EQ(outcome.code, 10);
  // Which of the two takes first is the witness's business.
  const std::string head =
      " Unsafe schedule:\n\n"
      "  t0                                   t1\n"
      "  ----                                 ----\n";
  const std::string left = "  take 1 a\n", right = "                                       take 1 b\n";
  const std::string tail =
      "  wait for 1 b\n"
      "                                       wait for 1 a\n"
      "\n *** DEADLOCK ***\n";
  EXPECT_TRUE(contains(outcome.out, head + left + right + tail) || contains(outcome.out, head + right + left + tail))
      << outcome.out;
}

TEST_F(Lockdep, TheSeedNamesBothThreadsAndTheKernelFunctions) {
  const Outcome outcome = splat(scenario("seed/shared-pools.json"));
  EXPECT_EQ(outcome.code, 10);
  for (const char* part :
       {"kverityd/upper", "kverityd/lower", "mempool_alloc < verity_recheck", "the circle: verity.recheck_pool",
        "take 1 verity.recheck_pool", "wait for 1 verity.recheck_pool", "relieved by memory: yes",
        "repair, re-checked: verity.recheck_pool per device", "RESULT seed-shared-pools DEADLOCK"}) {
    EXPECT_TRUE(contains(outcome.out, part)) << part << "\n" << outcome.out;
  }
}

TEST_F(Lockdep, EveryKindOfVerdictFits) {
  EXPECT_EQ(splat(scenario("tutorial/02-two-from-one-pool.json")).code, 10);
  EXPECT_EQ(splat(scenario("tutorial/03-stall.json")).code, 11);
  EXPECT_EQ(splat(scenario("tutorial/04-linear-over-disk.json")).code, 0);
  EXPECT_EQ(splat(scenario("history/bulk-waiter-starvation-before.json")).code, 12);
  EXPECT_EQ(splat(scenario("history/qat-backlog-lost-wakeup-before.json")).code, 10);
}

TEST_F(Lockdep, NamesThatAreTooLongAreCut) {
  const std::string name(120, 'x');
  std::string text = read(scenario("tutorial/01-opposite-orders.json"));
  for (std::size_t at = 0; (at = text.find("\"a\"", at)) != std::string::npos; at += name.size())
    text.replace(at, 3, "\"" + name + "\"");
  for (std::size_t at = 0; (at = text.find("\"t0\"", at)) != std::string::npos; at += name.size())
    text.replace(at, 4, "\"\xC3\xA4" + name + "\"");
  const fs::path file = write(std::string(100, 'y') + "/long.json", text);
  EXPECT_EQ(splat(file.string()).code, 10);
}

TEST_F(Lockdep, IsAStyleOfTextAlone) {
  EXPECT_EQ(dmstall("run --style lockdep --format json " + scenario("tutorial/03-stall.json")).code, 64);
}

}  // namespace dmstall::tests
