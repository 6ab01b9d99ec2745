// `dmstall doctor`: what is there is found, what is not is named with its package, and the exit code says whether a
// command of dmstall lacks something.
#include "analysis/use/doctor/doctor.hpp"

#include <sys/stat.h>

#include <string>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

class DoctorTest : public ProgramTest {
 protected:
  /// A program of that name that does nothing.
  void install(const std::string& name) const {
    const fs::path program = write("bin/" + name, "#!/bin/sh\n");
    ASSERT_EQ(::chmod(program.c_str(), 0755), 0);
  }
  /// With nothing in PATH but what was installed.
  [[nodiscard]] Outcome doctor(const std::string& arguments) const {
    fs::create_directories(folder_ / "bin");
    return dmstall("doctor " + arguments, "PATH=" + (folder_ / "bin").string() + " ");
  }
  /// What python says of the document in `out`, as "True".
  [[nodiscard]] std::string asked(const std::string& out, const std::string& expression) const {
    const fs::path document = write("doctor.json", out), answer = folder_ / "answer";
    const std::string command = "python3 -c 'import json; d = json.load(open(\"" + document.string() + "\")); print(" +
                                expression + ")' >" + answer.string() + " 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << read(answer);
    return read(answer);
  }
};

}  // namespace

TEST_F(DoctorTest, WhatACommandLacksIsNamedWithItsPackageAndIsOne) {
  const Outcome outcome = doctor("");
  EXPECT_EQ(outcome.code, 1) << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find("MISSING pictures of a comparison"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("no gnuplot: apt install gnuplot-nox"), std::string::npos);
  EXPECT_EQ(outcome.err, "");
}

TEST_F(DoctorTest, WhatOnlyOthersNeedIsNoFault) {
  install("gnuplot");
  const Outcome outcome = doctor("");
  EXPECT_EQ(outcome.code, 0) << outcome.out;
  EXPECT_NE(outcome.out.find("ok      pictures of a comparison"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("MISSING models for SPIN"), std::string::npos);
  EXPECT_NE(outcome.out.find("All that commands of dmstall need is there."), std::string::npos);
}

TEST_F(DoctorTest, TheDocumentSaysTheSame) {
  install("gnuplot");
  install("spin");
  const Outcome outcome = doctor("--format json");
  EXPECT_EQ(outcome.code, 0) << outcome.out;
  EXPECT_EQ(asked(outcome.out, "d[\"well\"] and d[\"sees_its_memory\"]"), "True\n");
  EXPECT_EQ(asked(outcome.out,
                  "[p[\"path\"] is None for f in d[\"features\"] if f[\"name\"] == \"models for SPIN\" for p in "
                  "f[\"programs\"]]"),
            "[False, True]\n");
  EXPECT_EQ(asked(outcome.out, "d[\"processors\"] >= 1 and d[\"search_mib\"] == 3840"), "True\n");
  EXPECT_EQ(asked(outcome.out, "d[\"columns\"]"), "None\n") << "stdout is no terminal";
  fs::remove(folder_ / "bin/gnuplot");
  const Outcome without = doctor("--format json");
  EXPECT_EQ(without.code, 1);
  EXPECT_EQ(asked(without.out, "d[\"well\"]"), "False\n");
}

TEST_F(DoctorTest, ABoundAboveALimitOfTheProcessIsSaid) {
  install("gnuplot");
  const std::string limit = "ulimit -v 2000000; ";
  const Outcome outcome = dmstall("doctor", limit + "PATH=" + (folder_ / "bin").string() + " ");
  EXPECT_NE(outcome.out.find("limit of the process        1953 MiB"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("more than there is: --process-memory "), std::string::npos) << outcome.out;
}

TEST_F(DoctorTest, NothingThatMayNotBeRunIsAProgram) {
  write("bin/gnuplot", "no program");
  EXPECT_EQ(doctor("").code, 1);
  fs::remove(folder_ / "bin/gnuplot");
  fs::create_directories(folder_ / "bin/gnuplot");
  EXPECT_EQ(doctor("").code, 1) << "a folder is none";
}

TEST_F(DoctorTest, InstalledPartsAreFoundBesideTheProgram) {
  fs::create_directories(folder_ / "bin");
  fs::copy_file(DMSTALL_PROGRAM, folder_ / "bin/dmstall");
  write("share/man/man5/dmstall-scenario.5", "page");
  const std::string out = (folder_ / "out").string();
  const int status = std::system(("cd / && " + (folder_ / "bin/dmstall").string() + " doctor >" + out).c_str());
  EXPECT_TRUE(WIFEXITED(status));
  const std::string text = read(out);
  EXPECT_NE(text.find("man page of scenario files  " + (folder_ / "share/man/man5/dmstall-scenario.5").string()),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("man page of the program     not there"), std::string::npos) << text;
}

}  // namespace dmstall::tests
