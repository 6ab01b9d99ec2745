#include "models/machine/step_questions.hpp"

#include <algorithm>

#include "models/machine/compile.hpp"

namespace dmstall::models {

namespace {

/// Asks `ask` about every list of steps nested in `step`.
template <typename Ask>
bool any_nested(const Step& step, const Ask& ask) {
  return ask(step.body) || ask(step.else_steps) ||
         std::any_of(step.branches.begin(), step.branches.end(),
                     [&](const Branch& branch) { return ask(branch.steps); });
}

/// Asks `ask` about every step of a list.
template <typename Ask>
auto of_steps(const Ask& ask) {
  return [&ask](const Steps& steps) { return std::any_of(steps.begin(), steps.end(), ask); };
}

}  // namespace

bool contains_park(const Step& step) {
  if (step.kind == StepKind::spawn && step.park) return true;
  const auto inner = [](const Step& each) { return contains_park(each); };
  return any_nested(step, of_steps(inner));
}

FlowId StepQuestions::check_flow(FlowId flow, const Step& step) const {
  if (flow < 0 || static_cast<std::size_t>(flow) >= program_.flows.size()) {
    throw CompileError("a step names a flow that does not exist", step.line, step.column);
  }
  return flow;
}

bool StepQuestions::detaches(const Steps& steps, std::vector<FlowId>& seen) const {
  for (const Step& step : steps) {
    if (step.kind == StepKind::detach) return true;
    if (step.kind == StepKind::call && step.context == CallContext::inherit &&
        std::find(seen.begin(), seen.end(), step.flow) == seen.end()) {
      seen.push_back(step.flow);
      if (detaches(program_.flows[static_cast<std::size_t>(check_flow(step.flow, step))].steps, seen)) return true;
    }
    if (any_nested(step, [&](const Steps& inner) { return detaches(inner, seen); })) return true;
  }
  return false;
}

bool StepQuestions::flow_detaches(FlowId flow) {
  auto known = detaches_.find(flow);
  if (known == detaches_.end()) {
    std::vector<FlowId> seen{flow};
    known = detaches_.emplace(flow, detaches(program_.flows[static_cast<std::size_t>(flow)].steps, seen)).first;
  }
  return known->second;
}

bool StepQuestions::leaves(const Step& step, bool by_finish) {
  if (step.kind == StepKind::detach || (by_finish && step.kind == StepKind::finish)) return true;
  if (step.kind == StepKind::call && step.context == CallContext::inherit && flow_detaches(check_flow(step.flow, step)))
    return true;
  const auto inner = [&](const Step& each) { return leaves(each, by_finish); };
  return any_nested(step, of_steps(inner));
}

bool StepQuestions::anywhere(const Step& step, Test test) {
  const auto inner = [&](const Step& each) { return anywhere(each, test); };
  return test(step) || (step.kind == StepKind::call && in_flow(check_flow(step.flow, step), test)) ||
         any_nested(step, of_steps(inner));
}

bool StepQuestions::calls_one_that(const Step& step, Test test) {
  const auto inner = [&](const Step& each) { return calls_one_that(each, test); };
  return (step.kind == StepKind::call && in_flow(check_flow(step.flow, step), test)) ||
         any_nested(step, of_steps(inner));
}

bool StepQuestions::in_flow(FlowId flow, Test test) {
  if (const auto known = in_flow_.find({test, flow}); known != in_flow_.end()) return known->second;
  if (!asked_.insert(flow).second) return false;  // asked already: whoever asked first says yes if there is one
  const bool outermost = asked_.size() == 1;
  const auto such = [&](const Step& each) { return anywhere(each, test); };
  const bool yes = of_steps(such)(program_.flows[static_cast<std::size_t>(flow)].steps);
  if (yes) in_flow_[{test, flow}] = true;
  if (!outermost) return yes;
  if (!yes) {  // then it is nowhere in what was asked; else one that leads back to who asked first may not know yet
    for (const FlowId each : asked_) in_flow_[{test, each}] = false;
  }
  asked_.clear();
  return yes;
}

}  // namespace dmstall::models
