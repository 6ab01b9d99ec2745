// Why the prover shows nothing, as data: analysis/report/objection_text makes the sentence of each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dmstall::analysis {

struct Objection {
  /// Behind each: what `names` are, in this order.
  enum class Kind : std::uint8_t {
    none,
    loop,                   ///< a flow that has one
    own_caller,             ///< a flow that calls or spawns itself
    name_twice,             ///< a thing
    need_above_capacity,    ///< a flow; the resource: it wants `figure` of `of` elements at once
    counter_starts_high,    ///< a counter that is awaited to be zero
    event_cleared,          ///< an event that is awaited
    event_broadcast_early,  ///< an event, broadcast to those who wait by then
    event_not_owed,         ///< an event that no class of requests is sure to signal
    event_from_nowhere,     ///< an event of which nothing says that it comes
    batch_not_left,         ///< a flow; the event that it awaits
    batch_unguarded,        ///< an event, broadcast before who left its batch waits for it
    children_meet,          ///< a flow that has children; the flow that it calls and that awaits children
    gives_unheld,           ///< a flow; what it may give back
    two_tickets,            ///< a flow; the order
    ends_holding,           ///< a flow; what it may hold then
    positions,              ///< none: more than `figure` of them
    positions_of_flow,      ///< a flow: more than `figure` of them
    out_of_time,            ///< none: after `seconds`
    ways_out_of_time,       ///< none: the ways to wait were not all seen after `seconds`
    // Waits go round among the things in `names` and `more` others. Equations were
    circle,           ///< not asked for
    circle_ways,      ///< too large: more than `figure` ways to wait
    circle_cases,     ///< not refuted in `figure` cases or `seconds`
    circle_unsolved,  ///< not answered by the solver
    circle_solution,  ///< solved: it may be a deadlock
  };

  Kind kind = Kind::none;
  std::vector<std::string> names = {};
  std::int64_t figure = 0, of = 0, more = 0;
  double seconds = 0;
  bool turn = false;  ///< the last name is an order, and what is held is a turn of it

  [[nodiscard]] explicit operator bool() const { return kind != Kind::none; }
};

}  // namespace dmstall::analysis
