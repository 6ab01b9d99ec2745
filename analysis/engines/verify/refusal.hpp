// Why the checker refuses a certificate, as data: analysis/report/refusal_text makes the sentence of each.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace dmstall::analysis {

struct Refusal {
  /// Behind each: what `names` are, in this order.
  enum class Kind : std::uint8_t {
    none,
    // The steps of the machine.
    leads_nowhere,            ///< flow
    leads_into_another_flow,  ///< flow
    loop,                     ///< flow
    own_caller,               ///< flow
    step_misfits,             ///< step
    entered_elsewhere,
    counter_starts_high,  ///< counter
    // What it claims of events and ranks.
    event_without_rule,  ///< event
    counts_requests,
    rank_empty,
    rank_unsorted,     ///< thing
    rank_unknown,      ///< name
    rank_unwaited,     ///< thing
    rank_twice,        ///< thing
    rule_names_wrong,  ///< name, kind
    rule_unneeded,     ///< event
    rule_twice,        ///< event
    rule_double,       ///< event
    event_cleared,     ///< event
    event_unranked,    ///< event
    // A batch: an event that comes when a counter is down to zero.
    batch_event_signalled,      ///< event
    batch_ends_twice,           ///< counter
    batch_counter_unranked,     ///< counter
    batch_event_too_low,        ///< event, counter
    batch_counter_starts_high,  ///< counter
    batch_guard_weak,           ///< guard, event
    // An event that a task owes.
    owed_by_nobody,        ///< event, name
    owed_by_absent,        ///< event, task
    owed_by_called,        ///< event, task
    owed_event_broadcast,  ///< event
    // The equations.
    multiplier_inexact,  ///< text
    branches_unsplit,
    case_of_another_group,  ///< thing
    split_misshapen,
    split_twice,  ///< thing
    bounds_show_nothing,
    solution,       ///< thing; who waits for it holds `held`
    row_unfounded,  ///< thing
    row_unbounded,  ///< thing
    row_uncounted,  ///< name
    too_many_cases,
    // A walk through the flows.
    wait_unranked,        ///< thing
    holds_low,            ///< awaited thing, held thing
    call_holds_low,       ///< thing, who holds it, awaited thing
    need_above_capacity,  ///< thing; it wants `figure` of `of`
    gives_unheld,         ///< thing
    ends_holding,         ///< flow, thing
    submission_apart,
    submission_not_awaited,
    children_meet,
    choice_empty,
    sleeper_never_took,
    writer_strays,
    writer_never_queued,
    batch_unguarded_end,      ///< event, guard
    batch_awaited_elsewhere,  ///< event, counter, and the guard if there is one
    second_ticket,            ///< order
    turn_without_ticket,      ///< order
    turn_not_awaited,         ///< order
    // Stacks that are to be like another.
    alike_accounted,
    alike_pattern,  ///< pattern
    alike_tasks,
    alike_counts_requests,
    alike_equations,
    alike_alone,
    alike_sizes,
    alike_odd_device,        ///< name
    alike_odd_workload,      ///< name
    alike_device_differs,    ///< device, first
    alike_workload_differs,  ///< workload, first
    alike_faults_differ,     ///< device, first
    alike_shared_below,      ///< device, device below
    alike_workload_outside,  ///< workload
    // It is too large to be checked; nothing is said against it.
    too_many_positions,
    too_many_columns,
    out_of_memory,
  };

  Kind kind = Kind::none;
  std::vector<std::string> names = {};
  std::string at = {};  ///< the step where it was seen; may be empty
  std::int64_t figure = 0, of = 0;
  std::vector<std::pair<std::string, std::int64_t>> held = {};  ///< things, and how many of each

  [[nodiscard]] explicit operator bool() const { return kind != Kind::none; }
};

namespace checking {

/// Thrown where a part of the check finds what is wrong; caught by verify() and check_alike().
class Refused : public std::exception {
 public:
  explicit Refused(Refusal refusal) : why(std::move(refusal)) {}
  [[nodiscard]] const char* what() const noexcept override { return "the certificate is refused"; }

  const Refusal why;
};

}  // namespace checking

}  // namespace dmstall::analysis
