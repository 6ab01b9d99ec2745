#include "analysis/report/refusal_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

namespace dmstall::analysis {

namespace {

/// {0}, {1} … are the names, in the order that the kind has them.
const char* sentence_of(Refusal::Kind kind) {
  using enum Refusal::Kind;
  switch (kind) {
    case none:
      break;
    case leads_nowhere:
      return "{0}: a step leads nowhere";
    case leads_into_another_flow:
      return "{0}: a step leads into another flow";
    case loop:
      return "the flow {0} has a loop";
    case own_caller:
      return "the flow {0} calls or spawns itself";
    case step_misfits:
      return "{0}: the step does not fit what it names";
    case entered_elsewhere:
      return "a flow is entered elsewhere than at its beginning";
    case counter_starts_high:
      return "counter {0} is awaited and does not start at zero";
    case event_without_rule:
      return "{0} is awaited, and nothing says who wakes those who wait";
    case counts_requests:
      return "it claims any number of requests and uses how many there are";
    case rank_empty:
      return "a rank without a thing";
    case rank_unsorted:
      return "the things that share the rank of {0} are not sorted";
    case rank_unknown:
      return "it ranks \"{0}\", which is nothing, or several things, of this machine";
    case rank_unwaited:
      return "it ranks {0}, for which nobody waits";
    case rank_twice:
      return "it ranks {0} twice";
    case rule_names_wrong:
      return "its rule for an event names \"{0}\", which is no {1}";
    case rule_unneeded:
      return "it has a rule for {0}, which needs none";
    case rule_twice:
      return "it has two rules for {0}";
    case rule_double:
      return "the rule for {0} says two things at once";
    case event_cleared:
      return "{0} is cleared";
    case event_unranked:
      return "{0} is awaited and has no rank";
    case batch_event_signalled:
      return "{0} is signalled: it cannot be the end of a batch";
    case batch_ends_twice:
      return "two events end the batch of {0}";
    case batch_counter_unranked:
      return "{0} counts a batch and has no rank";
    case batch_event_too_low:
      return "{0} does not rank above its counter {1}";
    case batch_counter_starts_high:
      return "{0} does not start at zero";
    case batch_guard_weak:
      return "{0} cannot guard {1}: it is not a hard resource of one element";
    case owed_by_nobody:
      return "{0} is owed by \"{1}\", which is no task, or several";
    case owed_by_absent:
      return "{0} is owed by {1}, which may never start";
    case owed_by_called:
      return "{0} is owed by {1}, which others call or spawn";
    case owed_event_broadcast:
      return "{0} is broadcast: who waits later is not woken";
    case multiplier_inexact:
      return "the multiplier \"{0}\" is not an exact positive number";
    case branches_unsplit:
      return "branches without a split";
    case case_of_another_group:
      return "\"{0}\" is not in the group whose cases speak of it";
    case split_misshapen:
      return "a split has two branches and nothing else";
    case split_twice:
      return "it splits twice on {0}";
    case bounds_show_nothing:
      return "the multipliers of a case show nothing: the sum of the bounds is not above zero";
    case solution:
      return "the equations may have a solution: with who waits for {0} while holding {held}";
    case row_unfounded:
      return "a row stands where it is not known that {0} is waited for";
    case row_unbounded:
      return "\"{0}\" has no bound";
    case row_uncounted:
      return "\"{0}\" is no task: nobody knows how many there are";
    case too_many_cases:
      return "too many cases";
    case wait_unranked:
      return "{0} is waited for and has no rank";
    case holds_low:
      return "{0} is waited for while {1} is held, which does not rank above it";
    case call_holds_low:
      return "{0} is held by {1} where {2} is waited for ({3}), and does not rank above it";
    case need_above_capacity:
      return "{figure} of {0} are waited for, which has {of}";
    case gives_unheld:
      return "{0} may be given back where it is not held";
    case ends_holding:
      return "{0} may end while it holds {1}";
    case submission_apart:
      return "a child's submission is awaited apart from its start";
    case submission_not_awaited:
      return "a child is submitted and its submission not awaited";
    case children_meet:
      return "children are awaited in a called flow while a caller has children of its own";
    case choice_empty:
      return "a choice without a branch";
    case sleeper_never_took:
      return "a sleeper that never took";
    case writer_strays:
      return "a writer queues and does something else";
    case writer_never_queued:
      return "a writer that never queued";
    case batch_unguarded_end:
      return "{0} is broadcast without holding {1}";
    case batch_awaited_elsewhere:
      return "{0} is awaited elsewhere than after counting {1} down{guard}";
    case second_ticket:
      return "a second ticket of {0} is drawn";
    case turn_without_ticket:
      return "the turn in {0} is awaited without a ticket";
    case turn_not_awaited:
      return "the turn in {0} is passed without having been awaited";
    case alike_accounted:
      return "all stacks together use up the pages";
    case alike_pattern:
      return "\"{0}\" may mean pools of some stacks and not of others";
    case alike_tasks:
      return "tasks stand beside the stacks";
    case alike_counts_requests:
      return "it counts requests, and there are more in the other stacks";
    case alike_equations:
      return "it has equations, and all stacks together have more tokens";
    case alike_alone:
      return "a stack is like no other";
    case alike_sizes:
      return "stacks that are to be alike have different numbers of devices or requests";
    case alike_odd_device:
      return "\"{0}\" is no device that could be taken for another";
    case alike_odd_workload:
      return "\"{0}\" is no workload that could be taken for another";
    case alike_device_differs:
      return "{0} is not like {1}";
    case alike_workload_differs:
      return "the requests of {0} are not like those of {1}";
    case alike_faults_differ:
      return "faults of {0} are not those of {1}";
    case alike_shared_below:
      return "{0} stands on {1}, others do not";
    case alike_workload_outside:
      return "the requests of {0} are not among those of the stack";
    case too_many_positions:
      return "too many positions to walk";
    case too_many_columns:
      return "too many columns";
    case out_of_memory:
      return "not enough memory to check it";
  }
  return "";
}

}  // namespace

std::string to_text(const Refusal& of) {
  // A file may hold fewer names than its kind has.
  const auto name = [&](std::size_t i) { return i < of.names.size() ? of.names[i] : std::string(); };
  std::string held;
  for (const auto& [thing, n] : of.held) held += fmt::format("{}{} {}", held.empty() ? "" : ", ", n, thing);
  const std::string text =
      fmt::format(fmt::runtime(sentence_of(of.kind)), name(0), name(1), name(2), name(3), fmt::arg("figure", of.figure),
                  fmt::arg("of", of.of), fmt::arg("held", held.empty() ? "nothing" : held),
                  fmt::arg("guard", name(2).empty() ? "" : ", holding " + name(2)));
  return of.at.empty() ? text : fmt::format("{} ({})", text, of.at);
}

std::string to_text(const MoveRefusal& of) {
  using enum MoveRefusal::Kind;
  switch (of.kind) {
    case none:
      break;
    case no_class:
      return fmt::format("step {}: there is no request class {}", of.step, of.figure);
    case no_token:
      return fmt::format("step {}: token {} does not exist (any more)", of.step, of.figure);
    case cannot_move:
      return fmt::format("step {}: token {} cannot do that at {}", of.step, of.figure, of.what);
    case rule_broken:
      return fmt::format("step {}: {}", of.step, of.what);
    case start_within:
      return fmt::format("step {}: a request starts within the round", of.step);
    case relieved:
      return fmt::format("step {}: an allocation succeeds within the round", of.step);
    case can_move:
      return fmt::format("token {} can still move at the end", of.figure);
    case nobody_stuck:
      return "nobody is stuck at the end";
    case no_round:
      return "there is no round, or nobody starves in it";
    case finished:
      return fmt::format("token {} has finished", of.figure);
    case no_return:
      return "the round does not lead back to where it begins";
    case could_move:
      return fmt::format("token {} could move within the round", of.figure);
    case never_moves:
      return fmt::format("token {} could move within the round and does not", of.figure);
  }
  return {};
}

std::string to_text(const OtherModels& of) {
  if (!of.kernel_here.empty()) return fmt::format("is about Linux {}, and this is Linux {}", of.kernel, of.kernel_here);
  const char* kind = of.could_matter ? "could matter" : "cannot matter";
  std::string text;
  if (!of.unnamed.empty()) {
    text +=
        fmt::format("does not name what the models leave out today and what {}: {}", kind, fmt::join(of.unnamed, ", "));
  }
  if (!of.unknown.empty()) {
    text += fmt::format("{}names as what is left out and {} what these models do not: {}", text.empty() ? "" : "; ",
                        kind, fmt::join(of.unknown, ", "));
  }
  return text;
}

}  // namespace dmstall::analysis
