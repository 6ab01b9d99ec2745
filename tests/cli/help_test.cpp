// Help, man page and completions: all of the option table, short enough to read, and understood by those who read them.
#include <algorithm>
#include <sstream>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {
namespace {

class Help : public ProgramTest {
 protected:
  [[nodiscard]] static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }

  /// Verbs as `dmstall --help` lists them.
  [[nodiscard]] std::vector<std::string> verbs() const {
    std::vector<std::string> found;
    bool listing = false;
    for (const std::string& line : lines_of(dmstall("--help").out)) {
      if (line.rfind("Usage:", 0) == 0) listing = true;
      if (line.rfind("  -h, --help", 0) == 0) listing = false;
      if (listing && line.size() > 2 && line[2] != ' ' && line.rfind("  ", 0) == 0)
        found.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
    return found;
  }

  /// "--jobs" and the like, as the verb's help lists them.
  [[nodiscard]] std::vector<std::string> options(const std::string& verb) const {
    std::vector<std::string> found;
    for (const std::string& line : lines_of(dmstall(verb + " --help").out)) {
      if (line.rfind("  -", 0) != 0) continue;
      const std::size_t at = line.find("--");
      if (at != std::string::npos && at < 8) found.push_back(line.substr(at, line.find_first_of(" ,", at) - at));
    }
    return found;
  }

  /// The exit code of a shell command; -1 when the shell is missing.
  [[nodiscard]] static int shell(const std::string& command) {
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};

TEST_F(Help, EveryVerbBeginsWithTwoExamplesAndFitsOnAScreen) {
  const std::vector<std::string> all = verbs();
  EXPECT_GE(all.size(), 9u);
  for (const std::string& verb : all) {
    SCOPED_TRACE(verb);
    const Outcome help = dmstall(verb + " --help");
    EXPECT_EQ(help.code, 0);
    const std::vector<std::string> lines = lines_of(help.out);
    EXPECT_LE(lines.size(), 46u) << help.out;
    ASSERT_GE(lines.size(), 4u);
    EXPECT_EQ(lines[0], "Examples:");
    EXPECT_EQ(lines[1].rfind("  dmstall ", 0), 0u) << lines[1];
    EXPECT_EQ(lines[2].rfind("  dmstall ", 0), 0u) << lines[2];
    EXPECT_EQ(lines[3], "");
    EXPECT_EQ(dmstall("help " + verb).out, help.out);
  }
}

TEST_F(Help, TheWholeHelpIsShortToo) {
  EXPECT_LE(lines_of(dmstall("--help").out).size(), 40u);
}

TEST_F(Help, ManPageAndCompletionsHaveEveryVerbAndOption) {
  const std::string man = dmstall("help --man").out, bash = dmstall("help --completion bash").out,
                    zsh = dmstall("help --completion zsh").out, fish = dmstall("help --completion fish").out;
  std::size_t seen = 0;
  for (const std::string& verb : verbs()) {
    EXPECT_NE(man.find("dmstall " + verb), std::string::npos) << verb;
    EXPECT_NE(zsh.find("'" + verb + ":"), std::string::npos) << verb;
    EXPECT_NE(fish.find("-a " + verb + " "), std::string::npos) << verb;
    for (const std::string& option : options(verb)) {
      std::string escaped;
      for (const char c : option) escaped += c == '-' ? "\\-" : std::string(1, c);
      EXPECT_NE(bash.find(option), std::string::npos) << verb << " " << option;
      EXPECT_NE(zsh.find(option), std::string::npos) << verb << " " << option;
      ++seen;
      if (option == "--help") continue;
      EXPECT_NE(man.find(escaped), std::string::npos) << verb << " " << option;
      EXPECT_NE(fish.find("-l " + option.substr(2)), std::string::npos) << verb << " " << option;
    }
  }
  EXPECT_GE(seen, 40u);
}

TEST_F(Help, TheManPagesHaveNoMistakes) {
  for (const char* option : {"--man", "--man-scenario"}) {
    const fs::path page = write("page", dmstall(std::string("help ") + option).out);
    const fs::path said = folder_ / "said";
    ASSERT_EQ(shell("groff -man -Tutf8 -ww -z " + page.string() + " 2>" + said.string()), 0) << option;
    EXPECT_EQ(read(said), "") << option;
  }
}

TEST_F(Help, BashCompletesVerbsOptionsAndChoices) {
  const fs::path script = write("dmstall.bash", dmstall("help --completion bash").out);
  const auto completed = [&](const std::string& words, int at) {
    const fs::path out = folder_ / "out";
    EXPECT_EQ(shell("bash -c '. " + script.string() + "; COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(at) +
                    "; _dmstall; printf \"%s\\n\" \"${COMPREPLY[@]}\"' >" + out.string()),
              0);
    return read(out);
  };
  EXPECT_EQ(completed("dmstall ru", 1), "run\n");
  EXPECT_EQ(completed("dmstall run --eng", 2), "--engine\n");
  EXPECT_EQ(completed("dmstall run --engine pr", 3), "prove\n");
  EXPECT_EQ(completed("dmstall show veri", 2), "verity\n");
  EXPECT_EQ(completed("dmstall show relea", 2), "releases\n");
  EXPECT_EQ(completed("dmstall size --pool verity.rec", 3), "verity.recheck_pool\n");
  EXPECT_EQ(completed("dmstall compare --vary memory.alloc", 3), "memory.allocator=\n");
  EXPECT_EQ(completed("dmstall compare --vary verity.reserve.rec", 3), "verity.reserve.recheck_pool=\n");
  EXPECT_EQ(completed("dmstall help circ", 2), "circle\n");
  EXPECT_EQ(completed("dmstall help memory.alloc", 2), "memory.allocator\n");
  const fs::path file = write("some-scenario.json", "{}");
  EXPECT_EQ(completed("dmstall run " + file.string().substr(0, file.string().size() - 4), 2), file.string() + "\n");
}

TEST_F(Help, OtherShellsUnderstandTheirCompletions) {
  const fs::path zsh = write("_dmstall", dmstall("help --completion zsh").out),
                 fish = write("dmstall.fish", dmstall("help --completion fish").out);
  EXPECT_EQ(shell("zsh -n " + zsh.string()), 0) << "Debian: zsh";
  EXPECT_EQ(shell("fish --no-execute " + fish.string()), 0) << "Debian: fish";
  const auto offers = [&](const std::string& line, const std::string& what) {
    return shell("fish -c 'source " + fish.string() + "; complete -C \"" + line + "\"' | grep -q -- " + what) == 0;
  };
  EXPECT_TRUE(offers("dmstall run --eng", "--engine"));
  EXPECT_TRUE(offers("dmstall show veri", "verity"));
  EXPECT_TRUE(offers("dmstall size --pool verity.rec", "verity.recheck_pool"));
  EXPECT_FALSE(offers("dmstall run veri", "verity"));
}

TEST_F(Help, WhatWasProbablyMeantIsSaid) {
  const auto said = [&](const std::string& arguments) {
    const Outcome outcome = dmstall(arguments);
    EXPECT_EQ(outcome.code, 64) << arguments;
    return outcome.err;
  };
  EXPECT_NE(said("chek scenarios/").find("did you mean check?"), std::string::npos);
  EXPECT_NE(said("run --fromat json x.json").find("run has no option --fromat; did you mean --format?"),
            std::string::npos);
  EXPECT_NE(said("check --filtre=x x.json").find("did you mean --filter?"), std::string::npos);
  EXPECT_NE(said("help rnu").find("did you mean run?"), std::string::npos);
  EXPECT_NE(said("help circel").find("did you mean circle?"), std::string::npos);
  EXPECT_NE(said("help memory.allocation").find("did you mean memory.allocator?"), std::string::npos);
  EXPECT_NE(said("help verty").find("did you mean verity?"), std::string::npos);
  EXPECT_NE(said("help xyzzyxyzzy").find("`dmstall help topics` lists them"), std::string::npos);
  EXPECT_NE(said("run --engine prov x.json").find("did you mean prove?"), std::string::npos);
  EXPECT_NE(said("compare --fail-on deadlok x.json").find("did you mean deadlock?"), std::string::npos);
  EXPECT_NE(said("check --report junti=r.xml x.json").find("did you mean junit?"), std::string::npos);
  EXPECT_NE(said("check --format junti x.json").find("did you mean junit?"), std::string::npos);
  EXPECT_NE(said("frobnicate").find("verbs: run, check"), std::string::npos);
  EXPECT_EQ(said("run --xyzzy x.json").find("did you mean"), std::string::npos);
  EXPECT_NE(dmstall("show verty").err.find("did you mean verity?"), std::string::npos);
}

TEST_F(Help, NoColoursWithoutATerminal) {
  for (const char* arguments : {"--help", "run --help", "help --man"})
    EXPECT_EQ(dmstall(arguments).out.find('\x1b'), std::string::npos) << arguments;
  EXPECT_EQ(dmstall("run " + scenario("seed/shared-pools.json")).out.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace dmstall::tests
