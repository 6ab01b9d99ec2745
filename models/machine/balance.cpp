#include "models/machine/balance.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "models/machine/graph.hpp"
#include "models/machine/path_state.hpp"
#include "models/machine/step_questions.hpp"

namespace dmstall::models {

namespace {

using States = std::set<PathState>;
using Exits = std::set<PathExit>;

constexpr std::size_t most_states = 2048;        // side by side
constexpr std::int64_t most_walked = 8'000'000;  // steps, each once per state
constexpr int most_turns = 24;                   // of a loop, until nothing new is held
constexpr int most_rounds = 8;                   // of a flow that calls or spawns itself
constexpr std::int64_t many = 1 << 20;           // of what is not judged: from here on nobody counts

bool is_thread(ResourceKind kind) {
  return kind == ResourceKind::thread || kind == ResourceKind::workers;
}

/// Whoever takes of it leaves it as it was: there is no element to be missed.
bool without_reserve(const Resource& of) {
  return of.soft && of.capacity + of.retained == 0;
}

class Walk {
 public:
  explicit Walk(const Program& program) : program_(program), ask_(program) {
    for (const Flow& flow : program.flows) note_cleared(flow.steps);
  }

  PathReport run() {
    for (const RequestClass& of : program_.classes) report_.leftovers.push_back(follow(of));
    return std::move(report_);
  }

 private:
  /// Where a summary of a flow holds: it differs with where the flow starts, and with what its spawned children are.
  struct Entry {
    FlowId flow;
    Where where;
    bool in_thread;
    auto operator<=>(const Entry&) const = default;
  };
  struct Summary {
    Exits exits;
    bool open = false;  ///< being walked
    bool done = false;
    bool asked = false;  ///< its exits were read while it was walked
  };
  /// The flow that is being walked.
  struct Frame {
    FlowId flow = no_flow;
    bool root = false;  ///< nobody above holds anything
    Exits* exits = nullptr;
  };

  [[nodiscard]] const Resource& resource(ResourceId id) const { return program_.resources[at(id)]; }

  void note_cleared(const Steps& steps) {
    for (const Step& step : steps) {
      if (step.kind == StepKind::clear) cleared_.insert(step.resource);
      note_cleared(step.body);
      note_cleared(step.else_steps);
      for (const Branch& branch : step.branches) note_cleared(branch.steps);
    }
  }

  void problem(PathProblemKind kind, const Step* step, FlowId flow, ResourceId of, std::int64_t n = 1) {
    if (known_.emplace(step, kind, of).second) report_.problems.push_back({kind, step, flow, of, n});
  }

  Leftover follow(const RequestClass& of) {
    in_thread_ = of.in_thread;
    Exits exits;
    PathState start;
    start.where = of.in_thread ? Where::thread : Where::not_begun;
    frame_ = {ask_.check_flow(of.flow, {}), true, &exits};
    fall_off(walk(program_.flows[at(of.flow)].steps, {start}));
    Leftover left;
    for (const PathExit& exit : exits) {
      for (const auto& entry : exit.state.held) {
        if (entry.n > 0) kept(entry, of.flow);
        if (!without_reserve(resource(entry.key.resource))) note_left(left, entry.key.resource, false);
      }
      for (const auto& entry : exit.state.counted) note_left(left, entry.key, false);
      for (const auto& entry : exit.state.events) note_event(left, entry.key, entry.n > 0);
      for (const auto& entry : exit.state.events_of_children) note_event(left, entry.key.first, entry.key.second > 0);
    }
    if (given_up_) note_left(left, no_resource, false);
    return left;
  }

  void kept(const Amounts<HoldKey>::Entry& entry, FlowId flow) {
    if (!resource(entry.key.resource).handed_over)
      problem(PathProblemKind::kept, entry.step, flow, entry.key.resource, entry.n);
  }

  static void note_left(Leftover& left, ResourceId of, bool latch) {
    if (left.nothing) left.only_latches = true;
    left.nothing = false;
    if (left.resource == no_resource || (left.only_latches && !latch)) left.resource = of;
    if (!latch) left.only_latches = false;
    if (latch && std::find(left.latches.begin(), left.latches.end(), of) == left.latches.end())
      left.latches.push_back(of);
  }

  void note_event(Leftover& left, ResourceId event, bool set) const {
    const bool as_it_was = set == (resource(event).capacity != 0);
    if (!as_it_was) note_left(left, event, set && cleared_.count(event) == 0);
  }

  /// What falls off the end of a flow has ended it: ok.
  void fall_off(const States& states) {
    for (const PathState& state : states) frame_.exits->insert({Status::ok, state});
  }

  /// The ways that lead on after the steps.
  States walk(const Steps& steps, States states) {
    for (const Step& step : steps) {
      if (states.empty() || given_up_) return states;
      States next;
      for (const PathState& state : states) one(step, state, next);
      walked_ += static_cast<std::int64_t>(states.size());
      if (next.size() > most_states || walked_ > most_walked) {
        given_up_ = true;
        problem(PathProblemKind::too_many_ways, &step, frame_.flow, no_resource);
        return {};
      }
      states = std::move(next);
    }
    return states;
  }

  void walk(const Steps& steps, const PathState& state, States& out) { out.merge(walk(steps, States{state})); }

  /// What is still held is told at the step that took it, what is missing at the one that gave it.
  static void change(Amounts<HoldKey>& amounts, HoldKey key, std::int64_t by, const Step* step, FlowId flow) {
    amounts.add(key, by, step, flow);
  }

  void take(PathState& state, const Step& step, HoldKey key, std::int64_t n) {
    const Resource& of = resource(key.resource);
    change(state.held, key, n, &step, frame_.flow);
    forget_if_many(state.held, key, step);
    if (key.hold == Hold::element && is_thread(of.kind)) {
      for (std::int64_t i = 0; i < n && i < most_turns; ++i) {
        state.threads.push_back({key.resource, state.where});
        state.where = Where::thread;
      }
      state.submitted = true;
    }
  }

  void give(PathState& state, const Step& step, FlowId flow, HoldKey key, std::int64_t n) {
    change(state.held, key, -n, &step, flow);
    if (key.hold == Hold::element && is_thread(resource(key.resource).kind)) {
      for (std::int64_t i = 0; i < n && i < most_turns; ++i) leave_thread(state, key.resource);
    }
    note_lowest(state, key, state.held.of(key), step, flow);
    forget_if_many(state.held, key, step);
  }

  /// The caller must hold what was given here and not taken: nobody can where there is no caller.
  void note_lowest(PathState& state, HoldKey key, std::int64_t n, const Step& step, FlowId flow) {
    if (n >= 0) return;
    if (resource(key.resource).handed_over) return;
    if (frame_.root) {
      problem(PathProblemKind::not_held, &step, flow, key.resource, -n);
      state.held.set(key, 0, &step, flow);
    } else if (n < state.lowest.of(key)) {
      state.lowest.set(key, n, &step, flow);
    }
  }

  /// What others give back may grow without end in a loop.
  void forget_if_many(Amounts<HoldKey>& amounts, HoldKey key, const Step& step) const {
    if (!resource(key.resource).handed_over) return;
    const std::int64_t n = amounts.of(key);
    if (turning_ && n != 0) amounts.set(key, many, &step, frame_.flow);
    if (n > many) amounts.set(key, many, &step, frame_.flow);
  }

  void leave_thread(PathState& state, ResourceId thread) const {
    for (auto held = state.threads.rbegin(); held != state.threads.rend(); ++held) {
      if (held->resource != thread) continue;
      state.where = held->before;
      state.threads.erase(std::next(held).base());
      return;
    }
    // The caller's: what called in it has returned. A task that came with one has a thread of its own.
    if (!in_thread_) state.where = Where::nowhere;
  }

  void wait(const Step& step, const PathState& state, ResourceId of) {
    if (state.where != Where::nowhere || step.queued) return;
    problem(PathProblemKind::sleeps, &step, frame_.flow, of);
  }

  void hold(const Step& step, PathState state, Hold how, States& out) {
    const HoldKey key{step.resource, how};
    const std::int64_t n = how == Hold::element ? step.n : 1;
    if (step.mode == TakeMode::try_) {
      walk(step.else_steps, state, out);
      take(state, step, key, n);
      return walk(step.body, state, out);
    }
    if (how != Hold::element || !is_queue(resource(step.resource).kind)) wait(step, state, step.resource);
    take(state, step, key, n);
    if (!step.split_by_source) {
      out.insert(std::move(state));
      return;
    }
    walk(step.body, state, out);
    walk(step.else_steps, state, out);
  }

  void let_go(const Step& step, PathState state, Hold how, States& out) {
    give(state, step, frame_.flow, {step.resource, how}, how == Hold::element ? step.n : 1);
    out.insert(std::move(state));
  }

  void one(const Step& step, const PathState& state, States& out) {
    switch (step.kind) {
      case StepKind::take:
        return hold(step, state, Hold::element, out);
      case StepKind::read_lock:
        return hold(step, state, Hold::reader, out);
      case StepKind::write_lock:
        return hold(step, state, Hold::writer, out);
      case StepKind::give:
        return let_go(step, state, Hold::element, out);
      case StepKind::read_unlock:
        return let_go(step, state, Hold::reader, out);
      case StepKind::write_unlock:
        return let_go(step, state, Hold::writer, out);
      case StepKind::ticket: {
        PathState after = state;
        take(after, step, {step.resource, Hold::ticket}, 1);
        out.insert(std::move(after));
        return;
      }
      case StepKind::pass_turn:
        return let_go(step, state, Hold::ticket, out);
      case StepKind::await_zero:
      case StepKind::await:
      case StepKind::await_turn:
        wait(step, state, step.resource);
        out.insert(state);
        return;
      case StepKind::count:
        return count(step, state, out);
      case StepKind::signal:
      case StepKind::clear: {
        PathState after = state;
        after.events.set(step.resource, step.kind == StepKind::signal ? 1 : -1, &step, frame_.flow);
        out.insert(std::move(after));
        return;
      }
      case StepKind::choose:
        for (const Branch& branch : step.branches) walk(branch.steps, state, out);
        if (step.branches.empty()) out.insert(state);
        return;
      case StepKind::if_:
        walk(step.body, state, out);
        return walk(step.else_steps, state, out);
      case StepKind::submit_bio:
        return walk(step.body, state, out);
      case StepKind::spawn:
        return spawn(step, state, out);
      case StepKind::await_children: {
        PathState after = state;
        after.worst = Status::ok;
        return by_status(step, state.worst, after, out);
      }
      case StepKind::call:
        return step.flow == no_flow ? submit(step, state, out) : call(step, state, out);
      case StepKind::detach: {
        PathState after = state;
        after.where = Where::nowhere;
        after.submitted = true;
        out.insert(std::move(after));
        return;
      }
      case StepKind::forever:
        turn(step, state);
        return;
      case StepKind::while_:
        out.merge(turn(step, state));
        return;
      case StepKind::finish:
        frame_.exits->insert({step.status, state});
        return;
      case StepKind::stop:
        return;  // the machine is gone: what is held is no matter
      case StepKind::spend:
      case StepKind::broadcast:
      case StepKind::remember:
      case StepKind::end_writeback:
        out.insert(state);
        return;
    }
  }

  void count(const Step& step, PathState state, States& out) {
    const std::int64_t n = state.counted.of(step.resource) + step.n;
    state.counted.set(step.resource, turning_ && n != 0 ? many : std::min(n, many), &step, frame_.flow);
    walk(step.body, state, out);
    walk(step.else_steps, state, out);
  }

  /// The states in which another turn may begin.
  States turn(const Step& step, const PathState& state) {
    States seen{state}, fresh{state};
    const bool outer = turning_;
    for (int turns = 0; !fresh.empty() && !given_up_; ++turns) {
      turning_ = outer || turns > 1;
      States next = walk(step.body, std::move(fresh));
      fresh.clear();
      for (const PathState& after : next) {
        if (seen.count(after) != 0) continue;
        if (turns < most_turns) {
          fresh.insert(after);
        } else {
          grows(step, state, after);
        }
      }
      seen.insert(fresh.begin(), fresh.end());
    }
    turning_ = outer;
    return seen;
  }

  void grows(const Step& loop, const PathState& before, const PathState& after) {
    for (const auto& entry : after.held) {
      if (entry.n != before.held.of(entry.key))
        return problem(PathProblemKind::grows, entry.step, entry.flow, entry.key.resource, entry.n);
    }
    given_up_ = true;
    problem(PathProblemKind::too_many_ways, &loop, frame_.flow, no_resource);
  }

  void by_status(const Step& step, Status status, const PathState& state, States& out) {
    static constexpr const char* labels[] = {"ok", "bad", "error"};
    for (const Branch& branch : step.branches) {
      if (branch.label == labels[static_cast<std::size_t>(status)]) return walk(branch.steps, state, out);
    }
    out.insert(state);
  }

  /// A target's bio goes down: once it has, what follows is its completion.
  void submit(const Step& step, PathState state, States& out) {
    if (!state.submitted) state.where = Where::nowhere;
    state.submitted = true;
    for (const Status status : {Status::ok, Status::bad, Status::error}) by_status(step, status, state, out);
  }

  void call(const Step& step, const PathState& state, States& out) {
    // Who submits the bio of a target's `submit` that stands after its worker has left, the file does not say: some
    // thread.
    const bool submits = !step.role.empty() && state.where == Where::nowhere;
    const Exits exits =
        summary({ask_.check_flow(step.flow, step), submits ? Where::not_begun : state.where, in_thread_});
    for (const PathExit& exit : exits) {
      PathState after = state;
      append(after, exit.state);
      if (step.context == CallContext::inherit) after.where = exit.state.where;
      for (const GiveBack& back : step.after_detach)
        give(after, step, frame_.flow, {back.resource, Hold::element}, back.n);
      if (step.context == CallContext::sync) after.where = state.where;
      if (step.context == CallContext::async) after.where = Where::nowhere;
      by_status(step, exit.status, after, out);
    }
  }

  /// What the same token did in a flow that it called.
  void append(PathState& state, const PathState& done) {
    for (const auto& entry : done.lowest)
      note_lowest(state, entry.key, state.held.of(entry.key) + entry.n, *entry.step, entry.flow);
    for (const auto& entry : done.held) {
      change(state.held, entry.key, entry.n, entry.step, entry.flow);
      if (entry.n >= 0 || entry.key.hold != Hold::element || !is_thread(resource(entry.key.resource).kind)) continue;
      for (std::int64_t i = entry.n; i < 0; ++i) leave_thread(state, entry.key.resource);
    }
    state.threads.insert(state.threads.end(), done.threads.begin(), done.threads.end());
    for (const auto& entry : done.counted)
      state.counted.set(entry.key, std::min(state.counted.of(entry.key) + entry.n, many), entry.step, entry.flow);
    for (const auto& entry : done.events) state.events.set(entry.key, entry.n, entry.step, entry.flow);
    for (const auto& entry : done.events_of_children)
      state.events_of_children.set(entry.key, 1, entry.step, entry.flow);
    state.worst = std::max(state.worst, done.worst);
  }

  void spawn(const Step& step, const PathState& state, States& out) {
    const FlowId flow = ask_.check_flow(step.flow, step);
    PathState parent = state;
    for (const GiveBack& sent : step.with) give(parent, step, frame_.flow, {sent.resource, Hold::element}, sent.n);
    const bool submitted = ask_.flow_detaches(flow) && step.park;
    const Where where = submitted ? state.where : in_thread_ ? Where::thread : Where::nowhere;
    parent.where = state.where;
    const Exits exits = summary({flow, where, in_thread_});
    if (exits.empty()) out.insert(parent);
    for (const PathExit& exit : exits) {
      PathState after = parent;
      child_ended(step, flow, exit, after);
      out.insert(std::move(after));
    }
  }

  /// A child gives back what came with it, and may give back what its parent holds; it keeps nothing.
  void child_ended(const Step& spawn, FlowId flow, const PathExit& exit, PathState& parent) {
    PathState child;
    for (const GiveBack& sent : spawn.with) child.held.set({sent.resource, Hold::element}, sent.n, &spawn, frame_.flow);
    for (const auto& entry : exit.state.lowest) {
      note_lowest(parent, entry.key, parent.held.of(entry.key) + child.held.of(entry.key) + entry.n, *entry.step,
                  entry.flow);
    }
    for (const auto& entry : exit.state.held) {
      const std::int64_t n = child.held.of(entry.key) + entry.n;
      child.held.set(entry.key, n, entry.n > 0 ? entry.step : &spawn, entry.flow);
      if (n >= 0 && !resource(entry.key.resource).handed_over) continue;
      child.held.set(entry.key, 0, nullptr, no_flow);
      change(parent.held, entry.key, n, entry.step, entry.flow);
      note_lowest(parent, entry.key, parent.held.of(entry.key), *entry.step, entry.flow);
    }
    for (const auto& entry : child.held) kept(entry, flow);
    for (const auto& entry : exit.state.counted)
      parent.counted.set(entry.key, std::min(parent.counted.of(entry.key) + entry.n, many), entry.step, entry.flow);
    for (const auto& entry : exit.state.events)
      parent.events_of_children.set({entry.key, entry.n > 0 ? 1 : 0}, 1, entry.step, entry.flow);
    for (const auto& entry : exit.state.events_of_children)
      parent.events_of_children.set(entry.key, 1, entry.step, entry.flow);
    parent.worst = std::max(parent.worst, exit.status);
  }

  /// The ends of a flow that another one calls or spawns. Of one that leads to itself: those found so far, until no
  /// more are found.
  const Exits& summary(const Entry& entry) {
    Summary& known = summaries_.emplace(entry, Summary{}).first->second;  // nodes of a map stay where they are
    if (known.open) {
      known.asked = true;
      return known.exits;
    }
    if (known.done) return known.exits;
    const Frame outer = frame_;
    const bool outer_turning = turning_;
    turning_ = false;
    known.open = true;
    for (int round = 0;; ++round) {
      Exits exits;
      known.asked = false;
      frame_ = {entry.flow, false, &exits};
      PathState start;
      start.where = entry.where;
      fall_off(walk(program_.flows[at(entry.flow)].steps, {start}));
      const bool same = exits == known.exits;
      known.exits = std::move(exits);
      if (!known.asked || same || given_up_) break;
      if (round == most_rounds) {
        given_up_ = true;
        const Steps& steps = program_.flows[at(entry.flow)].steps;
        problem(PathProblemKind::too_many_ways, steps.empty() ? nullptr : steps.data(), entry.flow, no_resource);
        break;
      }
    }
    known.open = false;
    known.done = true;
    turning_ = outer_turning;
    frame_ = outer;
    return known.exits;
  }

  const Program& program_;
  StepQuestions ask_;
  PathReport report_;
  std::set<ResourceId> cleared_;
  std::map<Entry, Summary> summaries_;
  std::set<std::tuple<const Step*, PathProblemKind, ResourceId>> known_;
  Frame frame_;
  bool in_thread_ = true;
  bool turning_ = false;  ///< in a later turn of a loop: what others give back is only known to be some
  bool given_up_ = false;
  std::int64_t walked_ = 0;
};

}  // namespace

PathReport follow_paths(const Program& program) {
  return Walk(program).run();
}

}  // namespace dmstall::models
