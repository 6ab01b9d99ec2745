// The labels of a report's first screen, in the order in which they are printed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dmstall::analysis {

enum class Label : std::uint8_t {
  circle,
  waits,
  round,
  stalled,
  proof,
  exhausted,
  completed,
  open,
  needs,
  decided,
  ends,
  repair,
  others,
  expected,
  assumed,
  searched,
  ran,
  next,
};

struct LabelName {
  Label label;
  std::string_view name;  ///< as it is printed; analysis/REPORT.md explains it
};

inline constexpr std::array<LabelName, 18> label_names = {{{Label::circle, "CIRCLE"},
                                                           {Label::waits, "WAITS"},
                                                           {Label::round, "ROUND"},
                                                           {Label::stalled, "STALLED"},
                                                           {Label::proof, "PROOF"},
                                                           {Label::exhausted, "EXHAUSTED"},
                                                           {Label::completed, "COMPLETED"},
                                                           {Label::open, "OPEN"},
                                                           {Label::needs, "NEEDS"},
                                                           {Label::decided, "DECIDED"},
                                                           {Label::ends, "ENDS"},
                                                           {Label::repair, "REPAIR"},
                                                           {Label::others, "CIRCLES"},
                                                           {Label::expected, "EXPECTED"},
                                                           {Label::assumed, "ASSUMED"},
                                                           {Label::searched, "SEARCHED"},
                                                           {Label::ran, "RAN"},
                                                           {Label::next, "NEXT"}}};

[[nodiscard]] constexpr std::string_view name_of(Label label) {
  return label_names.at(static_cast<std::size_t>(label)).name;
}

}  // namespace dmstall::analysis
