#include "models/machine/path_findings.hpp"

#include <algorithm>

#include "models/machine/each_step.hpp"
#include "models/machine/graph.hpp"

namespace dmstall::models {

bool without_reserve(const Resource& of) {
  return of.soft && of.capacity + of.retained == 0;
}

PathFindings::PathFindings(const Program& program) : program_(program) {
  for (const Flow& flow : program.flows) {
    for_each_step(flow.steps, [&](const Step& step) {
      if (step.kind == StepKind::clear) cleared_.insert(step.resource);
    });
  }
}

const Resource& PathFindings::resource(ResourceId id) const {
  return program_.resources[at(id)];
}

void PathFindings::problem(PathProblemKind kind, const Step* step, FlowId flow, ResourceId of, std::int64_t n) {
  if (known_.emplace(step, kind, of).second) report_.problems.push_back({kind, step, flow, of, n});
}

void PathFindings::kept(const Amounts<HoldKey>::Entry& entry, FlowId flow) {
  if (!resource(entry.key.resource).handed_over)
    problem(PathProblemKind::kept, entry.step, flow, entry.key.resource, entry.n);
}

void PathFindings::ends(const std::set<PathExit>& exits, FlowId flow, bool all_known) {
  Leftover left;
  for (const PathExit& exit : exits) {
    for (const auto& entry : exit.state.held) {
      if (entry.n > 0) kept(entry, flow);
      if (!without_reserve(resource(entry.key.resource))) note_left(left, entry.key.resource, false);
    }
    for (const auto& entry : exit.state.counted) note_left(left, entry.key, false);
    for (const auto& entry : exit.state.events) note_event(left, entry.key, entry.n > 0);
    for (const auto& entry : exit.state.events_of_children) note_event(left, entry.key.first, entry.key.second > 0);
  }
  if (!all_known) note_left(left, no_resource, false);
  report_.leftovers.push_back(left);
}

void PathFindings::note_left(Leftover& left, ResourceId of, bool latch) {
  if (left.nothing) left.only_latches = true;
  left.nothing = false;
  if (left.resource == no_resource || (left.only_latches && !latch)) left.resource = of;
  if (!latch) left.only_latches = false;
  if (latch && std::find(left.latches.begin(), left.latches.end(), of) == left.latches.end())
    left.latches.push_back(of);
}

void PathFindings::note_event(Leftover& left, ResourceId event, bool set) const {
  const bool as_it_was = set == (resource(event).capacity != 0);
  if (!as_it_was) note_left(left, event, set && cleared_.count(event) == 0);
}

}  // namespace dmstall::models
