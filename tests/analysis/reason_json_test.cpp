// Reasons cross a process boundary: what comes back says the same.
#include "analysis/verdict/reason_json.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "analysis/report/reason_text.hpp"

namespace dmstall::tests {

namespace {

using namespace dmstall::analysis;

/// One of each kind, with figures that no default has.
Reasons one_of_each() {
  const SearchBound bound{.kind = SearchBound::Kind::class_not_whole,
                          .amount = 3,
                          .seconds = 1.5,
                          .requests = 2,
                          .flag = "--flag",
                          .of = 4,
                          .of_class = "reader",
                          .leaves = "a page"};
  return {because::RunCompleted{18'000'000'000'000'000'000ULL, 0.25},
          because::RunStalled{9},
          because::RunStopped{9, 0.5, "the OOM killer", 3, 8},
          because::RunStuck{9, 0.125, 7},
          because::RecordCut{0.5, {MoveRefusal::Kind::no_class, 3, 7}},
          because::RunOutOfTime{12.5},
          because::RunOutOfSteps{6},
          because::RunGivenUp{5},
          because::RunTooLarge{},
          because::Exhausted{2, 30, true},
          because::StuckSet{true, 1, 2, 3, 4},
          because::Endless{2},
          because::Overtaken{1, 5, 6},
          because::SearchEnded{bound},
          because::Proved{ProofScope::places_in_flight, true},
          because::NotProved{{.kind = Objection::Kind::ends_holding,
                              .names = {"a", "b"},
                              .figure = 1,
                              .of = 2,
                              .more = 3,
                              .seconds = 0.5,
                              .turn = true},
                             true},
          because::NotChecked{{Refusal::Kind::too_many_positions}},
          because::SystemMemory{false},
          because::WallTime{2.5},
          because::WallTimeOfAll{3.5},
          because::ProcessMemory{64},
          because::NoAnswer{11, 0, "said"},
          because::Replayed{4, "w.json", models::VerdictKind::stall, models::VerdictKind::deadlock},
          because::RunRefused{0.5, {MoveRefusal::Kind::no_token, 4, 8}},
          because::StuckSetRefused{{MoveRefusal::Kind::cannot_move, 5, 9, "a place"}},
          because::RoundRefused{{MoveRefusal::Kind::never_moves, 0, 6}},
          because::CertificateRefused{{Refusal::Kind::solution, {"pool"}, "flow, step 2", 3, 4, {{"held", 2}}}},
          because::Contradiction{true, 9, "stack.json"},
          because::ScenarioWrong{"below 0"},
          because::NotCompiled{"stack.json", 3, 4, "no such pool"},
          because::NotRead{"stack.json:1:1: error"},
          because::Crashed{{0, 3, "said"}}};
}

}  // namespace

TEST(ReasonJson, EveryKindComesBackAsItWas) {
  const Reasons all = one_of_each();
  ASSERT_EQ(all.size(), std::variant_size_v<Reason>) << "one of each";
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].index(), i);
    const Reasons back = reasons_from(nlohmann::json::parse(json_of({all[i]}).dump()));
    ASSERT_EQ(back.size(), 1U);
    EXPECT_EQ(back.front().index(), i);
    EXPECT_EQ(to_text(back.front()), to_text(all[i]));
    EXPECT_EQ(json_of(back), json_of({all[i]})) << "figures that are not printed, too";
    EXPECT_FALSE(to_text(all[i]).empty());
  }
}

TEST(ReasonJson, WhatIsNoneIsRefused) {
  for (const char* text : {"[[99, {}]]", "[[0]]", "[[0, {}]]", "[7]", "[[-1, {}]]", "[[\"0\", {}]]"})
    EXPECT_THROW((void)reasons_from(nlohmann::json::parse(text)), nlohmann::json::exception) << text;
}

}  // namespace dmstall::tests
