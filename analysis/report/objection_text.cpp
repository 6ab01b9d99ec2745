#include "analysis/report/objection_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace dmstall::analysis {

namespace {

std::string circle_text(const Objection& of) {
  const std::string more = of.more > 0 ? fmt::format(" and {} more", of.more) : std::string();
  return fmt::format("waits go round among {}{}", fmt::join(of.names, ", "), more);
}

}  // namespace

std::string to_text(const Objection& of) {
  using enum Objection::Kind;
  // A file may hold fewer names than its kind has.
  const auto name = [&](std::size_t i) { return i < of.names.size() ? of.names[i] : std::string(); };
  const std::string held = of.turn ? "a turn of " + name(1) : name(1);
  switch (of.kind) {
    case none:
      break;
    case loop:
      return fmt::format("{} has a loop", name(0));
    case own_caller:
      return fmt::format("{} calls or spawns itself", name(0));
    case name_twice:
      return fmt::format("two things are called {}", name(0));
    case need_above_capacity:
      return fmt::format("{} wants {} of {} elements of {} at once", name(0), of.figure, of.of, name(1));
    case counter_starts_high:
      return fmt::format("{} is awaited to be zero and does not start there", name(0));
    case event_cleared:
      return fmt::format("{} is awaited, and is cleared by somebody", name(0));
    case event_broadcast_early:
      return fmt::format(
          "{} is broadcast to those who wait at that moment only, and nothing says that they wait by then", name(0));
    case event_not_owed:
      return fmt::format("{} is awaited, and no class of requests is sure to signal it", name(0));
    case event_from_nowhere:
      return fmt::format("{} is awaited, and nothing says that it comes", name(0));
    case batch_not_left:
      return fmt::format("{} awaits {} without having left the batch just before", name(0), name(1));
    case batch_unguarded:
      return fmt::format(
          "{} may be broadcast before who left the batch waits for it: nothing of which there is one is held from "
          "there on",
          name(0));
    case children_meet:
      return fmt::format("{} has children when it calls {}, which awaits children", name(0), name(1));
    case gives_unheld:
      return fmt::format("{} may give back {} that it does not hold", name(0), held);
    case two_tickets:
      return fmt::format("{} may hold two tickets of {}", name(0), held);
    case ends_holding:
      return fmt::format("{} may end while it holds {}", name(0), held);
    case positions:
      return fmt::format("more than {} positions", of.figure);
    case positions_of_flow:
      return fmt::format("{} comes to more than {} positions", name(0), of.figure);
    case out_of_time:
      return fmt::format("no end after {:.3g} s", of.seconds);
    case ways_out_of_time:
      return fmt::format("there are more ways to wait than {} s are enough for", of.seconds);
    case circle:
      return circle_text(of);
    case circle_ways:
      return fmt::format("{}, in more than {} ways", circle_text(of), of.figure);
    case circle_cases:
      return fmt::format("{}: more than {} cases or {} s of equations", circle_text(of), of.figure, of.seconds);
    case circle_unsolved:
      return circle_text(of) + ": the solver gave no answer";
    case circle_solution:
      return circle_text(of) + ": the equations have a solution";
  }
  return {};
}

}  // namespace dmstall::analysis
