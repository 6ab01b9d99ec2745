// What is certainly wrong in the steps of tasks, whatever the schedule: a counter below 0, a lock released that nobody
// holds, elements left at the end, steps that are never reached.
//
// Each way through a task is walked with what it holds; where ways with different holdings meet, the difference is
// unknown from there on, and nothing is said about it. An element may be given back by another task than the one that
// took it: a task that gives more than it takes excuses others that take more than they give, and the reverse.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "models/scenario/parts.hpp"

namespace dmstall::models {

namespace {

/// What is counted of a resource: elements (locks too), readers, writers, the value of a counter.
enum class Use : std::uint8_t { element, reader, writer, value };
using Key = std::pair<ResourceId, Use>;

struct Holding {
  std::map<Key, std::int64_t> amount;
  std::map<Key, SourcePosition> taken_at;
  std::set<Key> unknown;

  [[nodiscard]] std::int64_t of(Key key) const {
    const auto found = amount.find(key);
    return found == amount.end() ? 0 : found->second;
  }
};

void merge(Holding& into, const Holding& other) {
  for (const auto& [key, n] : other.amount) into.amount.emplace(key, 0);
  for (const auto& [key, n] : into.amount) {
    if (n != other.of(key)) into.unknown.insert(key);
  }
  into.unknown.insert(other.unknown.begin(), other.unknown.end());
  into.taken_at.insert(other.taken_at.begin(), other.taken_at.end());
}

/// What the steps of a task do in sum, as they are written, whichever way is gone.
struct Tally {
  std::map<Key, std::int64_t> takes, gives;
  std::set<ResourceId> tickets, raised;
  std::map<FlowId, std::vector<const Step*>> spawns;
};

std::int64_t lookup(const std::map<Key, std::int64_t>& map, Key key) {
  const auto found = map.find(key);
  return found == map.end() ? 0 : found->second;
}

void tally_steps(const Steps& steps, Tally& tally) {
  for (const Step& step : steps) {
    switch (step.kind) {
      case StepKind::take:
        tally.takes[{step.resource, Use::element}] += step.n;
        break;
      case StepKind::give:
        tally.gives[{step.resource, Use::element}] += step.n;
        break;
      case StepKind::read_lock:
        tally.takes[{step.resource, Use::reader}] += 1;
        break;
      case StepKind::read_unlock:
        tally.gives[{step.resource, Use::reader}] += 1;
        break;
      case StepKind::write_lock:
        tally.takes[{step.resource, Use::writer}] += 1;
        break;
      case StepKind::write_unlock:
        tally.gives[{step.resource, Use::writer}] += 1;
        break;
      case StepKind::ticket:
        tally.tickets.insert(step.resource);
        break;
      case StepKind::count:
        if (step.n > 0) tally.raised.insert(step.resource);
        break;
      case StepKind::spawn:
        tally.spawns[step.flow].push_back(&step);
        break;
      default:
        break;
    }
    tally_steps(step.body, tally);
    tally_steps(step.else_steps, tally);
    for (const Branch& branch : step.branches) tally_steps(branch.steps, tally);
  }
}

class TaskChecker {
 public:
  explicit TaskChecker(const ReadContext& context) : context_(context), form_(context.scenario.form) {
    tallies_.resize(form_.tasks.size());
    received_.resize(form_.tasks.size());
    spawn_sites_.resize(form_.tasks.size());
    for (std::size_t i = 0; i < form_.tasks.size(); ++i) tally_steps(form_.tasks[i].steps, tallies_[i]);
    note_received();
    note_surpluses();
  }

  void run() {
    for (task_ = 0; task_ < form_.tasks.size(); ++task_) {
      const Task& task = form_.tasks[task_];
      if (!task.start && spawn_sites_[task_] == 0) {
        warning({task.line, task.column},
                fmt::format("task {} never runs: it does not start, and nobody spawns it", in_quotes(task.name)));
      }
      Holding holding = received_[task_];
      if (walk(task.steps, holding)) end_of_task(holding);
    }
  }

 private:
  void error(SourcePosition at, std::string message) {
    context_.error(context_.source.token_at(at), std::move(message));
  }
  void warning(SourcePosition at, std::string message) {
    context_.warning(context_.source.token_at(at), std::move(message));
  }

  [[nodiscard]] const Resource& resource(Key key) const { return form_.resources[static_cast<std::size_t>(key.first)]; }

  /// What a task has at its start: what its spawners send along, unknown where they differ.
  void note_received() {
    for (const Tally& spawner : tallies_) {
      for (const auto& [flow, sites] : spawner.spawns) {
        const std::size_t task = static_cast<std::size_t>(flow);
        for (const Step* site : sites) {
          Holding sent;
          for (const GiveBack& element : site->with) sent.amount[{element.resource, Use::element}] = element.n;
          if (spawn_sites_[task]++ == 0 && !form_.tasks[task].start) {
            received_[task] = sent;
          } else {
            merge(received_[task], sent);
          }
        }
      }
    }
  }

  /// Tasks that give back more than they have taken or received, and those that take more than they give.
  void note_surpluses() {
    for (std::size_t i = 0; i < tallies_.size(); ++i) {
      for (const auto& [key, n] : tallies_[i].gives) {
        if (n > lookup(tallies_[i].takes, key) + received_[i].of(key)) givers_[key].insert(i);
      }
      for (const auto& [key, n] : tallies_[i].takes) {
        if (n > lookup(tallies_[i].gives, key)) leavers_[key].insert(i);
      }
      for (const ResourceId counter : tallies_[i].raised) raisers_[{counter, Use::value}].insert(i);
    }
  }

  [[nodiscard]] bool among_others(const std::map<Key, std::set<std::size_t>>& tasks, Key key) const {
    const auto found = tasks.find(key);
    return found != tasks.end() && found->second.size() > found->second.count(task_);
  }

  void end_of_task(const Holding& holding) {
    for (const auto& [key, n] : holding.amount) {
      if (n <= 0 || key.second == Use::value || holding.unknown.count(key) != 0) continue;
      if (resource(key).kind == ResourceKind::thread || among_others(givers_, key)) continue;
      const Task& task = form_.tasks[task_];
      const auto taken = holding.taken_at.find(key);
      const SourcePosition at =
          taken == holding.taken_at.end() ? SourcePosition{task.line, task.column} : taken->second;
      warning(at, fmt::format("leaked: {} {}, task {} ends with it and nobody gives it back", n, resource(key).name,
                              in_quotes(task.name)));
    }
  }

  void take(const Step& step, Use use, Holding& holding) {
    const Key key{step.resource, use};
    holding.amount[key] += use == Use::element ? step.n : 1;
    holding.taken_at[key] = {step.line, step.column};
  }

  void give(const Step& step, Use use, Holding& holding) {
    const Key key{step.resource, use};
    const ResourceKind kind = resource(key).kind;
    const bool strict = kind == ResourceKind::mutex || kind == ResourceKind::rwsem || kind == ResourceKind::slot ||
                        kind == ResourceKind::workers;
    std::int64_t& held = holding.amount[key];
    if (strict && held <= 0 && holding.unknown.count(key) == 0 && !among_others(leavers_, key)) {
      error({step.line, step.column},
            fmt::format("task {} does not hold {} here, nor does a task that leaves it to others",
                        in_quotes(form_.tasks[task_].name), in_quotes(resource(key).name)));
      return;
    }
    held -= use == Use::element ? step.n : 1;
  }

  /// Others cannot have raised the counter, and this task runs once.
  [[nodiscard]] bool value_is_certain(ResourceId counter) const {
    if (among_others(raisers_, {counter, Use::value})) return false;
    const Task& task = form_.tasks[task_];
    const std::int64_t runs = (task.start ? task.count : 0) + spawn_sites_[task_];
    return runs == 1 || tallies_[task_].raised.count(counter) == 0;
  }

  bool walk_count(const Step& step, Holding& holding) {
    const Key key{step.resource, Use::value};
    std::int64_t& change = holding.amount[key];
    change += step.n;
    if (resource(key).capacity + change < 0 && holding.unknown.count(key) == 0 && value_is_certain(step.resource)) {
      error({step.line, step.column}, fmt::format("counter {} goes below 0 here", in_quotes(resource(key).name)));
      holding.unknown.insert(key);
    }
    if (step.body.empty() && step.else_steps.empty()) return true;
    return walk_either({&step.body, &step.else_steps}, holding);
  }

  /// One of several ways; what follows is reached by those that do not end the task.
  bool walk_either(const std::vector<const Steps*>& ways, Holding& holding) {
    const Holding before = holding;
    bool goes_on = false;
    for (const Steps* way : ways) {
      Holding after = before;
      if (!walk(*way, after)) continue;
      if (goes_on) {
        merge(holding, after);
      } else {
        holding = after;
      }
      goes_on = true;
    }
    return goes_on;
  }

  bool walk_take(const Step& step, Use use, Holding& holding) {
    if (step.mode != TakeMode::try_) {
      take(step, use, holding);
      return true;
    }
    Holding without = holding;
    take(step, use, holding);
    if (walk(step.else_steps, without)) merge(holding, without);
    return true;
  }

  bool walk_branches(const Step& step, Holding& holding) {
    static const Steps nothing;
    std::vector<const Steps*> ways;
    for (const Branch& branch : step.branches) ways.push_back(&branch.steps);
    if (step.kind != StepKind::choose && step.branches.size() < 3) ways.push_back(&nothing);
    return walk_either(ways, holding);
  }

  void check_ticket(const Step& step) {
    if (tallies_[task_].tickets.count(step.resource) != 0) return;
    error({step.line, step.column}, fmt::format("task {} draws no ticket of {}", in_quotes(form_.tasks[task_].name),
                                                in_quotes(resource({step.resource, Use::value}).name)));
  }

  /// False when what follows the steps is never reached.
  bool walk(const Steps& steps, Holding& holding) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (walk_one(steps[i], holding)) continue;
      if (i + 1 < steps.size()) warning({steps[i + 1].line, steps[i + 1].column}, "this step is never reached");
      return false;
    }
    return true;
  }

  bool walk_one(const Step& step, Holding& holding) {
    switch (step.kind) {
      case StepKind::take:
        return walk_take(step, Use::element, holding);
      case StepKind::give:
        give(step, Use::element, holding);
        return true;
      case StepKind::read_lock:
        return walk_take(step, Use::reader, holding);
      case StepKind::read_unlock:
        give(step, Use::reader, holding);
        return true;
      case StepKind::write_lock:
        return walk_take(step, Use::writer, holding);
      case StepKind::write_unlock:
        give(step, Use::writer, holding);
        return true;
      case StepKind::count:
        return walk_count(step, holding);
      case StepKind::await_turn:
      case StepKind::pass_turn:
        check_ticket(step);
        return true;
      case StepKind::choose:
      case StepKind::await_children:
        return walk_branches(step, holding);
      case StepKind::submit_bio:
        return walk(step.body, holding);
      case StepKind::spawn:
        for (const GiveBack& sent : step.with) holding.amount[{sent.resource, Use::element}] -= sent.n;
        return true;
      case StepKind::forever: {
        Holding once = holding;
        walk(step.body, once);
        return false;
      }
      case StepKind::while_: {
        Holding once = holding;
        if (walk(step.body, once)) merge(holding, once);
        return true;
      }
      case StepKind::finish:
        end_of_task(holding);
        return false;
      case StepKind::stop:   // what is still held is no leak
        return false;
      default:
        return true;
    }
  }

  const ReadContext& context_;
  const TaskForm& form_;
  std::vector<Tally> tallies_;
  std::vector<Holding> received_;
  std::vector<std::int64_t> spawn_sites_;
  std::map<Key, std::set<std::size_t>> givers_, leavers_, raisers_;
  std::size_t task_ = 0;
};

}  // namespace

void check_task_steps(const ReadContext& context) {
  TaskChecker(context).run();
}

}  // namespace dmstall::models
