// All compositions of one number of requests, searched on one thread or several, and the least answer among them.
//
// The answer is the least by (faults, failed allocations, steps, place in the order of compositions), whatever the number
// of threads: a search is cut short only where it can no longer be the least, and then it is not asked.
#pragma once

#include "analysis/explore/explore.hpp"
#include "analysis/explore/search.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace dmstall::analysis {

/// One composition, searched.
struct Searched {
  std::unique_ptr<Space> space;
  std::unique_ptr<Search> search;
  SearchAnswer answer;
  std::vector<bool> to_come;          ///< per class: whether more requests of it will come, whatever happens
  std::optional<Cost> unsure_from;    ///< a stuck state that costs as much or more may have been missed; absent: none was
  std::string bound;                  ///< what ended the search, and the flag that raises it; empty: no bound did
};

/// What the compositions of one number of requests came to.
struct Round {
  std::optional<Searched> stuck;      ///< with the least stuck state
  std::optional<std::string> error;   ///< nobody is stuck, but a step that cannot be is reachable
  bool exhausted = true;              ///< all compositions were searched to their ends
  bool least = true;                  ///< stuck: nothing cheaper was left out
  std::string bound;
  std::size_t searches = 0, states = 0, largest = 0;
};

class Rounds {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// Machine and options must outlive this.
  Rounds(const models::Machine& machine, const ExploreOptions& options, Composition whole);

  /// Requires: all compositions are of `requests` requests.
  [[nodiscard]] Round run(const std::vector<Composition>& compositions, std::int64_t requests, Deadline deadline);
  /// One composition; `in_vain`: whether nothing of this cost is of interest any more.
  [[nodiscard]] Searched search(const Composition& composition, std::int64_t requests, Deadline deadline,
                                std::size_t worker = 0, std::function<bool(const Cost&)> in_vain = {});

 private:
  const models::Machine& machine_;
  const ExploreOptions& options_;
  Composition whole_;
  std::vector<Demand> demands_;       ///< one per worker: it remembers what it has worked out
  std::mutex progress_;
};

}  // namespace dmstall::analysis
