// All compositions of one number of requests, searched on one thread or several, and the least answer among them.
//
// The answer is the least by (faults, failed allocations, steps, place in the order of compositions), whatever the
// number of threads: a search is cut short only where it can no longer be the least, and then it is not asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/explore/regimes.hpp"
#include "analysis/engines/explore/search.hpp"

namespace dmstall::analysis {

/// One composition, searched.
struct Searched {
  std::shared_ptr<Space> space;  ///< where it is the only one of its round: of all such searches
  std::unique_ptr<Search> search;
  SearchAnswer answer;
  std::vector<bool> to_come;        ///< per class: whether more requests of it will come, whatever happens
  std::optional<Cost> unsure_from;  ///< a stuck state that costs as much or more may have been missed; absent: none was
  SearchBound bound;                ///< what ended the search
};

/// What the compositions of one number of requests came to.
struct Round {
  std::optional<Searched> stuck;     ///< with the least stuck state
  std::optional<std::string> error;  ///< nobody is stuck, but a step that cannot be is reachable
  bool exhausted = true;             ///< all compositions were searched to their ends
  bool least = true;                 ///< stuck: nothing cheaper was left out
  std::optional<Cost> unsure_from;   ///< the least of the searches'; absent: none missed a thing
  SearchBound bound;
  std::size_t searches = 0, states = 0, largest = 0;
};

/// How far a search goes, and through what.
struct Effort {
  std::chrono::steady_clock::time_point deadline;
  std::int64_t states = 0;         ///< in one search
  const Regime* regime = nullptr;  ///< only what happens under it; absent: every outcome of an allocation
  std::optional<Cost> below;       ///< only what costs less is of interest
};

class Rounds {
 public:
  /// Machine, siblings and options must outlive this and what it finds.
  Rounds(const models::Machine& machine, const std::vector<SiblingGroup>& groups, const ExploreOptions& options,
         Composition whole);

  /// Requires: all compositions are of `requests` requests.
  [[nodiscard]] Round run(const std::vector<Composition>& compositions, std::int64_t requests, const Effort& effort);
  /// One composition.
  [[nodiscard]] Searched search(const Composition& composition, std::int64_t requests, const Effort& effort);

 private:
  [[nodiscard]] std::shared_ptr<Space> space_of(const Composition& composition, std::size_t worker);
  /// `in_vain`: whether nothing of this cost is of interest any more.
  [[nodiscard]] Searched search_in(std::shared_ptr<Space> space, std::int64_t requests, const Effort& effort,
                                   std::function<bool(const Cost&)> in_vain);

  const models::Machine& machine_;
  const std::vector<SiblingGroup>& groups_;
  const ExploreOptions& options_;
  Composition whole_;
  std::vector<Demand> demands_;  ///< one per worker: it remembers what it has worked out
  std::shared_ptr<Space> kept_;  ///< of the last composition that was alone
  std::mutex progress_;
};

}  // namespace dmstall::analysis
