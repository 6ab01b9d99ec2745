// What a short file could ask for without bound: stacks too deep to be walked, tasks that spawn more than can be
// followed.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/machine/each_step.hpp"
#include "models/scenario/limits.hpp"
#include "models/scenario/parts.hpp"

namespace dmstall::models {

namespace {

/// A step that spawns, and the task that it starts.
struct SpawnSite {
  const Step* step = nullptr;
  std::size_t task = 0;
};

void find_spawns(const Steps& steps, std::vector<SpawnSite>& sites) {
  for_each_step(steps, [&](const Step& step) {
    if (step.kind == StepKind::spawn && step.flow >= 0) sites.push_back({&step, static_cast<std::size_t>(step.flow)});
  });
}

class Spawns {
 public:
  explicit Spawns(const ReadContext& context) : context_(context), form_(context.scenario.form) {
    sites_.resize(form_.tasks.size());
    for (std::size_t i = 0; i < form_.tasks.size(); ++i) find_spawns(form_.tasks[i].steps, sites_[i]);
  }

  void check() {
    std::vector<std::size_t> children_first;
    if (!sort(children_first)) return;
    alive_.assign(form_.tasks.size(), 0);
    for (const std::size_t task : children_first) {
      alive_[task] = std::min(1 + most_of(form_.tasks[task].steps), too_many);
      if (!form_.tasks[task].start || alive_[task] <= most_spawned) continue;
      context_.error(where(form_.tasks[task].line, form_.tasks[task].column),
                     fmt::format("task {} spawns, with all that these spawn in turn, more than {} tasks",
                                 in_quotes(form_.tasks[task].name), most_spawned));
    }
  }

 private:
  static constexpr std::int64_t too_many = most_spawned + 1;

  [[nodiscard]] Span where(int line, int column) const { return context_.source.token_at({line, column}); }

  /// False, and reported, when a task spawns itself. Without recursion: a chain may be as long as the file.
  bool sort(std::vector<std::size_t>& children_first) {
    enum class Mark : std::uint8_t { unseen, open, done };
    std::vector<Mark> marks(form_.tasks.size(), Mark::unseen);
    std::vector<std::pair<std::size_t, std::size_t>> path;
    for (std::size_t root = 0; root < form_.tasks.size(); ++root) {
      if (marks[root] != Mark::unseen) continue;
      marks[root] = Mark::open;
      path.emplace_back(root, 0);
      while (!path.empty()) {
        const std::size_t task = path.back().first;
        if (path.back().second == sites_[task].size()) {
          marks[task] = Mark::done;
          children_first.push_back(task);
          path.pop_back();
          continue;
        }
        const SpawnSite& site = sites_[task][path.back().second++];
        if (marks[site.task] == Mark::open) {
          context_.error(where(site.step->line, site.step->column),
                         fmt::format("task {} comes of itself: what spawns without end has no population; write a loop "
                                     "(\"forever\", \"while\")",
                                     in_quotes(form_.tasks[site.task].name)));
          return false;
        }
        if (marks[site.task] == Mark::unseen) {
          marks[site.task] = Mark::open;
          path.emplace_back(site.task, 0);
        }
      }
    }
    return true;
  }

  /// What one way through the steps spawns at most; a loop counts once.
  std::int64_t most_of(const Steps& steps) const {
    std::int64_t sum = 0;
    for (const Step& step : steps) {
      if (step.kind == StepKind::spawn && step.flow >= 0) sum += alive_[static_cast<std::size_t>(step.flow)];
      std::int64_t most = std::max(most_of(step.body), most_of(step.else_steps));
      for (const Branch& branch : step.branches) most = std::max(most, most_of(branch.steps));
      sum = std::min(sum + most, too_many);
    }
    return sum;
  }

  const ReadContext& context_;
  const TaskForm& form_;
  std::vector<std::vector<SpawnSite>> sites_;
  std::vector<std::int64_t> alive_;  ///< by task: itself and what comes of it
};

}  // namespace

std::size_t count_steps(const Steps& steps) {
  std::size_t sum = steps.size();
  for (const Step& step : steps) {
    sum += count_steps(step.body) + count_steps(step.else_steps);
    for (const Branch& branch : step.branches) sum += count_steps(branch.steps);
  }
  return sum;
}

void check_spawned(const ReadContext& context) {
  Spawns(context).check();
}

void check_depth(const ReadContext& context, const std::vector<std::vector<std::size_t>>& lower,
                 const std::vector<std::size_t>& lowest_first) {
  std::vector<std::size_t> depth(lower.size(), 1);
  for (const std::size_t device : lowest_first) {
    for (const std::size_t below : lower[device]) depth[device] = std::max(depth[device], depth[below] + 1);
    if (depth[device] <= deepest_stack) continue;
    const Device& at = context.scenario.devices[device];
    context.error(context.source.token_at(at.where),
                  fmt::format("device {} is the top of a stack of {} devices: at most {} may stand on each other",
                              in_quotes(at.name), depth[device], deepest_stack));
    return;  // those above it would say the same
  }
}

}  // namespace dmstall::models
