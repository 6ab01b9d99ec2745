#include "analysis/report/reason_text.hpp"

#include <fmt/format.h>

#include "analysis/report/objection_text.hpp"
#include "analysis/report/refusal_text.hpp"

namespace dmstall::analysis {

namespace {

constexpr const char* no_more_memory = "may have no more memory: the limit is the system's (ulimit -v)";

std::string no_answer_text(const because::NoAnswer& of) {
  const std::string how = of.signal != 0 ? fmt::format("the run was ended by signal {}", of.signal)
                                         : fmt::format("the run ended with status {}", of.status);
  return of.said.empty() ? how : how + ": " + of.said;
}

/// Why there is no proof; empty for a reason that is about something else.
std::string no_proof_text(const Reason& reason) {
  if (const auto* of = std::get_if<because::NotProved>(&reason))
    return to_text(of->why) + (of->timeout_raises ? "; --timeout raises the bound" : "");
  if (const auto* of = std::get_if<because::NotChecked>(&reason))
    return "the proof could not be checked: " + to_text(of->refusal);
  return {};
}

struct OfReason {
  std::string operator()(const because::RunCompleted& of) const {
    return fmt::format("in this run (simulate, seed {}): every request completed after {:.6f} s", of.seed, of.end_s);
  }
  std::string operator()(const because::RunStalled& of) const {
    return fmt::format("one run, seed {}: stuck until memory came back, then every request completed", of.seed);
  }
  std::string operator()(const because::RunStopped& of) const {
    return fmt::format(
        "in this run (simulate, seed {}): the machine stopped after {:.6f} s, {}; {} of {} requests had completed by "
        "then",
        of.seed, of.end_s, of.by, of.finished, of.requests);
  }
  std::string operator()(const because::RunStuck& of) const {
    return fmt::format("one run, seed {}: stuck at {:.6f} s, witness of {} steps replayed", of.seed, of.at_s, of.steps);
  }
  std::string operator()(const because::RecordCut& of) const {
    return fmt::format(
        "stuck at {:.6f} s, but the record holds 4 million steps and no more, and what is left of it does not replay "
        "({})",
        of.at_s, to_text(of.refusal));
  }
  std::string operator()(const because::RunOutOfTime& of) const {
    return fmt::format("not finished after {} simulated seconds; --sim-time raises the bound", of.simulated_s);
  }
  std::string operator()(const because::RunOutOfSteps& of) const {
    return fmt::format("not finished after {} steps; --events raises the bound", of.steps);
  }
  std::string operator()(const because::RunGivenUp& of) const {
    return fmt::format("not finished after {} steps, when its time was over; --timeout raises the bound", of.steps);
  }
  std::string operator()(const because::RunTooLarge&) const {
    return "more alive at once than the simulator can hold: 30000 kernel threads awake or asleep, or 2 million "
           "requests and children";
  }
  std::string operator()(const because::Exhausted& of) const {
    return fmt::format(
        "exhausted: every schedule of {} completes ({} in the largest search){}", counted(of.requests, "request"),
        counted(of.states, "state"),
        of.starvation_open ? "; whether one can be overtaken for ever beside the loops was not asked" : "");
  }
  std::string operator()(const because::StuckSet& of) const {
    const char* how = of.least ? "every schedule searched: a stuck set with" : "found: a stuck set with at most";
    return fmt::format("{} {}, {}, {}; witness of {} replayed", how, counted(of.requests, "request"),
                       counted(of.faults, "fault"), counted(of.failures, "failed allocation"),
                       counted(of.steps, "step"));
  }
  std::string operator()(const because::Endless& of) const {
    return fmt::format("every schedule searched: {} go on for ever and never complete", counted(of.tasks, "task"));
  }
  std::string operator()(const because::Overtaken& of) const {
    return fmt::format(
        "every schedule searched: nobody is stuck, but {} can be overtaken for ever: from step {} on, {} repeat, fair "
        "to all others, in none of which it can go on",
        counted(of.tasks, "task"), of.from_step, counted(of.steps, "step"));
  }
  std::string operator()(const because::SearchEnded& of) const { return "searched up to " + to_text(of.bound); }
  std::string operator()(const because::Proved& of) const {
    return fmt::format(
        "proved for {}: {}; certificate checked", to_text(of.scope),
        of.by_equations ? "waits go down in the order of ranks, and where they go round equations exclude that all wait"
                        : "every wait goes down in the order of ranks");
  }
  std::string operator()(const because::NotProved& of) const { return "not proved: " + no_proof_text(of); }
  std::string operator()(const because::NotChecked& of) const { return "not proved: " + no_proof_text(of); }
  std::string operator()(const because::SystemMemory& of) const {
    return fmt::format("{} process {}", of.whole_process ? "this" : "the", no_more_memory);
  }
  std::string operator()(const because::WallTime& of) const {
    return fmt::format("not finished after {} s of wall time; {} raises the bound", of.seconds, of.flag);
  }
  std::string operator()(const because::WallTimeOfAll& of) const {
    return fmt::format("all sizes together had {} s of wall time; --wall raises the bound", of.seconds);
  }
  std::string operator()(const because::ProcessMemory& of) const {
    return fmt::format("more than {} MiB of memory in use; --process-memory raises the bound", of.mib);
  }
  std::string operator()(const because::NoAnswer& of) const { return no_answer_text(of); }
  std::string operator()(const because::Replayed& of) const {
    const std::string other = of.claimed == of.found ? std::string()
                                                     : fmt::format("; the witness claims {}, its moves end in {}",
                                                                   to_string(of.claimed), to_string(of.found));
    return fmt::format("replayed: {} steps of {}{}", of.steps, of.file, other);
  }
  std::string operator()(const because::RunRefused& of) const {
    return fmt::format("the timed run is stuck at {:.6f} s, but the replayer refuses its steps: {}", of.at_s,
                       to_text(of.refusal));
  }
  std::string operator()(const because::StuckSetRefused& of) const {
    return fmt::format("the search found a stuck set, but the replayer refuses its steps: {}", to_text(of.refusal));
  }
  std::string operator()(const because::RoundRefused& of) const {
    return fmt::format("the search found a round in which somebody starves, but the replayer refuses it: {}",
                       to_text(of.refusal));
  }
  std::string operator()(const because::CertificateRefused& of) const {
    return fmt::format("proved, but the checker refuses the certificate: {}", to_text(of.refusal));
  }
  std::string operator()(const because::Contradiction& of) const {
    if (of.file.empty()) {
      return fmt::format("{}, but a timed run is stuck and replays: a bug in dmstall",
                         of.proved ? "proved" : "every schedule was searched");
    }
    return fmt::format(
        "{}, but the timed run with seed {} is stuck and replays: a bug in dmstall; to see it again: dmstall run "
        "--engine simulate --seed {} {}",
        of.proved ? "no stuck set is reachable, as proved" : "the search exhausted every schedule without a stuck set",
        of.seed, of.seed, of.file);
  }
  std::string operator()(const because::ScenarioWrong& of) const { return of.said; }
  std::string operator()(const because::NotCompiled& of) const {
    return of.line > 0 ? fmt::format("{}:{}:{}: error: {}", of.file, of.line, of.column, of.said)
                       : fmt::format("{}: error: {}", of.file, of.said);
  }
  std::string operator()(const because::NotRead& of) const { return of.said; }
  std::string operator()(const because::Crashed& of) const { return "dmstall crashed: " + no_answer_text(of.end); }
};

}  // namespace

std::string counted(std::int64_t n, const char* what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string to_text(const SearchBound& bound) {
  using Kind = SearchBound::Kind;
  switch (bound.kind) {
    case Kind::states:
      return fmt::format("{} states with {} requests; {} raises the bound", bound.amount, bound.requests, bound.flag);
    case Kind::memory:
      return fmt::format("{} MiB with {} requests; {} raises the bound", bound.amount, bound.requests, bound.flag);
    case Kind::time:
      return fmt::format("{} s with {} requests; {} raises the bound", bound.seconds, bound.requests, bound.flag);
    case Kind::time_before_a_state:
      return fmt::format("{} s, before the first state; {} raises the bound", bound.seconds, bound.flag);
    case Kind::states_in_all:
      return fmt::format("{} states in all", bound.amount);
    case Kind::steps_at_once:
      return "a request takes more steps at once than can be followed";
    case Kind::group_too_large:
      return "a group of states that repeats for ever is too large to tell its requests apart";
    case Kind::class_not_whole:
      return fmt::format("{} of {} requests of {} (bounds.requests), and each leaves {} changed for the next",
                         bound.amount, bound.of, bound.of_class, bound.leaves);
    case Kind::none:
      break;
  }
  return {};
}

std::string to_text(ProofScope scope) {
  switch (scope) {
    case ProofScope::tasks_of_the_file:
      return "the number of tasks in the file";
    case ProofScope::places_in_flight:
      return "any number of requests, as many in flight as the file says";
    case ProofScope::any_number:
      break;
  }
  return "any number of requests";
}

std::string to_text(const Reason& reason) {
  return std::visit(OfReason{}, reason);
}

std::string to_text(const Reasons& reasons) {
  std::string text;
  for (const Reason& reason : reasons) text += (text.empty() ? "" : "; ") + to_text(reason);
  return text;
}

std::string reason_text(const RunReport& report) {
  return to_text(report.reasons);
}

std::string error_text(const RunReport& report) {
  return report.error ? to_text(*report.error) : std::string();
}

std::string why_not_proved(const RunReport& report) {
  return report.not_proved ? no_proof_text(*report.not_proved) : std::string();
}

std::string to_text(const WithoutFaults& answer) {
  using Kind = WithoutFaults::Kind;
  switch (answer.kind) {
    case Kind::no_time:
      return "not run (no time was left)";
    case Kind::too_long:
      return "not run (the run with faults was long)";
    case Kind::error:
      return to_text(answer.error.value());
    case Kind::proved:
      return answer.scope == ProofScope::tasks_of_the_file ? "PROVED" : "PROVED for " + to_text(answer.scope.value());
    case Kind::exhausted:
      return "PROGRESS (exhausted)";
    case Kind::searched:
      return fmt::format("INCONCLUSIVE (no stuck set with up to {} in flight)", answer.requests);
    case Kind::one_run:
      return fmt::format("{} (one run, seed {})", to_string(answer.verdict), answer.seed);
    case Kind::verdict:
      break;
  }
  return std::string(to_string(answer.verdict));
}

}  // namespace dmstall::analysis
