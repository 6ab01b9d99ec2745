// How many elements of each resource one request of a class ever holds: the largest value over all paths of its flows,
// children and elements that travel with them included.
//
// The same number is the claim of a process in the banker's algorithm: A. N. Habermann, "Prevention of system
// deadlocks", Communications of the ACM 12(7), 1969. There it is declared, here it is read off the flows.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "analysis/engines/explore/path_loads.hpp"
#include "analysis/engines/explore/siblings.hpp"
#include "models/machine/machine.hpp"

namespace dmstall::analysis {

class DemandWalk;

/// How much of each resource one request of a class holds at most; saturated at `unbounded`.
class Demand {
 public:
  static constexpr std::int64_t unbounded = unbounded_demand;

  /// Of siblings only the first is looked at: what is its own is the others' own. Both must outlive this. Who asks
  /// after `ends` may get a DemandOutOfTime.
  Demand(const models::Machine& machine, const std::vector<SiblingGroup>& groups,
         std::chrono::steady_clock::time_point ends = std::chrono::steady_clock::time_point::max());
  /// Per resource.
  [[nodiscard]] const std::vector<std::int64_t>& of_class(std::int32_t request_class);
  /// Resources of which some path of the class gives an element that its family may not hold.
  [[nodiscard]] const std::vector<models::ResourceId>& given_unheld(std::int32_t request_class);

 private:
  struct Place {
    const SiblingGroup* group = nullptr;  ///< absent: no sibling, or the first
    std::size_t member = 0;
  };
  void of_sibling(std::int32_t request_class, const Place& place);

  const models::Machine* machine_;
  std::chrono::steady_clock::time_point ends_;
  std::vector<Place> places_;         ///< by class
  std::shared_ptr<DemandWalk> walk_;  ///< made with the first question
  std::vector<std::vector<std::int64_t>> known_;
  std::vector<std::vector<models::ResourceId>> unheld_;
};

/// Taken and given back in one go: nobody ever sees it held (a lock around nothing).
[[nodiscard]] bool is_passed_through(const models::Machine& machine, const models::Node& take);

/// Per node: whether it is such a take, and its give can be reached in no other way.
[[nodiscard]] std::vector<bool> passages(const models::Machine& machine);

/// A try of a pool with nothing in reserve whose allocator always refuses.
[[nodiscard]] bool is_always_refused(const models::Machine& machine, const models::Node& node);

}  // namespace dmstall::analysis
