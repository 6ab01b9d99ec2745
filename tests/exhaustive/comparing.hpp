// What all comparisons with the oracle have in common: how many machines, which compile, and the smallest that differs.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>

#include "models/machine/compile.hpp"
#include "tests/exhaustive/machines.hpp"

namespace dmstall::tests {

inline constexpr std::size_t state_cap = 3'000;  ///< of the oracle

/// DMSTALL_EXHAUSTIVE=N multiplies the number of machines by N.
inline int scale() {
  const char* text = std::getenv("DMSTALL_EXHAUSTIVE");
  return text == nullptr ? 1 : std::max(1, std::atoi(text));
}

/// DMSTALL_SEEDS=FROM-TO: those random machines and no others, so that a long comparison can be cut into slices.
struct Seeds {
  std::uint64_t from = 1, to = 0;
};

inline Seeds seed_range(std::uint64_t count) {
  Seeds chosen{1, count * static_cast<std::uint64_t>(scale())};
  if (const char* text = std::getenv("DMSTALL_SEEDS")) {
    char* end = nullptr;
    chosen.from = std::strtoull(text, &end, 10);
    chosen.to = *end == '-' ? std::strtoull(end + 1, nullptr, 10) : chosen.from;
  }
  return chosen;
}

inline std::string theme_name(const testing::TestParamInfo<Theme>& tested) {
  std::string name = tested.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// Nothing: the compiler refuses it, and every engine with it.
inline std::optional<models::Machine> compiled(const models::Program& program) {
  try {
    return models::compile(program);
  } catch (const models::CompileError&) {
    return std::nullopt;
  }
}

/// Asks `wrong(program, tally)` (empty: nothing is) and reports what is, with the smallest machine that shows it. Only
/// the first three of a tally; `count` is how many there were.
template <typename Tally, typename Wrong>
void compare(const models::Program& program, Tally& tally, std::size_t& count, const Wrong& wrong) {
  ++tally.machines;
  const auto checked = [&](const models::Program& each, Tally* into) {
    try {
      return wrong(each, into);
    } catch (const std::exception& error) {
      return std::string("threw ") + error.what();
    }
  };
  const std::string what = checked(program, &tally);
  if (what.empty() || ++count > 3) return;
  const models::Program smallest =
      minimise(program, [&](const models::Program& each) { return !checked(each, nullptr).empty(); });
  ADD_FAILURE() << what << "; smallest: " << checked(smallest, nullptr) << "\n" << to_text(smallest);
}

}  // namespace dmstall::tests
