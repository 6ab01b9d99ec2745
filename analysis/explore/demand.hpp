// How many elements of each resource one request of a class ever holds: the largest value over all paths of its flows,
// children and elements that travel with them included.
#pragma once

#include "models/machine/machine.hpp"

#include <cstdint>
#include <vector>

namespace dmstall::analysis {

/// How much of each resource one request of a class holds at most; saturated at `unbounded`.
class Demand {
 public:
  static constexpr std::int64_t unbounded = 1'000'000'000;

  explicit Demand(const models::Machine& machine) : machine_(&machine) {}
  /// Per resource.
  [[nodiscard]] const std::vector<std::int64_t>& of_class(std::int32_t request_class);
  /// Resources of which some path of the class gives an element that its family may not hold.
  [[nodiscard]] const std::vector<models::ResourceId>& given_unheld(std::int32_t request_class);

 private:
  const models::Machine* machine_;
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
