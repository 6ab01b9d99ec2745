// Why the replayer refuses the moves of a witness, as data: analysis/report/refusal_text makes the sentence of each.
#pragma once

#include <cstdint>
#include <string>

namespace dmstall::analysis {

struct MoveRefusal {
  enum class Kind : std::uint8_t {
    none,
    // At move `step`
    no_class,      ///< `figure` is no request class
    no_token,      ///< the token `figure` does not exist, or no longer
    cannot_move,   ///< the token `figure` cannot do that at `what`
    rule_broken,   ///< the machine has no such move: `what` is the rule
    start_within,  ///< a request starts within the round
    relieved,      ///< an allocation succeeds within the round
    // At the end
    can_move,      ///< the token `figure` is said to be stuck
    nobody_stuck,  ///< no token is
    no_round,      ///< no move belongs to it, or nobody starves in it
    finished,      ///< the token `figure`, said to starve
    no_return,     ///< the round leads elsewhere than to where it begins
    could_move,    ///< the token `figure`, said to starve
    never_moves,   ///< the token `figure` could move within the round
  };

  Kind kind = Kind::none;
  std::int64_t step = 0;  ///< counted from 1
  std::int64_t figure = 0;
  std::string what = {};

  [[nodiscard]] explicit operator bool() const { return kind != Kind::none; }
};

}  // namespace dmstall::analysis
