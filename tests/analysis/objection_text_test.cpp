// Why nothing is proved, in sentences: every kind has one of its own that says all that the kind knows.

#include "analysis/report/objection_text.hpp"

#include <gtest/gtest.h>

#include <set>

namespace dmstall::analysis {
namespace {

using Kind = Objection::Kind;

constexpr Kind last = Kind::circle_solution;

Objection of(Kind kind) {
  return {.kind = kind,
          .names = {"the-first", "the-second"},
          .figure = 71,
          .of = 72,
          .more = 73,
          .seconds = 74.5,
          .turn = false};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ObjectionText, EveryKindHasASentenceOfItsOwn) {
  std::set<std::string> texts;
  for (int kind = 1; kind <= static_cast<int>(last); ++kind) {
    const std::string text = to_text(of(static_cast<Kind>(kind)));
    EXPECT_FALSE(text.empty()) << kind;
    EXPECT_TRUE(texts.insert(text).second) << text;
  }
  EXPECT_EQ(to_text(Objection{}), "");
  EXPECT_EQ(to_text(of(static_cast<Kind>(static_cast<int>(last) + 1))), "") << "from a file that says more than is";
}

TEST(ObjectionText, SaysWhatTheKindKnows) {
  const std::string need = to_text(of(Kind::need_above_capacity));
  for (const char* part : {"the-first", "the-second", "71", "72"}) EXPECT_TRUE(has(need, part)) << need;
  for (const Kind kind :
       {Kind::circle, Kind::circle_ways, Kind::circle_cases, Kind::circle_unsolved, Kind::circle_solution}) {
    const std::string text = to_text(of(kind));
    for (const char* part : {"the-first", "the-second", "73 more"}) EXPECT_TRUE(has(text, part)) << text;
  }
  EXPECT_TRUE(has(to_text(of(Kind::circle_ways)), "71"));
  EXPECT_TRUE(has(to_text(of(Kind::circle_cases)), "71"));
  EXPECT_TRUE(has(to_text(of(Kind::circle_cases)), "74.5 s"));
  EXPECT_TRUE(has(to_text(of(Kind::out_of_time)), "74.5 s"));
  EXPECT_TRUE(has(to_text(of(Kind::positions)), "71"));
  Objection few = of(Kind::circle);
  few.more = 0;
  EXPECT_FALSE(has(to_text(few), "more"));
}

TEST(ObjectionText, ATurnIsNotItsOrder) {
  for (const Kind kind : {Kind::gives_unheld, Kind::two_tickets, Kind::ends_holding}) {
    Objection objection = of(kind);
    EXPECT_FALSE(has(to_text(objection), "a turn of"));
    objection.turn = true;
    EXPECT_TRUE(has(to_text(objection), "a turn of the-second")) << to_text(objection);
  }
}

TEST(ObjectionText, FewerNamesThanTheKindHasAreNoMistakeToFallOver) {
  for (int kind = 1; kind <= static_cast<int>(last); ++kind) {
    Objection objection = of(static_cast<Kind>(kind));
    objection.names.clear();
    EXPECT_FALSE(to_text(objection).empty()) << kind;
  }
}

}  // namespace
}  // namespace dmstall::analysis
