// What the lowering asks about nested steps, flows that they call included: may the submitter return there, is a bio
// parked, are children awaited?
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "models/machine/program.hpp"

namespace dmstall::models {

/// A bio is parked in these steps, or in what is nested in them; not in flows that they call.
[[nodiscard]] bool contains_park(const Step& step);

class StepQuestions {
 public:
  using Test = bool (*)(const Step&);

  explicit StepQuestions(const Program& program) : program_(program) {}

  /// Throws CompileError, at the step, for a flow that does not exist.
  FlowId check_flow(FlowId flow, const Step& step) const;
  /// Whether the submitter may return inside the flow, or in what it calls as part of the same submission.
  [[nodiscard]] bool flow_detaches(FlowId flow);
  /// A step at which the submitter may return: the end of the flow (if `by_finish`), or a detach in the submitter's own
  /// thread.
  [[nodiscard]] bool leaves(const Step& step, bool by_finish = true);
  /// Whether the step, or one in a flow that it calls, is such a one.
  [[nodiscard]] bool anywhere(const Step& step, Test test);
  /// The same of the flows that are called from here alone: a flow does not know what its caller's thread has parked.
  [[nodiscard]] bool calls_one_that(const Step& step, Test test);

 private:
  [[nodiscard]] bool detaches(const Steps& steps, std::vector<FlowId>& seen) const;
  /// Whether a step of the flow, or of one that it calls, is such a one.
  [[nodiscard]] bool in_flow(FlowId flow, Test test);

  const Program& program_;
  std::map<FlowId, bool> detaches_;
  std::map<std::pair<Test, FlowId>, bool> in_flow_;  ///< answers to in_flow
  std::set<FlowId> asked_;                           ///< in the question that is being answered
};

}  // namespace dmstall::models
