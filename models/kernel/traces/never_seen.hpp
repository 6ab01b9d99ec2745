// Steps that no recording of the tree shows, and why.
//
// A step that a trace could show and none does is a place where nobody has held the model against a kernel. Each has
// its reason here, or a recording. A reason names one step, by its target and its functions: there is none for several.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace dmstall::models {

enum class WhyNotSeen : std::uint8_t {
  no_event,  ///< what happens is of no kind that is recorded
  moment,    ///< memory, or another thread, has to change between two steps of one thread
};
[[nodiscard]] std::string_view to_string(WhyNotSeen why);

struct NeverSeen {
  std::string_view verb;   ///< "take", "give", "wait": the first word of the step
  std::string_view chain;  ///< of the step, as the model writes it
  WhyNotSeen kind = {};
  std::string_view condition;     ///< what would reach it, or why nothing shows it: a sentence without its full stop
  std::string_view release = {};  ///< the only one that it is about; empty: all
};

[[nodiscard]] const std::vector<NeverSeen>& never_seen();

}  // namespace dmstall::models
