#include "models/machine/path_holdings.hpp"

#include <algorithm>
#include <iterator>

#include "models/machine/graph.hpp"

namespace dmstall::models {

const Resource& PathHoldings::resource(ResourceId id) const {
  return program_.resources[at(id)];
}

void PathHoldings::take(PathState& state, const Step& step, HoldKey key, std::int64_t n) const {
  const Resource& of = resource(key.resource);
  state.held.add(key, n, &step, here_.flow);
  forget_if_many(state.held, key, step);
  if (key.hold == Hold::element && is_thread(of.kind)) {
    for (std::int64_t i = 0; i < n && i < most_turns; ++i) {
      state.threads.push_back({key.resource, state.where});
      state.where = Where::thread;
    }
    state.submitted = true;
  }
}

void PathHoldings::give(PathState& state, const Step& step, HoldKey key, std::int64_t n) {
  state.held.add(key, -n, &step, here_.flow);
  if (key.hold == Hold::element && is_thread(resource(key.resource).kind)) {
    for (std::int64_t i = 0; i < n && i < most_turns; ++i) leave_thread(state, key.resource);
  }
  note_lowest(state, key, state.held.of(key), step, here_.flow);
  forget_if_many(state.held, key, step);
}

/// The caller must hold what was given here and not taken: nobody can where there is no caller.
void PathHoldings::note_lowest(PathState& state, HoldKey key, std::int64_t n, const Step& step, FlowId flow) {
  if (n >= 0) return;
  if (resource(key.resource).handed_over) return;
  if (here_.root) {
    findings_.problem(PathProblemKind::not_held, &step, flow, key.resource, -n);
    state.held.set(key, 0, &step, flow);
  } else if (n < state.lowest.of(key)) {
    state.lowest.set(key, n, &step, flow);
  }
}

/// What others give back may grow without end in a loop.
void PathHoldings::forget_if_many(Amounts<HoldKey>& amounts, HoldKey key, const Step& step) const {
  if (!resource(key.resource).handed_over) return;
  const std::int64_t n = amounts.of(key);
  if (here_.turning && n != 0) amounts.set(key, many, &step, here_.flow);
  if (n > many) amounts.set(key, many, &step, here_.flow);
}

void PathHoldings::leave_thread(PathState& state, ResourceId thread) const {
  for (auto held = state.threads.rbegin(); held != state.threads.rend(); ++held) {
    if (held->resource != thread) continue;
    state.where = held->before;
    state.threads.erase(std::next(held).base());
    return;
  }
  // The caller's: what called in it has returned. A task that came with one has a thread of its own.
  if (!here_.in_thread) state.where = Where::nowhere;
}

void PathHoldings::append(PathState& state, const PathState& done) {
  for (const auto& entry : done.lowest)
    note_lowest(state, entry.key, state.held.of(entry.key) + entry.n, *entry.step, entry.flow);
  for (const auto& entry : done.held) {
    state.held.add(entry.key, entry.n, entry.step, entry.flow);
    if (entry.n >= 0 || entry.key.hold != Hold::element || !is_thread(resource(entry.key.resource).kind)) continue;
    for (std::int64_t i = entry.n; i < 0; ++i) leave_thread(state, entry.key.resource);
  }
  state.threads.insert(state.threads.end(), done.threads.begin(), done.threads.end());
  for (const auto& entry : done.counted)
    state.counted.set(entry.key, std::min(state.counted.of(entry.key) + entry.n, many), entry.step, entry.flow);
  for (const auto& entry : done.events) state.events.set(entry.key, entry.n, entry.step, entry.flow);
  for (const auto& entry : done.events_of_children) state.events_of_children.set(entry.key, 1, entry.step, entry.flow);
  state.worst = std::max(state.worst, done.worst);
}

void PathHoldings::child_ended(const Step& spawn, FlowId flow, const PathExit& exit, PathState& parent) {
  PathState child;
  for (const GiveBack& sent : spawn.with) child.held.set({sent.resource, Hold::element}, sent.n, &spawn, here_.flow);
  for (const auto& entry : exit.state.lowest) {
    note_lowest(parent, entry.key, parent.held.of(entry.key) + child.held.of(entry.key) + entry.n, *entry.step,
                entry.flow);
  }
  for (const auto& entry : exit.state.held) {
    const std::int64_t n = child.held.of(entry.key) + entry.n;
    child.held.set(entry.key, n, entry.n > 0 ? entry.step : &spawn, entry.flow);
    if (n >= 0 && !resource(entry.key.resource).handed_over) continue;
    child.held.set(entry.key, 0, nullptr, no_flow);
    parent.held.add(entry.key, n, entry.step, entry.flow);
    note_lowest(parent, entry.key, parent.held.of(entry.key), *entry.step, entry.flow);
  }
  for (const auto& entry : child.held) findings_.kept(entry, flow);
  for (const auto& entry : exit.state.counted)
    parent.counted.set(entry.key, std::min(parent.counted.of(entry.key) + entry.n, many), entry.step, entry.flow);
  for (const auto& entry : exit.state.events)
    parent.events_of_children.set({entry.key, entry.n > 0 ? 1 : 0}, 1, entry.step, entry.flow);
  for (const auto& entry : exit.state.events_of_children)
    parent.events_of_children.set(entry.key, 1, entry.step, entry.flow);
  parent.worst = std::max(parent.worst, exit.status);
}

}  // namespace dmstall::models
