// Writing certificates by hand.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "analysis/engines/verify/verify.hpp"
#include "analysis/report/refusal_text.hpp"
#include "models/machine/compile.hpp"

namespace dmstall::tests {

using analysis::Cases;
using analysis::Certificate;
using analysis::Multiplier;
using analysis::RowKind;
using analysis::Target;

using Ranks = std::vector<std::vector<std::string>>;

/// Highest rank first; every wait goes strictly down.
inline Certificate ranked(const Ranks& ranks) {
  Certificate certificate;
  for (const auto& things : ranks) certificate.groups.push_back({things, std::nullopt});
  return certificate;
}

inline Multiplier somebody(std::string times = "1") {
  return {RowKind::somebody, {}, "", std::move(times)};
}
inline Multiplier waits(Target target, std::string times = "1") {
  return {RowKind::waits, std::move(target), "", std::move(times)};
}
inline Multiplier supply(Target target, std::string times = "1") {
  return {RowKind::supply, std::move(target), "", std::move(times)};
}
inline Multiplier bound(std::string resource, std::string times = "1") {
  return {RowKind::bound, {std::move(resource)}, "", std::move(times)};
}
inline Multiplier requests(std::string of_class, std::string times = "1") {
  return {RowKind::requests, {}, std::move(of_class), std::move(times)};
}

inline Cases leaf(std::vector<Multiplier> rows) {
  Cases cases;
  cases.multipliers = std::move(rows);
  return cases;
}
inline Cases split(Target target, Cases waited, Cases not_waited) {
  Cases cases;
  cases.split = std::move(target);
  cases.branches = {std::move(waited), std::move(not_waited)};
  return cases;
}

inline analysis::Verification verified(const models::Program& program, const Certificate& certificate) {
  return analysis::verify(models::compile(program), certificate);
}

/// EXPECT_TRUE(accepts(…)) prints the refusal.
inline testing::AssertionResult accepts(const models::Program& program, const Certificate& certificate) {
  const analysis::Verification found = verified(program, certificate);
  if (found.accepted) return testing::AssertionSuccess();
  return testing::AssertionFailure() << program.name << " refused: " << analysis::to_text(found.refusal);
}

/// Refused, and for the reason that these words name: a refusal for another reason proves nothing.
inline testing::AssertionResult refuses(const models::Program& program, const Certificate& certificate,
                                        const std::string& words) {
  const analysis::Verification found = verified(program, certificate);
  if (found.accepted) return testing::AssertionFailure() << program.name << " accepted";
  if (analysis::to_text(found.refusal).find(words) == std::string::npos)
    return testing::AssertionFailure() << program.name
                                       << " refused for another reason: " << analysis::to_text(found.refusal);
  return testing::AssertionSuccess();
}

}  // namespace dmstall::tests
