// Why a certificate or a witness is refused, in sentences: every kind has one of its own that says all it knows.

#include "analysis/report/refusal_text.hpp"

#include <gtest/gtest.h>

#include <set>

namespace dmstall::analysis {
namespace {

constexpr Refusal::Kind last = Refusal::Kind::out_of_memory;
constexpr MoveRefusal::Kind last_move = MoveRefusal::Kind::never_moves;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(RefusalText, EveryKindHasASentenceOfItsOwn) {
  std::set<std::string> texts;
  for (int kind = 1; kind <= static_cast<int>(last); ++kind) {
    const std::string text =
        to_text(Refusal{.kind = static_cast<Refusal::Kind>(kind), .names = {"the-first", "the-second", "the-third"}});
    EXPECT_FALSE(text.empty()) << kind;
    EXPECT_TRUE(texts.insert(text).second) << text;
  }
  EXPECT_EQ(to_text(Refusal{}), "");
  EXPECT_EQ(to_text(Refusal{.kind = static_cast<Refusal::Kind>(static_cast<int>(last) + 1)}), "")
      << "from a file that says more than is";
}

TEST(RefusalText, SaysWhatTheKindKnows) {
  Refusal need{
      .kind = Refusal::Kind::need_above_capacity, .names = {"the-pool"}, .at = "a step", .figure = 71, .of = 72};
  for (const char* part : {"the-pool", "71", "72", "(a step)"}) EXPECT_TRUE(has(to_text(need), part)) << to_text(need);
  Refusal solution{.kind = Refusal::Kind::solution, .names = {"the-pool"}};
  EXPECT_TRUE(has(to_text(solution), "holding nothing"));
  solution.held = {{"one", 2}, {"other", 3}};
  EXPECT_TRUE(has(to_text(solution), "holding 2 one, 3 other"));
  Refusal batch{.kind = Refusal::Kind::batch_awaited_elsewhere, .names = {"the-event", "the-counter", ""}};
  EXPECT_FALSE(has(to_text(batch), "holding"));
  batch.names[2] = "the-guard";
  EXPECT_TRUE(has(to_text(batch), "down, holding the-guard"));
}

TEST(RefusalText, NamesThatAreMissingAreNoEnd) {
  for (int kind = 1; kind <= static_cast<int>(last); ++kind)
    EXPECT_NE(to_text(Refusal{.kind = static_cast<Refusal::Kind>(kind)}), "") << kind;
}

TEST(RefusalText, EveryMoveHasASentenceOfItsOwn) {
  std::set<std::string> texts;
  for (int kind = 1; kind <= static_cast<int>(last_move); ++kind) {
    const std::string text = to_text(MoveRefusal{static_cast<MoveRefusal::Kind>(kind), 71, 72, "a place"});
    EXPECT_FALSE(text.empty()) << kind;
    EXPECT_TRUE(texts.insert(text).second) << text;
  }
  EXPECT_EQ(to_text(MoveRefusal{}), "");
}

TEST(RefusalText, OtherModelsAreNamed) {
  EXPECT_EQ(to_text(OtherModels{}), "");
  OtherModels other;
  other.kernel = "6.1";
  other.kernel_here = "6.12";
  EXPECT_EQ(to_text(other), "is about Linux 6.1, and this is Linux 6.12");
  OtherModels ids{.kernel = {}, .kernel_here = {}, .could_matter = false, .unnamed = {"a.b"}, .unknown = {"c.d"}};
  for (const char* part : {"a.b", "c.d", "cannot matter"}) EXPECT_TRUE(has(to_text(ids), part)) << to_text(ids);
}

}  // namespace
}  // namespace dmstall::analysis
