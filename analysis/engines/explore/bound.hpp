// What ended a search before it was through.
#pragma once

#include <cstdint>
#include <string>

namespace dmstall::analysis {

struct SearchBound {
  enum class Kind : std::uint8_t {
    none,
    states,               ///< of one search: `amount`
    memory,               ///< of one search: `amount` MiB
    time,                 ///< of all searches: `seconds`
    time_before_a_state,  ///< the same, while demands were still being worked out
    states_in_all,        ///< of all searches together: `amount`
    steps_at_once,        ///< a request takes more of them than can be followed
    group_too_large,      ///< of states that repeat for ever: its requests cannot be told apart
    class_not_whole,      ///< only `amount` of `of` requests of `of_class` were searched
  };

  Kind kind = Kind::none;
  std::int64_t amount = 0;
  double seconds = 0;
  std::int64_t requests = 0;  ///< that were being searched
  std::string flag{};         ///< raises it; empty: none does
  std::int64_t of = 0;
  std::string of_class{};
  std::string leaves{};  ///< what each request of that class leaves changed for the next

  [[nodiscard]] bool empty() const { return kind == Kind::none; }
};

}  // namespace dmstall::analysis
