// Which files the paths of a command line stand for.
#include "analysis/use/check/find_scenarios.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace dmstall::tests {

namespace {

namespace fs = std::filesystem;
using Paths = std::vector<std::string>;

class FindScenarios : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("dmstall-find-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    before_ = fs::current_path();
    fs::current_path(folder_);
    for (const char* file : {"top.json", "s/x-1.json", "s/x-2.json", "s/y.json", "s/deep/er/x-3.json",
                             "s/s.schema.json", "s/notes.md", "s/.hidden.json", "s/.git/x-9.json", "[odd]/x-4.json"}) {
      fs::create_directories(fs::path(file).parent_path().empty() ? "." : fs::path(file).parent_path());
      std::ofstream(file) << "{}";
    }
  }
  void TearDown() override {
    fs::current_path(before_);
    fs::remove_all(folder_);
  }

  static Paths files(const Paths& paths) {
    const analysis::FoundScenarios found = analysis::find_scenarios(paths);
    EXPECT_EQ(found.missing, Paths{});
    return found.files;
  }

  fs::path folder_, before_;
};

}  // namespace

TEST_F(FindScenarios, AFolderIsSearchedDownwardsWithoutSchemas) {
  EXPECT_EQ(files({"s/deep"}), Paths{"s/deep/er/x-3.json"});
  EXPECT_EQ(files({"s"}),
            (Paths{"s/.git/x-9.json", "s/.hidden.json", "s/deep/er/x-3.json", "s/x-1.json", "s/x-2.json", "s/y.json"}));
  EXPECT_EQ(files({"s/"}), files({"s"}));
}

TEST_F(FindScenarios, AFileIsTakenWhateverItsName) {
  EXPECT_EQ(files({"s/notes.md", "s/s.schema.json"}), (Paths{"s/notes.md", "s/s.schema.json"}));
}

TEST_F(FindScenarios, EachFileOnceHoweverItIsSpelled) {
  fs::create_symlink("x-1.json", "s/deep/link.json");
  EXPECT_EQ(files({"top.json", "./top.json", fs::absolute("top.json").string()}).size(), 1u);
  fs::remove("s/deep/link.json");
  fs::create_symlink("../x-1.json", "s/deep/link.json");
  EXPECT_EQ(files({"s/x-1.json", "s/deep/link.json"}), Paths{"s/x-1.json"});
}

TEST_F(FindScenarios, TheOrderIsThatOfThePathsNotOfTheArguments) {
  EXPECT_EQ(files({"top.json", "s/y.json", "s/x-1.json"}), (Paths{"s/x-1.json", "s/y.json", "top.json"}));
}

TEST_F(FindScenarios, PatternsStayInsideAName) {
  EXPECT_EQ(files({"s/x-*.json"}), (Paths{"s/x-1.json", "s/x-2.json"}));
  EXPECT_EQ(files({"s/x-[2-9].json"}), Paths{"s/x-2.json"});
  EXPECT_EQ(files({"?/y.json"}), Paths{"s/y.json"});
  EXPECT_EQ(files({folder_.string() + "/s/y.*"}), Paths{folder_.string() + "/s/y.json"});
}

TEST_F(FindScenarios, TwoStarsReachAnyDepth) {
  EXPECT_EQ(files({"s/**/x-*.json"}), (Paths{"s/deep/er/x-3.json", "s/x-1.json", "s/x-2.json"}));
  EXPECT_EQ(files({"**/x-3.json"}), Paths{"s/deep/er/x-3.json"});
  EXPECT_EQ(files({"s/**/er"}), Paths{"s/deep/er/x-3.json"}) << "a folder that matches is searched";
}

TEST_F(FindScenarios, ANameThatLooksLikeAPatternButExistsIsAName) {
  EXPECT_EQ(files({"[odd]"}), Paths{"[odd]/x-4.json"});
}

TEST_F(FindScenarios, WhatStandsForNothingIsNamed) {
  const analysis::FoundScenarios found = analysis::find_scenarios({"top.json", "no/such.json", "s/z*.json"});
  EXPECT_EQ(found.files, Paths{"top.json"});
  ASSERT_EQ(found.missing.size(), 2u);
  EXPECT_EQ(found.missing[0].rfind("no/such.json: ", 0), 0u) << found.missing[0];
  EXPECT_EQ(found.missing[1], "s/z*.json: no file matches");
}

TEST_F(FindScenarios, ALoopOfLinksEnds) {
  fs::create_directory_symlink("..", "s/deep/loop");
  EXPECT_EQ(files({"s/deep"}), Paths{"s/deep/er/x-3.json"});
  EXPECT_EQ(files({"s/**/x-3.json"}), Paths{"s/deep/er/x-3.json"});
}

TEST(Filters, PartsAndPatternsAndTheirOpposite) {
  const std::string path = "scenarios/seed/shared-pools.json";
  const auto passes = [&](const Paths& filters) { return analysis::passes_filters(path, filters); };
  EXPECT_TRUE(passes({}));
  EXPECT_TRUE(passes({"seed/sha"}));
  EXPECT_FALSE(passes({"tutorial"}));
  EXPECT_TRUE(passes({"tutorial", "seed"})) << "one that includes is enough";
  EXPECT_TRUE(passes({"shared-*.json"}));
  EXPECT_TRUE(passes({"scenarios/*pools.json"}));
  EXPECT_FALSE(passes({"shared-?.json"}));
  EXPECT_FALSE(passes({"!seed"}));
  EXPECT_TRUE(passes({"!tutorial"}));
  EXPECT_FALSE(passes({"seed", "!shared-*"})) << "one that excludes is enough";
  EXPECT_FALSE(passes({"!shared-*", "seed"}));
}

}  // namespace dmstall::tests
