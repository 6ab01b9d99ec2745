#include "models/machine/balance.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "models/machine/graph.hpp"
#include "models/machine/path_holdings.hpp"
#include "models/machine/step_questions.hpp"

namespace dmstall::models {

namespace {

using States = std::set<PathState>;
using Exits = std::set<PathExit>;

constexpr std::size_t most_states = 2048;        // side by side
constexpr std::int64_t most_walked = 8'000'000;  // steps, each once per state
constexpr int most_rounds = 8;                   // of a flow that calls or spawns itself

class Walk {
 public:
  explicit Walk(const Program& program)
      : program_(program), ask_(program), findings_(program), holdings_(program, here_, findings_) {}

  PathReport run() {
    for (const RequestClass& of : program_.classes) follow(of);
    return findings_.take();
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
  [[nodiscard]] const Resource& resource(ResourceId id) const { return program_.resources[at(id)]; }

  void follow(const RequestClass& of) {
    Exits exits;
    PathState start;
    start.where = of.in_thread ? Where::thread : Where::not_begun;
    here_ = {ask_.check_flow(of.flow, {}), true, of.in_thread, false};
    exits_ = &exits;
    fall_off(walk(program_.flows[at(of.flow)].steps, {start}));
    findings_.ends(exits, of.flow, !given_up_);
  }

  /// What falls off the end of a flow has ended it: ok.
  void fall_off(const States& states) {
    for (const PathState& state : states) exits_->insert({Status::ok, state});
  }

  /// The ways that lead on after the steps.
  States walk(const Steps& steps, States states) {
    const Step* before = nullptr;
    for (const Step& step : steps) {
      if (states.empty() || given_up_) return states;
      States next;
      for (const PathState& state : states) {
        after_worker_ =
            before != nullptr && before->kind == StepKind::give && is_queue(resource(before->resource).kind);
        one(step, state, next);
      }
      before = &step;
      walked_ += static_cast<std::int64_t>(states.size());
      if (next.size() > most_states || walked_ > most_walked) {
        given_up_ = true;
        findings_.problem(PathProblemKind::too_many_ways, &step, here_.flow, no_resource);
        return {};
      }
      states = std::move(next);
    }
    return states;
  }

  void walk(const Steps& steps, const PathState& state, States& out) { out.merge(walk(steps, States{state})); }

  void wait(const Step& step, const PathState& state, ResourceId of) {
    if (state.where != Where::nowhere || step.queued) return;
    findings_.problem(PathProblemKind::sleeps, &step, here_.flow, of);
  }

  void hold(const Step& step, PathState state, Hold how, States& out) {
    const HoldKey key{step.resource, how};
    const std::int64_t n = how == Hold::element ? step.n : 1;
    if (step.mode == TakeMode::try_) {
      walk(step.else_steps, state, out);
      holdings_.take(state, step, key, n);
      return walk(step.body, state, out);
    }
    if (how != Hold::element || !is_queue(resource(step.resource).kind)) wait(step, state, step.resource);
    holdings_.take(state, step, key, n);
    if (!step.split_by_source) {
      out.insert(std::move(state));
      return;
    }
    walk(step.body, state, out);
    walk(step.else_steps, state, out);
  }

  void let_go(const Step& step, PathState state, Hold how, States& out) {
    holdings_.give(state, step, {step.resource, how}, how == Hold::element ? step.n : 1);
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
        holdings_.take(after, step, {step.resource, Hold::ticket}, 1);
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
        after.events.set(step.resource, step.kind == StepKind::signal ? 1 : -1, &step, here_.flow);
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
        exits_->insert({step.status, state});
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
    state.counted.set(step.resource, here_.turning && n != 0 ? many : std::min(n, many), &step, here_.flow);
    walk(step.body, state, out);
    walk(step.else_steps, state, out);
  }

  /// The states in which another turn may begin.
  States turn(const Step& step, const PathState& state) {
    States seen{state}, fresh{state};
    const bool outer = here_.turning;
    for (int turns = 0; !fresh.empty() && !given_up_; ++turns) {
      here_.turning = outer || turns > 1;
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
    here_.turning = outer;
    return seen;
  }

  void grows(const Step& loop, const PathState& before, const PathState& after) {
    for (const auto& entry : after.held) {
      if (entry.n != before.held.of(entry.key))
        return findings_.problem(PathProblemKind::grows, entry.step, entry.flow, entry.key.resource, entry.n);
    }
    given_up_ = true;
    findings_.problem(PathProblemKind::too_many_ways, &loop, here_.flow, no_resource);
  }

  void by_status(const Step& step, Status status, const PathState& state, States& out) {
    static constexpr const char* labels[] = {"ok", "bad", "error"};
    for (const Branch& branch : step.branches) {
      if (branch.label == labels[static_cast<std::size_t>(status)]) return walk(branch.steps, state, out);
    }
    out.insert(state);
  }

  /// A target's bio goes down: once it has, what follows is its completion. It takes a thread to call the ->submit_bio
  /// below, which may sleep: that of the request, a worker, or a worker whose last act it is.
  void submit(const Step& step, PathState state, States& out) {
    if (state.submitted && state.where == Where::nowhere && !after_worker_)
      findings_.problem(PathProblemKind::sleeps, &step, here_.flow, no_resource);
    if (!state.submitted) state.where = Where::nowhere;
    state.submitted = true;
    for (const Status status : {Status::ok, Status::bad, Status::error}) by_status(step, status, state, out);
  }

  void call(const Step& step, const PathState& state, States& out) {
    // Who submits the bio of a target's `submit` that stands after its worker has left, the file does not say: some
    // thread.
    const bool submits = !step.role.empty() && state.where == Where::nowhere;
    const Exits exits =
        summary({ask_.check_flow(step.flow, step), submits ? Where::not_begun : state.where, here_.in_thread});
    for (const PathExit& exit : exits) {
      PathState after = state;
      holdings_.append(after, exit.state);
      if (step.context == CallContext::inherit) after.where = exit.state.where;
      for (const GiveBack& back : step.after_detach)
        holdings_.give(after, step, {back.resource, Hold::element}, back.n);
      if (step.context == CallContext::sync) after.where = state.where;
      if (step.context == CallContext::async) after.where = Where::nowhere;
      by_status(step, exit.status, after, out);
    }
  }

  void spawn(const Step& step, const PathState& state, States& out) {
    const FlowId flow = ask_.check_flow(step.flow, step);
    PathState parent = state;
    for (const GiveBack& sent : step.with) holdings_.give(parent, step, {sent.resource, Hold::element}, sent.n);
    const bool submitted = ask_.flow_detaches(flow) && step.park;
    const Where where = submitted ? state.where : here_.in_thread ? Where::thread : Where::nowhere;
    parent.where = state.where;
    const Exits exits = summary({flow, where, here_.in_thread});
    if (exits.empty()) out.insert(parent);
    for (const PathExit& exit : exits) {
      PathState after = parent;
      holdings_.child_ended(step, flow, exit, after);
      out.insert(std::move(after));
    }
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
    const PathPlace outer = here_;
    Exits* const outer_exits = exits_;
    known.open = true;
    for (int round = 0;; ++round) {
      Exits exits;
      known.asked = false;
      here_ = {entry.flow, false, outer.in_thread, false};
      exits_ = &exits;
      PathState start;
      start.where = entry.where;
      fall_off(walk(program_.flows[at(entry.flow)].steps, {start}));
      const bool same = exits == known.exits;
      known.exits = std::move(exits);
      if (!known.asked || same || given_up_) break;
      if (round == most_rounds) {
        given_up_ = true;
        const Steps& steps = program_.flows[at(entry.flow)].steps;
        findings_.problem(PathProblemKind::too_many_ways, steps.empty() ? nullptr : steps.data(), entry.flow,
                          no_resource);
        break;
      }
    }
    known.open = false;
    known.done = true;
    here_ = outer;
    exits_ = outer_exits;
    return known.exits;
  }

  const Program& program_;
  StepQuestions ask_;
  PathPlace here_;
  Exits* exits_ = nullptr;  ///< of the flow that is being walked
  PathFindings findings_;
  PathHoldings holdings_;
  std::map<Entry, Summary> summaries_;
  bool after_worker_ = false;  ///< a worker was left right before the step
  bool given_up_ = false;
  std::int64_t walked_ = 0;
};

}  // namespace

PathReport follow_paths(const Program& program) {
  return Walk(program).run();
}

}  // namespace dmstall::models
