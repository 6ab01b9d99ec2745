// What the documents show is what the program prints.
#include "tests/cli/shown_commands.hpp"

namespace dmstall::tests {
namespace {

TEST(Readme, ShowsWhatTheProgramPrints) {
  const std::vector<Shown> commands = shown_commands(text_of_document("README.md"));
  ASSERT_EQ(commands.size(), 7u);  // run, prove, compare twice, size twice, check
  for (const Shown& shown : commands) {
    ASSERT_GT(shown.lines.size(), 3u);
    expect_printed(shown);
  }
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
