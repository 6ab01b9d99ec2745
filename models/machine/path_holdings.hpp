// How a path changes what it holds and where it runs, and what of that its caller or its parent must have held.
#pragma once

#include "models/machine/path_findings.hpp"
#include "models/machine/path_state.hpp"

namespace dmstall::models {

constexpr std::int64_t most_turns = 24;  ///< of a loop, until nothing new is held

/// Where the walk stands.
struct PathPlace {
  FlowId flow = no_flow;
  bool root = false;      ///< nobody above holds anything
  bool in_thread = true;  ///< the requests of the class come with a thread of their own
  bool turning = false;   ///< in a later turn of a loop: what others give back is only known to be some
};

/// Counts up to here; of what is not judged nobody counts further.
constexpr std::int64_t many = 1 << 20;

class PathHoldings {
 public:
  /// `here` is read at each call.
  PathHoldings(const Program& program, const PathPlace& here, PathFindings& findings)
      : program_(program), here_(here), findings_(findings) {}

  void take(PathState& state, const Step& step, HoldKey key, std::int64_t n) const;
  void give(PathState& state, const Step& step, HoldKey key, std::int64_t n);
  /// What the same token did in a flow that it called.
  void append(PathState& state, const PathState& done);
  /// A child gives back what came with it, and may give back what its parent holds; it keeps nothing.
  void child_ended(const Step& spawn, FlowId flow, const PathExit& exit, PathState& parent);

 private:
  void note_lowest(PathState& state, HoldKey key, std::int64_t n, const Step& step, FlowId flow);
  void forget_if_many(Amounts<HoldKey>& amounts, HoldKey key, const Step& step) const;
  void leave_thread(PathState& state, ResourceId thread) const;
  [[nodiscard]] const Resource& resource(ResourceId id) const;

  const Program& program_;
  const PathPlace& here_;
  PathFindings& findings_;
};

}  // namespace dmstall::models
