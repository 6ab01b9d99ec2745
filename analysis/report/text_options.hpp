// How a report is to be written for whoever reads it.
#pragma once

#include <cstddef>
#include <string>

namespace dmstall::analysis {

inline constexpr std::size_t plain_width = 100;  ///< columns of a text that goes to no terminal
inline constexpr std::size_t least_width = 40;

struct TextOptions {
  bool colour = false;              ///< ANSI colours
  std::size_t width = plain_width;  ///< columns; what is below least_width counts as that
  bool details = false;             ///< all that is known, behind the first screen
  bool steps = false;               ///< the witness step by step, or the proof rank by rank
  // Options with which the same is run again, each with a blank behind it: "--seed 3 ".
  std::string again;
  std::string bounds_again;  ///< those that bound its search
};

}  // namespace dmstall::analysis
