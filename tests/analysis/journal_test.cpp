// Journals of comparisons: whatever is cut off or damaged, nothing half-written is taken for an answer and nothing
// finished is done twice.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/use/compare/comparison.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall::tests {

namespace {

using namespace dmstall::analysis;
namespace fs = std::filesystem;

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / ("dmstall-journal-" + std::to_string(::getpid()) + "-" + test.name());
    fs::create_directories(folder_);
    path_ = (folder_ / "journal").string();
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string read(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }
  static void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

  std::string refusal(const JournalHeader& header) const {
    try {
      Journal journal(path_, header);
    } catch (const JournalError& error) {
      return error.what();
    }
    return "";
  }

  const JournalHeader header_{{{"program", "dmstall"}, {"grid", "3 rows"}}};
  fs::path folder_;
  std::string path_;
};

const std::string two_pools =
    R"j({ "format": 1, "name": "two", "resources": { "a": {"mempool": 1}, "b": {"mempool": 1} }, "tasks": [
  { "name": "t0", "steps": [ {"take": "a"}, {"take": "b"}, {"give": "b"}, {"give": "a"} ] },
  { "name": "t1", "steps": [ {"take": "b"}, {"take": "a"}, {"give": "a"}, {"give": "b"} ] } ], )j"
    R"j("memory": {"allocator": "exhausted"} })j";

ComparisonPlan plan_of(Shard shard = {}) {
  models::ReadResult read = models::read_scenario_text(two_pools, "two.json");
  EXPECT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
  return plan_comparison({{two_pools, std::move(*read.scenario)}},
                         {{"resources.a.mempool", {"1", "2", "3"}}, {"resources.b.mempool", {"1", "2"}}}, {}, shard);
}

ComparisonOptions options_of(Journal* journal = nullptr) {
  ComparisonOptions options;
  options.seeds = 2;
  options.journal = journal;
  return options;
}

}  // namespace

TEST_F(JournalTest, WhatIsCutOffAnywhereIsDroppedAndTheRestIsKept) {
  {
    Journal journal(path_, header_);
    journal.add(0, 0, "first");
    journal.add(0, 1, "second \"with\" quotes\n");
    journal.add(2, 0, "third");
  }
  const std::string whole = read(path_);
  ASSERT_EQ(std::count(whole.begin(), whole.end(), '\n'), 4);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    SCOPED_TRACE(size);
    write(path_, whole.substr(0, size));
    const auto lines = std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size), '\n');
    {
      Journal journal(path_, header_);
      EXPECT_EQ(journal.known().size(), static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, lines - 1)));
      journal.add(1, 0, "after");
    }
    const JournalEntries entries = read_journal(path_, header_);
    EXPECT_EQ(entries.at({1, 0}), "after");
    EXPECT_EQ(entries.size(), static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, lines - 1)) + 1);
    if (lines >= 3) {
      EXPECT_EQ(entries.at({0, 1}), "second \"with\" quotes\n");
    }
  }
}

TEST_F(JournalTest, DamageInTheMiddleIsRefused) {
  {
    Journal journal(path_, header_);
    journal.add(0, 0, "first");
    journal.add(1, 0, "second");
  }
  std::string text = read(path_);
  text[text.find("first")] = 'F';
  write(path_, text);
  EXPECT_NE(refusal(header_).find(":2: the line is damaged"), std::string::npos) << refusal(header_);
  EXPECT_THROW((void)read_journal(path_, header_), JournalError);
  EXPECT_EQ(read(path_), text) << "a journal that is refused is left alone";
}

TEST_F(JournalTest, AJournalOfAnotherComparisonIsRefused) {
  { Journal journal(path_, header_); }
  const JournalHeader other{{{"program", "dmstall"}, {"grid", "4 rows"}}};
  EXPECT_NE(refusal(other).find("its grid is 3 rows, here it is 4 rows"), std::string::npos) << refusal(other);
}

TEST_F(JournalTest, WhatIsNoJournalIsLeftAlone) {
  for (const std::string text : {"{ \"format\": 1 }", "{ \"format\": 1 }\n", "a\nb\nc\n", "\n"}) {
    write(path_, text);
    EXPECT_NE(refusal(header_).find("is no journal of dmstall"), std::string::npos) << text;
    EXPECT_EQ(read(path_), text);
  }
}

TEST_F(JournalTest, OneProcessAtATimeWritesIt) {
  Journal journal(path_, header_);
  EXPECT_NE(refusal(header_).find("in use"), std::string::npos);
}

TEST_F(JournalTest, WhatIsKnownIsNotRunAgainAndTheAnswerIsTheSame) {
  const ComparisonPlan plan = plan_of();
  const JournalHeader header = journal_header(plan, options_of());
  const Comparison whole = run_comparison(plan, options_of());
  EXPECT_EQ(whole.rows.size(), 6u);
  EXPECT_EQ(whole.run, 18u) << "a judgement and two seeds each";
  {
    Journal journal(path_, header);
    EXPECT_EQ(run_comparison(plan, options_of(&journal)).digest, whole.digest);
  }
  // The header and seven lines are left, and a piece of the eighth.
  std::istringstream stream(read(path_));
  std::string left;
  for (int i = 0; i < 8; ++i) {
    std::string line;
    std::getline(stream, line);
    left += line + "\n";
  }
  write(path_, left + "0123456789abcdef {\"row\":");
  Journal journal(path_, header);
  const Comparison resumed = run_comparison(plan, options_of(&journal));
  EXPECT_EQ(resumed.known, 7u);
  EXPECT_EQ(resumed.run, 11u);
  EXPECT_EQ(resumed.digest, whole.digest);
  EXPECT_EQ(read_journal(path_, header).size(), 18u);
}

TEST_F(JournalTest, ShardsTogetherAreTheWhole) {
  const Comparison whole = run_comparison(plan_of(), options_of());
  const JournalHeader header = journal_header(plan_of(), options_of());
  std::vector<JournalEntries> journals;
  for (std::size_t i = 0; i < 4; ++i) {
    const ComparisonPlan plan = plan_of({i, 4});
    EXPECT_EQ(journal_header(plan, options_of()).fields, header.fields) << "shards of one comparison have one header";
    const std::string path = path_ + std::to_string(i);
    {
      Journal journal(path, header);
      EXPECT_EQ(run_comparison(plan, options_of(&journal)).rows.size(), i < 2 ? 2u : 1u);
    }
    if (i == 3) {
      EXPECT_THROW((void)merge_comparison(plan_of(), options_of(), journals), MissingRows);
    }
    journals.push_back(read_journal(path, header));
  }
  const Comparison merged = merge_comparison(plan_of(), options_of(), journals);
  EXPECT_EQ(merged.digest, whole.digest);
  EXPECT_EQ(merged.code, whole.code);
  EXPECT_EQ(merged.run, 0u);
}

TEST_F(JournalTest, OtherQuestionsHaveOtherHeaders) {
  const auto fields = [](const ComparisonOptions& options) { return journal_header(plan_of(), options).fields; };
  ComparisonOptions other = options_of();
  other.seeds = 3;
  EXPECT_NE(fields(other), fields(options_of()));
  other = options_of();
  other.engine = Engine::explore;
  EXPECT_NE(fields(other), fields(options_of()));
  other = options_of();
  other.search.states = 10;
  EXPECT_NE(fields(other), fields(options_of()));
  other = options_of();
  other.parallel = 7;
  other.timeout_s = 1;
  EXPECT_EQ(fields(other), fields(options_of())) << "neither changes an answer that is whole";
}

}  // namespace dmstall::tests
