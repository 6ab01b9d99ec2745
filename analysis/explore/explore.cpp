#include "analysis/explore/explore.hpp"

#include "analysis/explore/compositions.hpp"
#include "analysis/explore/concrete.hpp"
#include "analysis/explore/loops.hpp"
#include "analysis/explore/no_return.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace dmstall::analysis {

namespace {

using Clock = std::chrono::steady_clock;
using models::VerdictKind;

constexpr std::size_t most_compositions = 300;   // of one number of requests
constexpr int most_rejections = 40;              // states in which nobody moves, but requests to come might help
constexpr std::int64_t states_of_no_return = 200'000;
constexpr double share_of_growth = 0.6;          // of the time; the rest is for the whole population

class Exploring {
 public:
  Exploring(const models::Machine& machine, const ExploreOptions& options)
      : machine_(machine), options_(options), demand_(machine), whole_(whole_population(machine)), begun_(Clock::now()) {
    result_.population = requests_in(machine, whole_);
    result_.reductions = options.reductions;
  }

  Exploration run() {
    const std::vector<SiblingGroup> groups = options_.reductions.siblings ? find_siblings(machine_) : std::vector<SiblingGroup>{};
    bool all_smaller = true;
    bool over = false;
    for (std::int64_t n = 1; n < result_.population && !over; ++n) {
      std::size_t count = 0;
      const bool all = for_each_composition(machine_, groups, n, [&](const Composition& composition) {
        if (++count > most_compositions || time_is_up(share_of_growth)) return false;
        const Ending ending = search(composition, share_of_growth, n);
        if (ending == Ending::answered) over = true;
        if (ending == Ending::bounded) all_smaller = false;
        return !over;
      });
      if (over) break;
      if (!all) all_smaller = false;
      if (all_smaller) result_.exhausted_requests = n;
      // Growing on is of use only as long as the searches stay small.
      if (!all || !all_smaller) break;
    }
    if (!over) {
      const Ending ending = search(whole_, 1, result_.population);
      over = ending == Ending::answered;
      if (ending == Ending::exhausted) {
        result_.verdict = VerdictKind::progress;
        result_.exhausted_requests = result_.population;
      }
    }
    if (result_.verdict == VerdictKind::deadlock) result_.fewest_requests = all_smaller;
    if (result_.verdict != VerdictKind::inconclusive) result_.bound.clear();
    result_.seconds = std::chrono::duration<double>(Clock::now() - begun_).count();
    return result_;
  }

 private:
  enum class Ending : std::uint8_t { answered, exhausted, bounded };

  [[nodiscard]] Clock::time_point deadline(double share) const {
    return begun_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.seconds * share));
  }
  [[nodiscard]] bool time_is_up(double share) const { return Clock::now() > deadline(share); }

  Ending search(const Composition& composition, double share, std::int64_t requests) {
    ++result_.searches;
    const bool is_whole = composition == whole_;
    Space space(machine_, demand_, composition, options_.reductions);
    Search search(space);
    SearchLimits limits;
    limits.states = options_.states;
    limits.memory_bytes = options_.memory_mib << 20;
    limits.deadline = deadline(share);
    if (options_.progress) {
      limits.progress = [&](std::size_t states, double per_second, int depth, std::size_t bytes) { options_.progress(requests, states, per_second, depth, bytes); };
    }
    std::vector<bool> to_come(machine_.classes.size(), false);
    // Tasks are there in any case; whether a workload issues another request is nobody's promise.
    for (std::size_t c = 0; c < composition.size(); ++c) to_come[c] = machine_.classes[c].in_thread && composition[c] < whole_[c];
    int rejections = 0;
    bool gave_up = false;
    const SearchAnswer answer = search.run(limits, [&](StateIndex at) {
      if (is_whole) return true;
      if (rejections > most_rejections) {
        gave_up = true;
        return false;
      }
      const Concrete concrete = follow(space, search.path(at));
      if (!models::stuck_set(concrete.world(), to_come).empty()) return true;
      ++rejections;
      return false;
    });
    result_.states += answer.states;
    result_.largest = std::max(result_.largest, answer.states);
    if (answer.end == SearchEnd::found) {
      result_state_ = answer.at;
      note_deadlock(space, search, answer.cost, to_come, requests);
      return Ending::answered;
    }
    if (answer.error) {
      result_.error = answer.error;
      return Ending::answered;
    }
    switch (answer.end) {
      case SearchEnd::states: result_.bound = fmt::format("{} states with {} requests; --states raises the bound", options_.states, requests); return Ending::bounded;
      case SearchEnd::memory: result_.bound = fmt::format("{} MiB with {} requests; --memory raises the bound", options_.memory_mib, requests); return Ending::bounded;
      case SearchEnd::time: result_.bound = fmt::format("{} s with {} requests; --seconds raises the bound", options_.seconds, requests); return Ending::bounded;
      default: break;
    }
    if (is_whole && machine_.has_loops) return look_at_loops(search, to_come, requests);
    return gave_up ? Ending::bounded : Ending::exhausted;
  }

  Concrete follow(Space& space, const std::vector<Edge>& edges) const {
    Concrete concrete(machine_, space);
    for (const Edge& edge : edges) concrete.follow(edge);
    return concrete;
  }

  void note_deadlock(Space& space, const Search& search, const Cost& cost, const std::vector<bool>& to_come, std::int64_t requests) {
    const std::vector<Edge> edges = search.path(result_state_);
    Concrete concrete(machine_, space);
    std::vector<std::size_t> steps_before;   // of the witness, before each edge
    for (const Edge& edge : edges) {
      steps_before.push_back(concrete.steps().size());
      concrete.follow(edge);
    }
    note_stuck(concrete, models::stuck_set(concrete.world(), to_come), cost, requests);
    note_no_return(search, edges, steps_before);
  }

  void note_no_return(const Search& search, const std::vector<Edge>& edges, const std::vector<std::size_t>& steps_before) {
    if (edges.empty()) return;
    SearchLimits limits;
    limits.states = states_of_no_return;
    limits.deadline = Clock::now() + std::chrono::seconds(5);
    const std::optional<NoReturn> found = point_of_no_return(search.space(), edges, search.states_on(result_state_), limits);
    if (!found) return;
    result_.no_return = static_cast<std::int64_t>(steps_before[found->edge]) + 1;
    result_.no_return_exact = found->exact;
  }

  void note_stuck(const Concrete& concrete, const std::vector<models::TokenId>& stuck, const Cost& cost, std::int64_t requests) {
    result_.verdict = VerdictKind::deadlock;
    result_.witness.steps = concrete.steps();
    for (const models::TokenId id : stuck) result_.witness.stuck.push_back(concrete.world().token(id).serial);
    result_.stuck = models::explain(concrete.world(), stuck);
    result_.relieved_by_memory = models::relieved_by_memory(concrete.world(), stuck);
    result_.requests = requests;
    result_.faults = cost.faults;
    result_.failures = cost.failures;
    result_.steps = cost.steps;
  }

  /// No state is dead; with loops, somebody may be stuck beside others that go on for ever, or go on without end.
  Ending look_at_loops(Search& search, const std::vector<bool>& to_come, std::int64_t requests) {
    (void)to_come;
    const LoopAnswer loops = find_endless(search, [&](StateIndex at) { return follow(search.space(), search.path(at)); });
    switch (loops.kind) {
      case LoopAnswer::Kind::none: return Ending::exhausted;
      case LoopAnswer::Kind::unknown: result_.bound = "a group of states that repeats for ever is too large to tell its requests apart"; return Ending::bounded;
      default: break;
    }
    const Concrete concrete = follow(search.space(), search.path(loops.at));
    std::vector<models::TokenId> tokens;
    for (const std::int64_t serial : loops.tokens) tokens.push_back(concrete.world().find(serial));
    note_stuck(concrete, tokens, search.cost(loops.at), requests);
    if (loops.kind == LoopAnswer::Kind::livelock) result_.verdict = VerdictKind::livelock;
    return Ending::answered;
  }

  const models::Machine& machine_;
  const ExploreOptions& options_;
  Demand demand_;
  Composition whole_;
  Clock::time_point begun_;
  StateIndex result_state_ = 0;
  Exploration result_;
};

}  // namespace

models::Machine any_number_of_threads(models::Machine machine) {
  for (models::Resource& resource : machine.resources) {
    if (resource.soft && resource.memory == models::MemoryClass::thread && resource.allocator == models::AllocatorRule::always) {
      resource.allocator = models::AllocatorRule::any;
    }
  }
  return machine;
}

Exploration explore(const models::Machine& machine, const ExploreOptions& options) { return Exploring(machine, options).run(); }

}  // namespace dmstall::analysis
