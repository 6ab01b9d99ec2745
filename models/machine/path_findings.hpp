// What is wrong with the paths of a program, and what a finished request leaves behind: what models/machine/balance
// reports of the walk that it makes.
#pragma once

#include <set>
#include <tuple>

#include "models/machine/balance.hpp"
#include "models/machine/path_state.hpp"

namespace dmstall::models {

/// Whoever takes of it leaves it as it was: there is no element to be missed.
[[nodiscard]] bool without_reserve(const Resource& of);

class PathFindings {
 public:
  explicit PathFindings(const Program& program);

  /// Each step, kind and resource is told once.
  void problem(PathProblemKind kind, const Step* step, FlowId flow, ResourceId of, std::int64_t n = 1);
  /// The end of `flow` holds it, unless somebody else gives it back.
  void kept(const Amounts<HoldKey>::Entry& entry, FlowId flow);
  /// A class of requests has ended in one of these ways. `all_known`: they are all there are.
  void ends(const std::set<PathExit>& exits, FlowId flow, bool all_known);

  [[nodiscard]] PathReport take() { return std::move(report_); }

 private:
  static void note_left(Leftover& left, ResourceId of, bool latch);
  void note_event(Leftover& left, ResourceId event, bool set) const;
  [[nodiscard]] const Resource& resource(ResourceId id) const;

  const Program& program_;
  PathReport report_;
  std::set<ResourceId> cleared_;  ///< events that some step clears
  std::set<std::tuple<const Step*, PathProblemKind, ResourceId>> known_;
};

}  // namespace dmstall::models
