// What is certainly wrong in the steps of tasks, whatever the schedule: a counter below 0, a turn without a ticket,
// steps that are never reached. What is taken and given is judged by check_paths.
//
// Each way through a task is walked with what it has counted; where ways that counted differently meet, the value is
// unknown from there on, and nothing is said about it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "models/machine/each_step.hpp"
#include "models/scenario/parts.hpp"

namespace dmstall::models {

namespace {

/// By how much a way has changed each counter.
struct Counted {
  std::map<ResourceId, std::int64_t> change;
  std::set<ResourceId> unknown;

  [[nodiscard]] std::int64_t of(ResourceId counter) const {
    const auto found = change.find(counter);
    return found == change.end() ? 0 : found->second;
  }
};

void merge(Counted& into, const Counted& other) {
  for (const auto& [counter, n] : other.change) into.change.emplace(counter, 0);
  for (const auto& [counter, n] : into.change) {
    if (n != other.of(counter)) into.unknown.insert(counter);
  }
  into.unknown.insert(other.unknown.begin(), other.unknown.end());
}

/// What the steps of a task do in sum, as they are written, whichever way is gone.
struct Tally {
  std::set<ResourceId> tickets, raised;
  std::map<FlowId, std::int64_t> spawns;
};

Tally tally_steps(const Steps& steps) {
  Tally tally;
  for_each_step(steps, [&](const Step& step) {
    if (step.kind == StepKind::ticket) tally.tickets.insert(step.resource);
    if (step.kind == StepKind::count && step.n > 0) tally.raised.insert(step.resource);
    if (step.kind == StepKind::spawn) ++tally.spawns[step.flow];
  });
  return tally;
}

class TaskChecker {
 public:
  explicit TaskChecker(const ReadContext& context) : context_(context), form_(context.scenario.form) {
    spawn_sites_.resize(form_.tasks.size());
    for (std::size_t i = 0; i < form_.tasks.size(); ++i) {
      tallies_.push_back(tally_steps(form_.tasks[i].steps));
      for (const auto& [flow, sites] : tallies_[i].spawns) spawn_sites_[static_cast<std::size_t>(flow)] += sites;
      for (const ResourceId counter : tallies_[i].raised) raisers_[counter].insert(i);
    }
  }

  void run() {
    for (task_ = 0; task_ < form_.tasks.size(); ++task_) {
      const Task& task = form_.tasks[task_];
      if (!task.start && spawn_sites_[task_] == 0) {
        warning({task.line, task.column},
                fmt::format("task {} never runs: it does not start, and nobody spawns it", in_quotes(task.name)));
      }
      Counted counted;
      walk(task.steps, counted);
    }
  }

 private:
  void error(SourcePosition at, std::string message) {
    context_.error(context_.source.token_at(at), std::move(message));
  }
  void warning(SourcePosition at, std::string message) {
    context_.warning(context_.source.token_at(at), std::move(message));
  }

  [[nodiscard]] const Resource& resource(ResourceId id) const { return form_.resources[static_cast<std::size_t>(id)]; }

  /// Others cannot have raised the counter, and this task runs once.
  [[nodiscard]] bool value_is_certain(ResourceId counter) const {
    const auto raisers = raisers_.find(counter);
    if (raisers != raisers_.end() && raisers->second.size() > raisers->second.count(task_)) return false;
    const Task& task = form_.tasks[task_];
    const std::int64_t runs = (task.start ? task.count : 0) + spawn_sites_[task_];
    return runs == 1 || tallies_[task_].raised.count(counter) == 0;
  }

  bool walk_count(const Step& step, Counted& counted) {
    std::int64_t& change = counted.change[step.resource];
    change += step.n;
    if (resource(step.resource).capacity + change < 0 && counted.unknown.count(step.resource) == 0 &&
        value_is_certain(step.resource)) {
      error({step.line, step.column},
            fmt::format("counter {} goes below 0 here", in_quotes(resource(step.resource).name)));
      counted.unknown.insert(step.resource);
    }
    if (step.body.empty() && step.else_steps.empty()) return true;
    return walk_either({&step.body, &step.else_steps}, counted);
  }

  /// One of several ways; what follows is reached by those that do not end the task.
  bool walk_either(const std::vector<const Steps*>& ways, Counted& counted) {
    const Counted before = counted;
    bool goes_on = false;
    for (const Steps* way : ways) {
      Counted after = before;
      if (!walk(*way, after)) continue;
      if (goes_on) {
        merge(counted, after);
      } else {
        counted = after;
      }
      goes_on = true;
    }
    return goes_on;
  }

  bool walk_try(const Step& step, Counted& counted) {
    if (step.mode != TakeMode::try_) return true;
    Counted without = counted;
    if (walk(step.else_steps, without)) merge(counted, without);
    return true;
  }

  bool walk_branches(const Step& step, Counted& counted) {
    static const Steps nothing;
    std::vector<const Steps*> ways;
    for (const Branch& branch : step.branches) ways.push_back(&branch.steps);
    if (step.kind != StepKind::choose && step.branches.size() < 3) ways.push_back(&nothing);
    return walk_either(ways, counted);
  }

  void check_ticket(const Step& step) {
    if (tallies_[task_].tickets.count(step.resource) != 0) return;
    error({step.line, step.column}, fmt::format("task {} draws no ticket of {}", in_quotes(form_.tasks[task_].name),
                                                in_quotes(resource(step.resource).name)));
  }

  /// False when what follows the steps is never reached.
  bool walk(const Steps& steps, Counted& counted) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (walk_one(steps[i], counted)) continue;
      if (i + 1 < steps.size()) warning({steps[i + 1].line, steps[i + 1].column}, "this step is never reached");
      return false;
    }
    return true;
  }

  bool walk_one(const Step& step, Counted& counted) {
    switch (step.kind) {
      case StepKind::take:
      case StepKind::read_lock:
      case StepKind::write_lock:
        return walk_try(step, counted);
      case StepKind::count:
        return walk_count(step, counted);
      case StepKind::await_turn:
      case StepKind::pass_turn:
        check_ticket(step);
        return true;
      case StepKind::choose:
      case StepKind::await_children:
        return walk_branches(step, counted);
      case StepKind::submit_bio:
        return walk(step.body, counted);
      case StepKind::forever: {
        Counted once = counted;
        walk(step.body, once);
        return false;
      }
      case StepKind::while_: {
        Counted once = counted;
        if (walk(step.body, once)) merge(counted, once);
        return true;
      }
      case StepKind::finish:
      case StepKind::stop:
        return false;
      default:
        return true;
    }
  }

  const ReadContext& context_;
  const TaskForm& form_;
  std::vector<Tally> tallies_;
  std::vector<std::int64_t> spawn_sites_;
  std::map<ResourceId, std::set<std::size_t>> raisers_;
  std::size_t task_ = 0;
};

}  // namespace

void check_task_steps(const ReadContext& context) {
  TaskChecker(context).run();
}

}  // namespace dmstall::models
