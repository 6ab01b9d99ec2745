// What keeps the search small. Each reduction may be switched off; verdict and least witness stay the same.
//
// What each is called in the literature stands at the head of the file that does it: `count` in space.hpp, `siblings`
// in siblings.hpp, `ample` in ample.hpp, `empty`, `release` and `choices` in shapes.hpp. `wakes` is our own.
#pragma once

#include <array>
#include <string_view>
#include <vector>

namespace dmstall::analysis {

struct Reductions {
  bool count = true;     ///< alike requests are counted, not told apart
  bool empty = true;     ///< steps that touch nothing are done at once
  bool release = true;   ///< gives, unlocks and signals are done at once
  bool choices = true;   ///< choices that are nobody else's business come first
  bool ample = true;     ///< resources that cannot run out are left out
  bool siblings = true;  ///< alike devices are counted
  bool wakes = true;     ///< being woken in vain is no event where no page can be free
};

/// A reduction by the name that users give it.
struct NamedReduction {
  std::string_view name;
  bool Reductions::*on;
};

inline constexpr std::array<NamedReduction, 7> reduction_names = {{{"count", &Reductions::count},
                                                                   {"siblings", &Reductions::siblings},
                                                                   {"ample", &Reductions::ample},
                                                                   {"empty", &Reductions::empty},
                                                                   {"release", &Reductions::release},
                                                                   {"choices", &Reductions::choices},
                                                                   {"wakes", &Reductions::wakes}}};

/// All of them off.
[[nodiscard]] constexpr Reductions no_reductions() {
  Reductions none;
  for (const auto& [name, on] : reduction_names) none.*on = false;
  return none;
}

/// Names of those that are off, in the order of `reduction_names`.
[[nodiscard]] inline std::vector<std::string_view> switched_off(const Reductions& reductions) {
  std::vector<std::string_view> names;
  for (const auto& [name, on] : reduction_names) {
    if (!(reductions.*on)) names.push_back(name);
  }
  return names;
}

}  // namespace dmstall::analysis
