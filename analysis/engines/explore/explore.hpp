// Every schedule, every outcome of an allocation, every choice of faults, within bounds: does a stuck set exist, and
// what is the least that leads there?
//
// The population grows: one request, two, three … in every composition of classes, so the first witness has the
// fewest requests; of all compositions of so many, the one with the fewest faults, then failed allocations, then steps
// counts, whatever the number of threads that search them. When no part of the population gets stuck, the whole of it
// is searched, and only that is claimed as exhausted. Where the first searches come to no end, a hunt looks for any
// stuck set before they go on; what it finds is claimed as the least only as far as they came.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "analysis/engines/explore/bound.hpp"
#include "analysis/engines/explore/search.hpp"
#include "models/machine/verdict.hpp"
#include "models/machine/witness.hpp"

namespace dmstall::analysis {

struct ExploreOptions {
  std::int64_t states = 5'000'000;  ///< in one search; --states
  /// In all searches together: once so many are seen, no search begins. The same on every machine, as seconds are not.
  std::int64_t states_in_all = std::numeric_limits<std::int64_t>::max();
  double seconds = 60;             ///< in all; --seconds
  std::int64_t memory_mib = 4096;  ///< of one search; --memory
  /// What raises these, for the name of the bound: who calls may have less time or memory left than the flags ask for.
  const char* states_flag = "--states";
  const char* seconds_flag = "--seconds";
  const char* memory_flag = "--memory";
  /// In one search, before the hunt for any stuck set at all begins: what it finds is shown to be the least only as far
  /// as these go. --least-states
  std::int64_t least_states = 20'000;
  std::size_t threads = 1;  ///< compositions searched at the same time; the answer is the same for any number
  Reductions reductions;
  std::vector<bool> slice;  ///< classes to look at where there are too many to look at all; empty: none in particular
  std::vector<bool> open;   ///< resources that a proof left open: where to look first; empty: none in particular
  /// Which stuck set is looked for; absent: any. With it no answer but a stuck set that was found says anything. Called
  /// by all threads at the same time.
  std::function<bool(const models::StuckReport&)> wanted;
  std::function<void(std::int64_t requests, std::size_t states, double per_second, int depth, std::size_t bytes)>
      progress;
};

struct Exploration {
  models::VerdictKind verdict = models::VerdictKind::inconclusive;  ///< progress: the whole population was exhausted
  SearchBound bound;                                                ///< inconclusive: what ended the search
  std::optional<std::string> error;  ///< a step that cannot be is reachable: the scenario is wrong

  // deadlock; of a livelock and a starvation the witness and its tokens
  models::Witness witness;
  models::StuckReport stuck;
  bool relieved_by_memory = false;
  std::int64_t requests = 0;     ///< requests in flight that are enough
  bool fewest_requests = false;  ///< all smaller populations were exhausted
  /// `steps`: of the search, which takes some at once. Who tells of the witness counts `witness.steps`.
  std::int32_t faults = 0, failures = 0, steps = 0;
  bool least = false;  ///< with so many requests nothing cheaper was left out; false: it takes at most that
  /// The recorded step after which not all can finish any more, whatever happens, with these faults; absent: from the
  /// start, or not searched.
  std::optional<std::int64_t> no_return;
  bool no_return_exact = true;  ///< false: that step or an earlier one

  std::size_t round_from = 0;    ///< starvation: the witness's steps from here on repeat for ever
  bool starvation_open = false;  ///< progress: whether somebody may starve beside loops was too much to ask

  std::int64_t population = 0;          ///< requests of the whole population
  std::int64_t exhausted_requests = 0;  ///< no stuck set with so many requests or fewer
  std::size_t searches = 0, states = 0,
              largest = 0;  ///< largest: states of the largest search
                            ///< (with several threads, searches that turn out to be in vain may end later)
  Reductions reductions;    ///< with which it was searched
  double seconds = 0;
  std::uint64_t digest = 0;  ///< of question and answer, see analysis/engines/explore/digest.hpp
};

/// The machine as the search reads it: where the scenario does not say, any number of kernel threads may be had.
[[nodiscard]] models::Machine any_number_of_threads(models::Machine machine);

[[nodiscard]] Exploration explore(const models::Machine& machine, const ExploreOptions& options);

}  // namespace dmstall::analysis
