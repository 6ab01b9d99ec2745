// build_program: a scenario's devices and workload, or its resources and tasks, as one program.
#include "models/targets/build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "models/kernel/administration.hpp"
#include "models/kernel/dm_core.hpp"
#include "models/kernel/fault_plans.hpp"
#include "models/kernel/journal.hpp"
#include "models/kernel/memory_rules.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/page_bounds.hpp"
#include "models/kernel/stack.hpp"
#include "models/kernel/writeback.hpp"
#include "models/machine/balance.hpp"
#include "models/machine/compile.hpp"
#include "models/machine/each_step.hpp"
#include "models/scenario/target_description.hpp"
#include "models/targets/build_few.hpp"
#include "models/targets/fault_branches.hpp"
#include "models/targets/part_of.hpp"
#include "models/targets/target.hpp"

namespace dmstall::models {

namespace {

/// Task steps number resources and tasks from 0; in the program they come after those of the devices.
void shift(Steps& steps, ResourceId resources, FlowId flows) {
  for_each_step(steps, [&](Step& step) {
    if (step.resource != no_resource) step.resource += resources;
    if (step.flow != no_flow) step.flow += flows;
    for (GiveBack& give : step.with) give.resource += resources;
    for (GiveBack& give : step.after_detach) give.resource += resources;
  });
}

void add_tasks(const TaskForm& form, const MemorySettings& memory, bool faultless, Program& program) {
  const auto first_resource = static_cast<ResourceId>(program.resources.size());
  const auto first_flow = static_cast<FlowId>(program.flows.size());
  for (Resource resource : form.resources) {
    apply_memory_rule(memory, resource);
    program.resources.push_back(std::move(resource));
  }
  for (const Task& task : form.tasks) {
    Steps steps = task.steps;
    shift(steps, first_resource, first_flow);
    if (faultless) drop_fault_branches(steps);
    program.flows.push_back({"task " + task.name, "", std::move(steps)});
  }
  for (std::size_t i = 0; i < form.tasks.size(); ++i) {
    const Task& task = form.tasks[i];
    if (!task.start) continue;
    RequestClass of;
    of.name = task.name;
    of.flow = first_flow + static_cast<FlowId>(i);
    of.population = of.total = task.count;
    of.daemon = task.daemon;
    of.counts_progress = !task.daemon;
    program.classes.push_back(of);
    program.fault_plans.emplace_back();
  }
}

/// Where the pages are counted they decide about allocations with no pool behind them.
void ask_the_pages(const Scenario& scenario, Program& program) {
  if (scenario.memory.allocator != AllocatorMode::accounted) return;
  if (!pages_always_suffice(scenario, program)) return;
  for (Resource& resource : program.resources) {
    if (resource.allocator == AllocatorRule::any) resource.allocator = AllocatorRule::always;
  }
}

void say_what_has_no_pool(const MemorySettings& memory, Program& program) {
  const std::vector<FoldedSite> sites = fold_sites(program.unpooled_sites);
  if (sites.empty()) return;
  const bool refused = std::any_of(program.resources.begin(), program.resources.end(), [](const Resource& resource) {
    return resource.memory == MemoryClass::unpooled && resource.allocator != AllocatorRule::always;
  });
  program.assumptions.push_back(
      fmt::format("unpooled allocations on the I/O path: {}, {}", sites.size(), describe_unpooled(memory, refused)));
  for (const FoldedSite& site : sites) program.assumptions.push_back("no pool: " + describe_site(site));
}

void say_what_is_assumed(const Scenario& scenario, Program& program) {
  program.assumptions.push_back("memory: " + describe_memory(scenario.memory));
  if (scenario.devices.empty() && tasks_may_be_faulty(scenario))
    program.assumptions.push_back("faults: " + describe_faults(scenario.faults));
  if (!without_faults(scenario) && tasks_have_fault_branches(scenario))
    program.assumptions.emplace_back("fault branches of tasks: on");
  if (!without_faults(scenario) && targets_have_fault_branches(scenario))
    program.assumptions.emplace_back("fault branches of targets: on");
  if (!scenario.devices.empty()) {
    program.assumptions.push_back("kernel: Linux " + scenario.kernel.release.text());
    program.assumptions.push_back("faults: " + describe_faults(scenario.faults));
    const int written = scenario.kernel.reserved_bio_based_ios;
    const int effective = effective_reserved_ios(written);
    if (written != effective) {
      program.assumptions.push_back(
          fmt::format("reserved_bio_based_ios: {} in the scenario, the kernel uses {}", written, effective));
    }
    say_what_has_no_pool(scenario.memory, program);
  }
}

/// The models of the devices themselves; what they are made of is noted where it is made.
void note_targets(const Scenario& scenario, Stack& stack) {
  if (!scenario.devices.empty()) stack.uses(submission_part());
  for (const Device& device : scenario.devices) {
    if (const TargetDescription* target = find_target(device.target)) stack.uses(*target->parts.front());
  }
}

/// A search of one request more than there can be at a time stands for all of them, one after the other, only where a
/// finished one leaves the machine as it was. An event that nobody clears has two states: one request more for each.
void cover_all_requests(const Scenario& scenario, Program& program) {
  const auto is_partial = [](const RequestClass& of) { return of.population < of.total; };
  if (std::none_of(program.classes.begin(), program.classes.end(), is_partial)) return;
  const std::vector<Leftover> leftovers = follow_paths(program).leftovers;
  for (std::size_t c = 0; c < program.classes.size(); ++c) {
    RequestClass& of = program.classes[c];
    const Leftover& left = leftovers[c];
    if (!is_partial(of) || left.nothing) continue;
    const std::string what =
        left.resource == no_resource ? "something" : program.resources[static_cast<std::size_t>(left.resource)].name;
    const auto latches = static_cast<std::int64_t>(left.latches.size());
    const std::int64_t needed = left.only_latches ? std::min(of.total, of.population + latches - 1) : of.total;
    if (scenario.bounds.requests && needed > of.population) {
      of.leaves_behind = what;
      continue;
    }
    of.population = needed;
    if (left.only_latches) continue;
    program.assumptions.push_back(fmt::format(
        "requests of {}: all {} are searched, because a finished one leaves {} changed", of.name, of.total, what));
  }
}

/// Sites of a stack that stands for others are theirs, too.
void spread_sites(const std::vector<AlikeStacks>& kinds, Program& program) {
  std::unordered_map<std::string, std::pair<const AlikeStacks*, std::size_t>>
      of_last;  // of the last stack that is there
  for (const AlikeStacks& kind : kinds) {
    const NamedStack& last = kind[stacks_of_few - 1];
    for (std::size_t i = 0; i < last.devices.size(); ++i) of_last.emplace(last.devices[i], std::pair(&kind, i));
  }
  std::vector<UnpooledSite> sites;
  for (UnpooledSite& site : program.unpooled_sites) {
    const auto stack = of_last.find(site.device);
    sites.push_back(std::move(site));
    if (stack == of_last.end()) continue;
    const auto [kind, which] = stack->second;
    const UnpooledSite first = sites.back();
    for (std::size_t i = stacks_of_few; i < kind->size(); ++i) {
      sites.push_back(first);
      sites.back().device = (*kind)[i].devices[which];
    }
  }
  program.unpooled_sites = std::move(sites);
}

/// The stacks of `kinds` that are not in the scenario are in what is said of it.
Program assemble(const Scenario& scenario, const std::vector<AlikeStacks>& kinds) {
  Stack stack(scenario);
  note_targets(scenario, stack);
  for (const WorkloadItem& item : scenario.workload) {
    if (item.verb == WorkloadVerb::admin) {
      add_administration(stack, item);
    } else {
      add_workload(stack, item);
    }
  }
  add_missing_flushers(stack);
  add_timed_commits(stack);
  for (std::size_t i = 0; i < scenario.devices.size(); ++i) target_runs_by_itself(stack, static_cast<DeviceIndex>(i));
  Program program = std::move(stack.program());
  spread_sites(kinds, program);
  ask_the_pages(scenario, program);
  add_tasks(scenario.form, scenario.memory, without_faults(scenario), program);
  say_what_is_assumed(scenario, program);
  cover_all_requests(scenario, program);
  program.omissions = in_order(std::move(program.omissions));
  return program;
}

}  // namespace

bool tasks_may_be_faulty(const Scenario& scenario) {
  return tasks_have_fault_branches(scenario);
}

Program build_program(const Scenario& scenario) {
  return assemble(scenario, {});
}

std::optional<Program> build_program_of_few(const Scenario& scenario, const std::vector<AlikeStacks>& kinds) {
  const Program one = assemble(with_few(scenario, kinds, 1), {});
  Program two = assemble(with_few(scenario, kinds, stacks_of_few), kinds);
  if (!is_part_of(one, two)) return std::nullopt;
  for (const AlikeStacks& kind : kinds) {
    two.assumptions.push_back(
        fmt::format("stacks beside each other: {} and {} stand for {} others that differ in names only",
                    kind[0].devices.back(), kind[1].devices.back(), kind.size() - stacks_of_few));
  }
  return two;
}

}  // namespace dmstall::models
