#include "analysis/explore/explore.hpp"

#include "analysis/explore/compositions.hpp"
#include "analysis/explore/concrete.hpp"
#include "analysis/explore/digest.hpp"
#include "analysis/explore/loops.hpp"
#include "analysis/explore/no_return.hpp"
#include "analysis/explore/rounds.hpp"
#include "analysis/explore/starvation.hpp"

#include <algorithm>
#include <chrono>

namespace dmstall::analysis {

namespace {

using Clock = std::chrono::steady_clock;
using models::VerdictKind;

constexpr std::size_t most_compositions = 300;   // of one number of requests
constexpr std::int64_t states_of_no_return = 200'000;
constexpr double share_of_growth = 0.6;          // of the time; the rest is for the whole population

class Exploring {
 public:
  Exploring(const models::Machine& machine, const ExploreOptions& options)
      : machine_(machine), options_(options), whole_(whole_population(machine)), rounds_(machine, options, whole_), begun_(Clock::now()) {
    result_.population = requests_in(machine, whole_);
    result_.reductions = options.reductions;
  }

  Exploration run() {
    const bool all_smaller = grow();
    if (!answered_) search_whole();
    if (result_.verdict == VerdictKind::deadlock) result_.fewest_requests = all_smaller;
    if (result_.verdict != VerdictKind::inconclusive) result_.bound.clear();
    result_.digest = digest_of(machine_, result_);
    result_.seconds = std::chrono::duration<double>(Clock::now() - begun_).count();
    return std::move(result_);
  }

 private:
  [[nodiscard]] Clock::time_point deadline(double share) const {
    return begun_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.seconds * share));
  }

  /// Parts of the population, smallest first, until somebody is stuck. Whether all smaller parts than the last were
  /// exhausted: growing on is of use only as long as the searches stay small.
  bool grow() {
    const std::vector<SiblingGroup> groups = options_.reductions.siblings ? find_siblings(machine_) : std::vector<SiblingGroup>{};
    bool all = true;
    for (std::int64_t n = 1; n < result_.population; ++n) {
      std::vector<Composition> compositions;
      const auto list = [&](const std::vector<bool>& among) {
        compositions.clear();
        return for_each_composition(machine_, groups, among, n, [&](const Composition& composition) {
          if (compositions.size() == most_compositions) return false;
          compositions.push_back(composition);
          return true;
        });
      };
      // Too many to go through: those that a proof left open, if it says which.
      const bool all_smaller = all;
      all = all && list({});
      const bool some = all || (!options_.slice.empty() && list(options_.slice) && !compositions.empty());
      const Round round = rounds_.run(compositions, n, deadline(share_of_growth));
      result_.searches += round.searches;
      result_.states += round.states;
      result_.largest = std::max(result_.largest, round.largest);
      result_.bound = round.bound;
      result_.error = round.error;
      answered_ = round.stuck || round.error;
      if (round.stuck) {
        result_.least = all && round.least;
        note_deadlock(*round.stuck, n);
      }
      if (answered_) return all_smaller;
      if (!some || !round.exhausted) return false;
      if (all) result_.exhausted_requests = n;
    }
    return all;
  }

  void search_whole() {
    Searched searched = rounds_.search(whole_, result_.population, deadline(1));
    const SearchAnswer& answer = searched.answer;
    ++result_.searches;
    result_.states += answer.states;
    result_.largest = std::max(result_.largest, answer.states);
    if (answer.end == SearchEnd::found) {
      result_.least = true;
      return note_deadlock(searched, result_.population);
    }
    if (answer.error) {
      result_.error = answer.error;
      return;
    }
    result_.bound = searched.bound;
    if (!result_.bound.empty() || (machine_.has_loops && !look_at_loops(*searched.search))) return;
    result_.verdict = VerdictKind::progress;
    result_.exhausted_requests = result_.population;
  }

  Concrete follow(Space& space, const std::vector<Edge>& edges) const {
    Concrete concrete(machine_, space);
    for (const Edge& edge : edges) concrete.follow(edge);
    return concrete;
  }

  void note_deadlock(const Searched& searched, std::int64_t requests) {
    const std::vector<Edge> edges = searched.search->path(searched.answer.at);
    Concrete concrete(machine_, *searched.space);
    std::vector<std::size_t> steps_before;   // of the witness, before each edge
    for (const Edge& edge : edges) {
      steps_before.push_back(concrete.steps().size());
      concrete.follow(edge);
    }
    note_stuck(concrete, models::stuck_set(concrete.world(), searched.to_come), searched.answer.cost, requests);
    note_no_return(searched, edges, steps_before);
  }

  void note_no_return(const Searched& searched, const std::vector<Edge>& edges, const std::vector<std::size_t>& steps_before) {
    if (edges.empty()) return;
    SearchLimits limits;
    limits.states = states_of_no_return;
    limits.deadline = Clock::now() + std::chrono::seconds(5);
    const std::optional<NoReturn> found = point_of_no_return(*searched.space, edges, searched.search->states_on(searched.answer.at), limits);
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
  /// Whether nobody is.
  bool look_at_loops(Search& search) {
    const LoopAnswer loops = find_endless(search, [&](StateIndex at) { return follow(search.space(), search.path(at)); });
    switch (loops.kind) {
      case LoopAnswer::Kind::none: return !somebody_starves();
      case LoopAnswer::Kind::unknown: result_.bound = "a group of states that repeats for ever is too large to tell its requests apart"; return false;
      default: break;
    }
    const Concrete concrete = follow(search.space(), search.path(loops.at));
    std::vector<models::TokenId> tokens;
    for (const std::int64_t serial : loops.tokens) tokens.push_back(concrete.world().find(serial));
    note_stuck(concrete, tokens, search.cost(loops.at), result_.population);
    if (loops.kind == LoopAnswer::Kind::livelock) result_.verdict = VerdictKind::livelock;
    return false;
  }

  bool somebody_starves() {
    const Starvation found = find_starvation(machine_);
    result_.starvation_open = found.kind == Starvation::Kind::unknown;
    if (found.kind != Starvation::Kind::starves) return false;
    result_.verdict = VerdictKind::starvation;
    result_.witness = found.witness;
    result_.round_from = found.round_from;
    result_.requests = result_.population;
    return true;
  }

  const models::Machine& machine_;
  const ExploreOptions& options_;
  Composition whole_;
  Rounds rounds_;
  Clock::time_point begun_;
  bool answered_ = false;
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
