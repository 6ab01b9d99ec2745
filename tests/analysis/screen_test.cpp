// The lines of a first screen: they fit, what matters least gives way, and a command is never broken.
#include "analysis/report/screen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "analysis/report/dot_text.hpp"
#include "analysis/report/fold_text.hpp"

namespace dmstall::analysis {
namespace {

const std::string thirty_words = [] {
  std::string text = "word";
  for (int i = 1; i < 30; ++i) text += " word";
  return text;
}();

std::string joined(const std::vector<std::string>& lines) {
  return std::accumulate(lines.begin(), lines.end(), std::string(),
                         [](const std::string& all, const std::string& line) { return all + line + "\n"; });
}

TEST(Screen, PutsALabelOnceAndLeavesEmptySectionsOut) {
  const auto lines = screen_lines(
      {{Label::circle, {}}, {Label::needs, {{"one", 0}, {"two", 0, 2}}}, {Label::ends, {{"three", 0}}}}, 60, 24);
  EXPECT_EQ(joined(lines),
            "  NEEDS     one\n"
            "              two\n"
            "  ENDS      three\n");
}

TEST(Screen, FoldsWordsWithinTheWidth) {
  for (const std::size_t width : {40U, 57U, 79U, 100U, 200U}) {
    for (const std::string& line : screen_lines({{Label::assumed, {{thirty_words, 0}}}}, width, 24))
      EXPECT_LE(width_of(line), width) << line;
  }
}

TEST(Screen, TheHighestRankGivesWayFirstAndIsCounted) {
  const std::vector<ScreenSection> sections = {{Label::circle, {{"a", 0}, {"b", 2}, {"c", 1}}},
                                               {Label::assumed, {{"d", 0}, {"e", 2}}}};
  EXPECT_EQ(joined(screen_lines(sections, 60, 5)),
            "  CIRCLE    a\n            b\n            c\n  ASSUMED   d\n            e\n");
  EXPECT_EQ(joined(screen_lines(sections, 60, 4)), "  CIRCLE    a\n            b\n            c\n  ASSUMED   d (+1)\n");
  EXPECT_EQ(joined(screen_lines(sections, 60, 3)), "  CIRCLE    a\n            c (+1)\n  ASSUMED   d (+1)\n");
  EXPECT_EQ(joined(screen_lines(sections, 60, 2)), "  CIRCLE    a (+2)\n  ASSUMED   d (+1)\n");
  EXPECT_EQ(screen_lines(sections, 60, 1).size(), 2U) << "rank 0 stays";
}

TEST(Screen, TheLabelStaysWhenTheFirstRowGoes) {
  EXPECT_EQ(joined(screen_lines({{Label::assumed, {{"a", 3}, {"b", 0}}}}, 60, 1)), "  ASSUMED   b (+1)\n");
}

TEST(Screen, LongRowsAreCutWhenNothingElseCanGo) {
  const std::vector<std::string> lines =
      screen_lines({{Label::circle, {{thirty_words, 0}}}, {Label::assumed, {{thirty_words, 0}}}}, 40, 4);
  EXPECT_EQ(lines.size(), 4U);
  EXPECT_NE(joined(lines).find("…"), std::string::npos);
  for (const std::string& line : lines) EXPECT_LE(width_of(line), 40U) << line;
}

TEST(Screen, ACommandGoesOnBehindABackslash) {
  const std::string path(70, 'p');
  const auto lines = screen_lines({{Label::next, {{"dmstall run --steps " + path, 0, 0, true}}}}, 80, 24);
  EXPECT_EQ(joined(lines), "  NEXT      dmstall run --steps \\\n    " + path + "\n");
}

TEST(Screen, ACommandIsNotCountedInto) {
  const auto lines =
      screen_lines({{Label::next, {{"dmstall run a", 0, 0, true}, {"dmstall run b", 3, 0, true}}}}, 80, 1);
  EXPECT_EQ(joined(lines), "  NEXT      dmstall run a\n");
}

TEST(Screen, CutsByCodePoints) {
  EXPECT_EQ(cut_to("1 → 2 more", 10), "1 → 2 more");
  EXPECT_EQ(cut_to("1 → 2 more", 6), "1 → 2…");
}

// A name may hold what ends a text, begins an escape or moves a cursor.
TEST(DotText, EndsWhereItShould) {
  EXPECT_EQ(dot_quoted("p\"] -> x; //\\"), "\"p\\\"] -> x; //\\\\\"");
  EXPECT_EQ(dot_lines({"kverityd/upper", "", "a < b"}), "\"kverityd/upper\\na < b\"");
  for (const char c : dot_quoted("one\ntwo\x1b[31m\r")) EXPECT_GE(static_cast<unsigned char>(c), 0x20U);
}

}  // namespace
}  // namespace dmstall::analysis
