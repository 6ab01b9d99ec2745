// What is taken and not given, given and not held, and what would sleep where there is no thread, in tasks and in the
// flows of targets: models/machine/balance finds it, here it becomes an error at its step.
#include <fmt/format.h>

#include <functional>
#include <set>
#include <tuple>

#include "models/machine/balance.hpp"
#include "models/scenario/parts.hpp"

namespace dmstall::models {

namespace {

class PathChecker {
 public:
  explicit PathChecker(const ReadContext& context) : context_(context) {}

  void check_tasks(const TaskForm& form) {
    Program program;
    program.resources = form.resources;
    for (std::size_t i = 0; i < form.tasks.size(); ++i) {
      const Task& task = form.tasks[i];
      program.flows.push_back({fmt::format("task {}", in_quotes(task.name)), "", task.steps});
      if (task.start) add_class(program, static_cast<FlowId>(i));
    }
    report(program);
  }

  void check_target(const ScenarioTarget& target) {
    Program program;
    program.resources = target.resources;
    for (const auto& [op, steps] : target.flows) {
      program.flows.push_back(
          {fmt::format("the {} flow of target {}", in_quotes(op), in_quotes(target.name)), "", steps});
      add_class(program, static_cast<FlowId>(program.flows.size() - 1));
    }
    report(program);
  }

 private:
  static void add_class(Program& program, FlowId flow) {
    RequestClass of;
    of.flow = flow;
    program.classes.push_back(of);
  }

  void report(const Program& program) {
    for (const PathProblem& problem : follow_paths(program).problems) {
      if (problem.step == nullptr) continue;
      const SourcePosition at{problem.step->line, problem.step->column};
      // A workqueue is two resources, its slots and its threads: one message.
      if (!said_.emplace(at.line, at.column, problem.kind).second) continue;
      context_.error(context_.source.token_at(at), message(program, problem));
    }
  }

  static std::string message(const Program& program, const PathProblem& problem) {
    const std::string& flow = program.flows[static_cast<std::size_t>(problem.flow)].name;
    std::string what;
    if (problem.resource != no_resource) what = in_name(program, problem);
    if (problem.n > 1) what = fmt::format("{} of {}", problem.n, what);
    constexpr std::string_view unless = R"(; where another task gives it back, the resource says "handed_over": true)";
    constexpr std::string_view unless_taken = R"(; where another task takes it, the resource says "handed_over": true)";
    const bool sent = problem.step->kind == StepKind::spawn;
    switch (problem.kind) {
      case PathProblemKind::kept:
        return sent
                   ? fmt::format("{} goes along here and is not given back on a way to the end of {}{}", what, flow,
                                 unless)
                   : fmt::format("{} is taken here and not given back on a way to the end of {}{}", what, flow, unless);
      case PathProblemKind::not_held:
        return fmt::format("{} {} here on a way through {} that does not hold it{}", what,
                           sent ? "goes along" : "is given", flow, unless_taken);
      case PathProblemKind::grows:
        return problem.n > 0 ? fmt::format("every turn of the loop takes {} and does not give it back{}",
                                           in_name(program, problem), unless)
                             : fmt::format("every turn of the loop gives {}, which it has not taken{}",
                                           in_name(program, problem), unless_taken);
      case PathProblemKind::sleeps:
        if (problem.resource == no_resource) {
          return R"("submit" needs a thread, and here is none: what follows "detach" or the first "submit" runs at )"
                 R"(completion; enter a workqueue first, and leave it right before or after)";
        }
        return fmt::format(
            "waiting for {} needs a thread, and here is none: what follows \"detach\"{} runs at completion; enter a "
            "workqueue first",
            what, program.resources.size() > 0 && flow.rfind("task ", 0) == 0 ? "" : R"( or the first "submit")");
      case PathProblemKind::too_many_ways:
        return fmt::format("the ways through {} hold too many different things to be followed", flow);
    }
    return {};
  }

  /// As the file calls it: the threads of a workqueue have no name there.
  static std::string in_name(const Program& program, const PathProblem& problem) {
    const Resource& of = program.resources[static_cast<std::size_t>(problem.resource)];
    return in_quotes(of.kind == ResourceKind::thread ? of.name.substr(0, of.name.rfind('.')) : of.name);
  }

  const ReadContext& context_;
  std::set<std::tuple<int, int, PathProblemKind>> said_;
};

}  // namespace

void check_paths(const ReadContext& context) {
  PathChecker checker(context);
  checker.check_tasks(context.scenario.form);
  for (const ScenarioTarget& target : context.scenario.targets) checker.check_target(target);
}

}  // namespace dmstall::models
