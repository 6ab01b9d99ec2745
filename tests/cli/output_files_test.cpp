// Output arrives whole or not at all, and what cannot be written is said: full disks, closed pipes, links, permissions.
#include <fcntl.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

class OutputFiles : public ProgramTest {
 protected:
  Outcome compare_to(const std::string& file) const {
    return dmstall("compare --seeds 1 --vary reserved_bio_based_ios=1,16 --format csv --output " + file + " " +
                       scenario("seed/per-device-pools.json"),
                   "cd " + folder_.string() + " && ");
  }
  static unsigned mode(const fs::path& file) {
    struct stat found {};
    return ::stat(file.c_str(), &found) == 0 ? found.st_mode & 07777U : 0;
  }
  void expect_nothing_left_over() const {
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
    }
  }
  /// The exit status of the program behind which the shell puts `after`.
  static int status_of(const std::string& arguments, const std::string& after, const std::string& errors) {
    const std::string command = std::string("bash -c '") + DMSTALL_PROGRAM + " " + arguments + " 2>" + errors + after +
                                "; exit ${PIPESTATUS[0]}'";
    return WEXITSTATUS(std::system(command.c_str()));
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool is_a_table(const std::string& text) {
  return text.rfind("row,", 0) == 0 || contains(text, "reserved_bio_based_ios");
}

}  // namespace

TEST_F(OutputFiles, AReplacedFileKeepsItsPermissions) {
  const fs::path file = write("table.csv", "old");
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  ASSERT_EQ(compare_to("table.csv").code, 0);
  EXPECT_TRUE(is_a_table(read(file)));
  EXPECT_EQ(mode(file), 0640U);
  expect_nothing_left_over();
}

TEST_F(OutputFiles, ANewFileHasThePermissionsOfTheUmask) {
  const Outcome outcome =
      dmstall("compare --seeds 1 --vary cpus=1 --output new.txt " + scenario("seed/per-device-pools.json"),
              "cd " + folder_.string() + " && umask 027 && ");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(mode(folder_ / "new.txt"), 0640U);
}

TEST_F(OutputFiles, ASymbolicLinkStaysAndItsFileIsReplaced) {
  const fs::path file = write("elsewhere/table.csv", "old");
  fs::create_symlink("elsewhere/table.csv", folder_ / "link");
  fs::create_symlink("link", folder_ / "link-to-link");
  ASSERT_EQ(compare_to("link-to-link").code, 0);
  EXPECT_TRUE(fs::is_symlink(folder_ / "link") && fs::is_symlink(folder_ / "link-to-link"));
  EXPECT_TRUE(is_a_table(read(file)));
  fs::create_symlink("elsewhere/new.csv", folder_ / "dangling");
  ASSERT_EQ(compare_to("dangling").code, 0);
  EXPECT_TRUE(is_a_table(read(folder_ / "elsewhere/new.csv")));
  EXPECT_TRUE(fs::is_symlink(folder_ / "dangling"));
  fs::create_symlink("round", folder_ / "round");
  EXPECT_EQ(compare_to("round").code, 64);
  expect_nothing_left_over();
}

TEST_F(OutputFiles, WhereNoFileCanBeTheReasonIsSaidBeforeAnythingRuns) {
  write("file", "");
  const auto refused = [&](const std::string& path, const std::string& why) {
    const Outcome outcome = compare_to(path);
    EXPECT_EQ(outcome.code, 64) << path;
    EXPECT_TRUE(contains(outcome.err, "dmstall: " + path + " cannot be written: ")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, why)) << outcome.err;
  };
  refused("no/such/folder.csv", "the folder no/such: No such file or directory");
  refused("file/below.csv", "file is no folder");
  refused(".", "it is a folder");
  if (::geteuid() == 0) return;  // nothing is forbidden to root
  write("locked.csv", "old");
  ASSERT_EQ(::chmod((folder_ / "locked.csv").c_str(), 0444), 0);
  refused("locked.csv", "Permission denied");
  fs::create_directories(folder_ / "read-only");
  ASSERT_EQ(::chmod((folder_ / "read-only").c_str(), 0555), 0);
  refused("read-only/table.csv", "no file can be made in the folder read-only: Permission denied");
}

TEST_F(OutputFiles, AFolderThatMayNotBeWrittenIsSaidToSomebodyWhoIsNotRoot) {
  if (::geteuid() != 0 || std::system("command -v setpriv >/dev/null") != 0) GTEST_SKIP() << "needs root and setpriv";
  fs::create_directories(folder_ / "read-only");
  write("read-only/locked.csv", "old");
  for (const fs::path& path : {folder_, folder_ / "read-only"}) ::chmod(path.c_str(), 0755);
  const std::string program = (folder_ / "dmstall").string();
  fs::copy_file(DMSTALL_PROGRAM, program);
  fs::copy_file(scenario("seed/per-device-pools.json"), folder_ / "a.json");
  const auto refused = [&](const std::string& file, const std::string& why) {
    const std::string errors = folder_.string() + ".err";
    const std::string command = "cd " + folder_.string() + " && setpriv --reuid 65534 --regid 65534 --clear-groups " +
                                program + " compare --seeds 1 --vary cpus=1 --output " + file + " a.json 2>" + errors;
    EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 64) << file;
    EXPECT_TRUE(contains(read(errors), why)) << read(errors);
    fs::remove(errors);
  };
  refused("read-only/table.csv",
          "read-only/table.csv cannot be written: no file can be made in the folder read-only: Permission denied");
  refused("read-only/locked.csv", "read-only/locked.csv cannot be written: Permission denied");
  EXPECT_EQ(read(folder_ / "read-only/locked.csv"), "old");
}

TEST_F(OutputFiles, AFullDiskIsAnErrorOfEveryVerb) {
  if (!fs::exists("/dev/full")) GTEST_SKIP();
  const std::string pools = scenario("tutorial/01-opposite-orders.json"), errors = (folder_ / "errors").string();
  for (const std::string& arguments :
       {"run " + pools, "run --format json " + pools, "check " + pools, "check --format json " + pools,
        "check --format junit " + pools, "show " + pools, std::string("show verity"), std::string("schema"),
        "export --promela " + pools, "compare --seeds 1 --vary cpus=1 " + scenario("seed/reserved-1.json"),
        std::string("--help"), std::string("--version"), std::string("check --help")}) {
    EXPECT_EQ(status_of(arguments, " >/dev/full", errors), 70) << arguments;
    EXPECT_EQ(read(errors), "dmstall: stdout could not be written completely: No space left on device\n") << arguments;
  }
  for (const std::string option : {"--output /dev/full --format json", "--output /dev/full"}) {
    EXPECT_EQ(status_of("check " + option + " " + pools, " >/dev/null", errors), 70);
    EXPECT_EQ(read(errors), "dmstall: /dev/full could not be written completely: No space left on device\n");
  }
}

TEST_F(OutputFiles, AClosedPipeIsAnErrorWithAMessage) {
  const std::string errors = (folder_ / "errors").string();
  // More than a pipe holds, and a reader that goes away after the first line; then one that never was.
  EXPECT_EQ(status_of("run --format json " + scenario("android/phone-59.json"), " | head -1 >/dev/null", errors), 70);
  EXPECT_EQ(read(errors), "dmstall: stdout could not be written completely: Broken pipe\n");
  EXPECT_EQ(status_of("schema", " >&-", errors), 70);
  EXPECT_EQ(read(errors), "dmstall: stdout could not be written completely: Bad file descriptor\n");
}

TEST_F(OutputFiles, WhatStdoutAlreadyGoesToIsNotReplaced) {
  const std::string pools = scenario("tutorial/01-opposite-orders.json"), both = (folder_ / "both").string();
  ASSERT_EQ(
      std::system(
          (std::string(DMSTALL_PROGRAM) + " check --format json --output /dev/stdout " + pools + " >" + both).c_str()),
      0);
  const std::string text = read(both);
  EXPECT_TRUE(contains(text, "1 passed, 0 failed")) << text;
  EXPECT_TRUE(contains(text, "\"dmstall_check\": 1")) << text;
}

TEST_F(OutputFiles, WithFormatJsonStdoutIsOneDocumentWhateverGoesWrong) {
  const std::string good = scenario("tutorial/01-opposite-orders.json");
  const fs::path bad = write("bad.json", "{ \"format\": 1, \"format\": 2 \xFF");
  const fs::path reader = write("strict.py",
                                "import json, sys\n"
                                "def once(pairs):\n  keys = [key for key, _ in pairs]\n  assert len(keys) == "
                                "len(set(keys)), keys\n  return dict(pairs)\n"
                                "def refuse(word):\n  raise ValueError(word)\n"
                                "document = json.loads(open(sys.argv[1], 'rb').read().decode('utf-8', 'strict'), "
                                "object_pairs_hook=once, parse_constant=refuse)\n"
                                "assert document['exit_code'] == int(sys.argv[2]), document['exit_code']\n");
  const std::vector<std::pair<std::string, int>> cases = {
      {"run --format json " + good, 10},
      {"run --format json " + bad.string(), 65},
      {"run --format json no-such-file.json", 65},
      {"run --format json " + folder_.string(), 65},
      {"run --format=json", 64},
      {"run --format json --seed many " + good, 64},
      {"run --format json --trace no/such/folder " + good, 64},
      {"run --format json --trace /dev/full " + good, 70},
      {"run --format json --engine explore --trace t " + good, 64},
      {"run --format json --html no/such/folder " + good, 64},
      {"run --format json --html /dev/full " + good, 70},
      {"run --format json --perfetto /dev/full " + good, 70},
      {"run --no-such-option --format json " + good, 64},
      {"check --format json " + good, 0},
      {"check --format json " + bad.string(), 65},
      {"check --format json no-such-file.json", 66},
      {"check --format json --filter nothing " + good, 66},
      {"check --format json -j 0 " + good, 64},
      {"check --format json --output no/such/folder " + good, 64},
      {"compare --format json --seeds 1 --vary cpus=1 " + scenario("seed/reserved-1.json"), 0},
      {"compare --format json " + bad.string(), 65},
      {"compare --format json --vary cpus=0 " + scenario("seed/reserved-1.json"), 65},
      {"compare --format json --vary nonsense " + scenario("seed/reserved-1.json"), 64},
      {"compare --format json --fail-on nonsense " + good, 64},
      {"compare --format json --output no/such/folder --vary cpus=1 " + scenario("seed/reserved-1.json"), 64},
      {"frobnicate --format json", 64}};
  for (const auto& [arguments, code] : cases) {
    const Outcome outcome = dmstall(arguments);
    EXPECT_EQ(outcome.code, code) << arguments << "\n" << outcome.err;
    const fs::path document = write("document", outcome.out);
    const std::string command =
        "python3 " + reader.string() + " " + document.string() + " " + std::to_string(code) + " 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << arguments << "\n" << outcome.out;
  }
}

TEST_F(OutputFiles, AnInterruptedRunPrintsWhatWasFinishedAndIsOneHundredThirty) {
  // The reader of a pipe without a writer waits for ever; whoever opens it for writing knows that the run has come so
  // far.
  const std::string pipe = (folder_ / "z.json").string(), out = (folder_ / "out").string(),
                    err = (folder_ / "err").string();
  ASSERT_EQ(std::system(("mkfifo " + pipe).c_str()), 0);
  const auto interrupted = [&](const std::string& options, const std::string& signal) {
    const std::string command = std::string(DMSTALL_PROGRAM) + " run " + options + " " +
                                scenario("tutorial/01-opposite-orders.json") + " " + pipe + " >" + out + " 2>" + err +
                                " & pid=$!; exec 3>" + pipe + "; kill -" + signal + " $pid; wait $pid";
    return WEXITSTATUS(std::system(command.c_str()));
  };
  EXPECT_EQ(interrupted("", "TERM"), 130);
  EXPECT_TRUE(contains(read(out), "RESULT tutorial-01-opposite-orders DEADLOCK")) << read(out);
  EXPECT_EQ(read(err), "dmstall: interrupted; 1 of 2 scenarios finished\n");
  EXPECT_EQ(interrupted("--format json", "TERM"), 130);
  EXPECT_TRUE(contains(read(out), "\"exit_code\": 130")) << read(out);
  EXPECT_TRUE(contains(read(out), "\"verdict\": \"DEADLOCK\""));
  EXPECT_EQ(std::system(("python3 -m json.tool " + out + " >/dev/null").c_str()), 0);
}

TEST_F(OutputFiles, AnInterruptedTraceLeavesNoFile) {
  const std::string pipe = (folder_ / "z.json").string();
  ASSERT_EQ(std::system(("mkfifo " + pipe).c_str()), 0);
  const std::string command = std::string(DMSTALL_PROGRAM) + " run --trace " + (folder_ / "log").string() + " " + pipe +
                              " 2>/dev/null & pid=$!; exec 3>" + pipe + "; kill -TERM $pid; wait $pid";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 130);
  EXPECT_FALSE(fs::exists(folder_ / "log"));
  expect_nothing_left_over();
}

}  // namespace dmstall::tests
