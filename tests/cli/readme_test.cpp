// What the documents show is what the program prints.
#include <fstream>

#include "tests/cli/shown_commands.hpp"

namespace dmstall::tests {
namespace {

TEST(Readme, ShowsWhatTheProgramPrints) {
  const std::vector<Shown> commands = shown_commands(text_of_document("README.md"));
  ASSERT_EQ(commands.size(), 3u);  // run, size, check
  for (const Shown& shown : commands) {
    ASSERT_GT(shown.lines.size(), 3u);
    expect_printed(shown);
  }
}

TEST(Readme, FitsInTwoHundredLines) {
  const std::vector<std::string> lines = lines_of(text_of_document("README.md"));
  EXPECT_LE(lines.size(), 200u);
}

/// Command lines without output, too, name files and options that there are.
TEST(Readme, EveryCommandLineIsOne) {
  std::size_t commands = 0;
  for (const std::string& line : lines_of(text_of_document("README.md"))) {
    const std::string program = "build/dmstall ";
    if (line.rfind(program, 0) != 0) continue;
    ++commands;
    const std::string arguments = line.substr(program.size(), line.find(" #") - program.size());
    EXPECT_NE(output_of(arguments + " --seeds 1").find("RESULT "), std::string::npos) << line;
  }
  EXPECT_GE(commands, 1u);
}

/// The scenario that it shows as a whole is one.
TEST(Readme, ShowsAScenarioThatRuns) {
  std::string scenario;
  bool inside = false;
  for (const std::string& line : lines_of(text_of_document("README.md"))) {
    if (line == "{") inside = true;
    if (inside) scenario += line + "\n";
    if (line == "}") inside = false;
  }
  const std::string file = testing::TempDir() + "readme-stack.json";
  std::ofstream(file) << scenario;
  EXPECT_NE(output_of("run --engine prove " + file).find("RESULT my-stack PROGRESS"), std::string::npos) << scenario;
}

class Document : public testing::TestWithParam<const char*> {};

TEST_P(Document, ShowsWhatTheProgramPrints) {
  const std::vector<Shown> commands = shown_commands(text_of_document(GetParam()));
  ASSERT_FALSE(commands.empty());
  for (const Shown& shown : commands) {
    ASSERT_FALSE(shown.lines.empty()) << shown.arguments;
    expect_printed(shown);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Document,
                         testing::Values("scenarios/TARGETS.md", "scenarios/PHONE.md", "analysis/GRIDS.md",
                                         "analysis/SEARCH.md"));

TEST(Documents, AreThoseThatTheProgramMakes) {
  EXPECT_EQ(text_of_document("scenarios/FORMAT.md"), output_of("schema --format markdown"))
      << "dmstall schema --format markdown > scenarios/FORMAT.md";
  EXPECT_EQ(text_of_document("models/KERNEL.md"), output_of("schema --format kernel"))
      << "dmstall schema --format kernel > models/KERNEL.md";
}

}  // namespace
}  // namespace dmstall::tests
