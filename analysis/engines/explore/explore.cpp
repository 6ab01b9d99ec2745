#include "analysis/engines/explore/explore.hpp"

#include <algorithm>
#include <chrono>

#include "analysis/engines/explore/compositions.hpp"
#include "analysis/engines/explore/concrete.hpp"
#include "analysis/engines/explore/digest.hpp"
#include "analysis/engines/explore/hunt.hpp"
#include "analysis/engines/explore/loops.hpp"
#include "analysis/engines/explore/no_return.hpp"
#include "analysis/engines/explore/rounds.hpp"
#include "analysis/engines/explore/starvation.hpp"
#include "models/machine/relief.hpp"

namespace dmstall::analysis {

namespace {

using Clock = std::chrono::steady_clock;
using models::VerdictKind;

constexpr std::size_t most_compositions = 300;  // of one number of requests
constexpr std::int64_t states_of_no_return = 200'000;
// Of the time; what is left of it is for the whole population.
constexpr double share_of_first_look = 0.2, share_of_hunt = 0.4, share_of_growth = 0.7;

class Exploring {
 public:
  Exploring(const models::Machine& machine, const ExploreOptions& options)
      : machine_(machine),
        options_(options),
        whole_(whole_population(machine)),
        groups_(options.reductions.siblings ? find_siblings(machine) : std::vector<SiblingGroup>{}),
        rounds_(machine, groups_, options, whole_),
        begun_(Clock::now()) {
    result_.population = requests_in(machine, whole_);
    result_.reductions = options.reductions;
  }

  Exploration run() {
    try {
      look();
    } catch (const TooMuchAtOnce&) {
      result_.verdict = VerdictKind::inconclusive;
      result_.bound = {.kind = SearchBound::Kind::steps_at_once};
    } catch (const DemandOutOfTime&) {
      result_.verdict = VerdictKind::inconclusive;
      result_.bound = {
          .kind = SearchBound::Kind::time_before_a_state, .seconds = options_.seconds, .flag = options_.seconds_flag};
    }
    result_.digest = digest_of(machine_, result_);
    result_.seconds = std::chrono::duration<double>(Clock::now() - begun_).count();
    return std::move(result_);
  }

 private:
  void look() {
    bool all_smaller = false;
    // Where no allocator has a choice there is nothing to hunt through: what is searched in order is all there is.
    if (!kinds_of_pools(machine_).empty()) {
      const std::int64_t first_states = std::min(options_.states, options_.least_states);
      all_smaller = grow(first_states, share_of_first_look);
      if (!answered_ && all_smaller && !spent()) search_whole(first_states, share_of_first_look);
      if (!answered_ && !spent()) all_smaller = hunt_on(first_states);
    }
    if (!answered_ && !spent()) {
      all_smaller = grow(options_.states, share_of_growth);
      if (!answered_ && !spent()) search_whole(options_.states, 1);
    }
    if (result_.verdict == VerdictKind::deadlock) result_.fewest_requests = all_smaller;
    if (result_.verdict != VerdictKind::inconclusive)
      result_.bound = {};
    else if (spent())
      result_.bound = {.kind = SearchBound::Kind::states_in_all, .amount = options_.states_in_all};
  }

  /// Ways to choose n requests, and whether these are all. Where they are too many: those that a proof left open, if it
  /// says which; `some` false: only the first few.
  struct Listed {
    std::vector<Composition> compositions;
    bool all = true, some = true;
  };

  [[nodiscard]] Clock::time_point deadline(double share) const {
    return begun_ +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.seconds * share));
  }

  [[nodiscard]] Listed list(std::int64_t n) const {
    Listed listed;
    const auto all_among = [&](const std::vector<bool>& among) {
      listed.compositions.clear();
      return for_each_composition(machine_, groups_, among, n, [&](const Composition& composition) {
        if (listed.compositions.size() == most_compositions) return false;
        listed.compositions.push_back(composition);
        return true;
      });
    };
    listed.all = all_among({});
    listed.some = listed.all || (!options_.slice.empty() && all_among(options_.slice) && !listed.compositions.empty());
    return listed;
  }

  [[nodiscard]] bool spent() const { return static_cast<std::int64_t>(result_.states) >= options_.states_in_all; }

  void note_searches(std::size_t searches, std::size_t states, std::size_t largest) {
    result_.searches += searches;
    result_.states += states;
    result_.largest = std::max(result_.largest, largest);
  }

  /// Parts of the population, smallest first, from those not exhausted yet, until somebody is stuck. Whether all
  /// smaller parts than the last were exhausted: growing on is of use only as long as the searches stay small.
  bool grow(std::int64_t states, double share) {
    bool all = true;
    for (std::int64_t n = result_.exhausted_requests + 1; n < result_.population; ++n) {
      if (spent()) return false;
      const Listed listed = list(n);
      const bool all_smaller = all;
      all = all && listed.all;
      const bool last_word = states == options_.states;
      const Round round = rounds_.run(
          listed.compositions, n,
          {deadline(share), last_word ? states : states_of_each(listed.compositions.size(), states), nullptr, {}});
      note_searches(round.searches, round.states, round.largest);
      looked_at_ = n;
      unsure_from_ = all ? round.unsure_from : Cost{};
      result_.bound = round.bound;
      // A witness counts more than a step that cannot be, if there is one.
      if (last_word || round.exhausted) result_.error = round.error;
      answered_ = round.stuck || result_.error;
      if (round.stuck) {
        result_.least = all && round.least;
        note_deadlock(*round.stuck, n);
      }
      if (answered_) return all_smaller;
      if (!listed.some || !round.exhausted) return false;
      if (all) result_.exhausted_requests = n;
    }
    return all;
  }

  void search_whole(std::int64_t states, double share) {
    Searched searched = rounds_.search(whole_, result_.population, {deadline(share), states, nullptr, {}});
    const SearchAnswer& answer = searched.answer;
    note_searches(1, answer.states, answer.states);
    looked_at_ = result_.population;
    unsure_from_ = searched.unsure_from;
    if (answer.end == SearchEnd::found) {
      result_.least = true;
      return note_deadlock(searched, result_.population);
    }
    result_.bound = searched.bound;
    if (searched.bound.empty() || states == options_.states) result_.error = answer.error;
    answered_ = searched.bound.empty() || result_.error;
    if (result_.error || !answered_ || (machine_.has_loops && !look_at_loops(*searched.search))) return;
    if (const models::RequestClass* of = not_covered()) {
      result_.bound = {.kind = SearchBound::Kind::class_not_whole,
                       .amount = of->population,
                       .of = of->total,
                       .of_class = of->name,
                       .leaves = of->leaves_behind};
      return;
    }
    result_.verdict = VerdictKind::progress;
    result_.exhausted_requests = result_.population;
  }

  /// A class of which more requests come than were searched, to a machine that is not as the first ones found it.
  [[nodiscard]] const models::RequestClass* not_covered() const {
    const auto found = std::find_if(machine_.classes.begin(), machine_.classes.end(),
                                    [](const models::RequestClass& of) { return !of.leaves_behind.empty(); });
    return found == machine_.classes.end() ? nullptr : &*found;
  }

  /// Any stuck set, of as many requests as are not exhausted yet or a few more; then what costs less, as far as that
  /// can be searched quickly. Whether all smaller parts were exhausted.
  bool hunt_on(std::int64_t states) {
    const std::int64_t first = result_.exhausted_requests + 1;
    ExploreOptions rest = options_;
    rest.states_in_all -= static_cast<std::int64_t>(result_.states);
    Hunted hunted = hunt(machine_, rest, rounds_, first, result_.population, deadline(share_of_hunt),
                         [&](std::int64_t n) { return list(n).compositions; });
    note_searches(hunted.searches, hunted.states, hunted.largest);
    if (!hunted.stuck) return false;
    const std::int64_t n = hunted.requests;
    const Cost cost = hunted.stuck->answer.cost;
    if (n != looked_at_) {
      const Listed listed = list(n);
      Round round =
          rounds_.run(listed.compositions, n,
                      {deadline(share_of_hunt), states_of_each(listed.compositions.size(), states), nullptr, cost});
      note_searches(round.searches, round.states, round.largest);
      unsure_from_ = listed.all ? round.unsure_from : Cost{};
      if (round.stuck) hunted.stuck = std::move(round.stuck);
    }
    result_.least = !unsure_from_ || *unsure_from_ >= hunted.stuck->answer.cost;
    note_deadlock(*hunted.stuck, n);
    return n == first;
  }

  Concrete follow(Space& space, const std::vector<Edge>& edges) const {
    Concrete concrete(machine_, space);
    for (const Edge& edge : edges) concrete.follow(edge);
    return concrete;
  }

  void note_deadlock(const Searched& searched, std::int64_t requests) {
    const std::vector<Edge> edges = searched.search->path(searched.answer.at);
    Concrete concrete(machine_, *searched.space);
    std::vector<std::size_t> steps_before;  // of the witness, before each edge
    for (const Edge& edge : edges) {
      steps_before.push_back(concrete.steps().size());
      concrete.follow(edge);
    }
    note_stuck(concrete, models::stuck_set(concrete.world(), searched.to_come), searched.answer.cost, requests);
    note_no_return(searched, edges, steps_before);
  }

  void note_no_return(const Searched& searched, const std::vector<Edge>& edges,
                      const std::vector<std::size_t>& steps_before) {
    if (edges.empty()) return;
    SearchLimits limits;
    limits.states = states_of_no_return;
    limits.deadline = Clock::now() + std::chrono::seconds(5);
    const std::optional<NoReturn> found =
        point_of_no_return(*searched.space, edges, searched.search->states_on(searched.answer.at), limits);
    if (!found) return;
    result_.no_return = static_cast<std::int64_t>(steps_before[found->edge]) + 1;
    result_.no_return_exact = found->exact;
  }

  void note_stuck(const Concrete& concrete, const std::vector<models::TokenId>& stuck, const Cost& cost,
                  std::int64_t requests) {
    answered_ = true;
    result_.verdict = VerdictKind::deadlock;
    result_.witness.steps = concrete.steps();
    for (const models::TokenId id : stuck) result_.witness.stuck.push_back(concrete.world().token(id).serial);
    result_.stuck = models::explain(concrete.world(), stuck);
    result_.relieved_by_memory =
        models::relieved_by_memory(concrete.world(), stuck, models::later_requests(machine_, concrete.steps()));
    result_.requests = requests;
    result_.faults = cost.faults;
    result_.failures = cost.failures;
    result_.steps = cost.steps;
  }

  /// No state is dead; with loops, somebody may be stuck beside others that go on for ever, or go on without end.
  /// Whether nobody is.
  bool look_at_loops(Search& search) {
    const LoopAnswer loops =
        find_endless(search, [&](StateIndex at) { return follow(search.space(), search.path(at)); });
    switch (loops.kind) {
      case LoopAnswer::Kind::none:
        return !somebody_starves();
      case LoopAnswer::Kind::unknown:
        result_.bound = {.kind = SearchBound::Kind::group_too_large};
        return false;
      default:
        break;
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
  std::vector<SiblingGroup> groups_;
  Rounds rounds_;
  Clock::time_point begun_;
  bool answered_ = false;
  std::int64_t looked_at_ = 0;       ///< so many requests were searched last
  std::optional<Cost> unsure_from_;  ///< and what costs less was not missed; absent: nothing was
  Exploration result_;
};

}  // namespace

models::Machine any_number_of_threads(models::Machine machine) {
  for (models::Resource& resource : machine.resources) {
    if (resource.soft && resource.memory == models::MemoryClass::thread &&
        resource.allocator == models::AllocatorRule::always) {
      resource.allocator = models::AllocatorRule::any;
    }
  }
  return machine;
}

Exploration explore(const models::Machine& machine, const ExploreOptions& options) {
  return Exploring(machine, options).run();
}

}  // namespace dmstall::analysis
