#include "analysis/use/audit/traced_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <deque>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "analysis/use/audit/recorded_trace.hpp"
#include "models/kernel/traces/frames.hpp"
#include "models/scenario/target_description.hpp"
#include "models/targets/build.hpp"

namespace dmstall::analysis {

namespace {

using models::EventKind;
using models::EventKinds;
using models::FlowId;
using models::Program;
using models::Resource;
using models::ResourceKind;
using models::Step;
using models::StepKind;
using models::Steps;

using Conditions = std::vector<std::string>;

/// Which events a step is, and whether one of them is there whenever it runs.
struct Shown {
  EventKinds events;
  bool always = false;
};

Shown shown_take(const Resource& of) {
  switch (of.kind) {
    case ResourceKind::mempool:
    case ResourceKind::bio_set:
      if (of.memory == models::MemoryClass::unpooled)
        return {EventKind::alloc | EventKind::try_ | EventKind::sleep, true};
      // Nothing in reserve: an attempt at the allocator.
      if (of.capacity == 0) return {EventKind::alloc | EventKind::try_, true};
      return {EventKind::take | EventKind::bio | EventKind::sleep, true};
    case ResourceKind::page_pool:
    case ResourceKind::buffer_pool:
      return {EventKind::alloc | EventKind::try_ | EventKind::sleep, true};
    case ResourceKind::slot:
      return {EventKind::queue, true};
    case ResourceKind::thread:
    case ResourceKind::workers:
      return {EventKind::run | EventKind::queue, true};
    case ResourceKind::mutex:
      return {EventKind::lock | EventKind::sleep, true};
    case ResourceKind::semaphore:
      return {EventKind::lock | EventKind::sleep, false};
    default:
      return {};
  }
}

/// The chain begins with how such an event is made, or with dm-io's wait: further in there is no step that waits.
bool names_inside(const Step& step, EventKind kind) {
  const std::vector<std::string> functions = functions_of(step.function);
  return !functions.empty() && (models::is_inside(kind, functions.front()) || functions.front() == "sync_io");
}

Shown shown(const Step& step, const Program& program) {
  const auto resource = [&]() -> const Resource& { return program.resources[static_cast<std::size_t>(step.resource)]; };
  switch (step.kind) {
    case StepKind::take:
      return shown_take(resource());
    case StepKind::give: {
      const Resource& of = resource();
      const bool pool = of.kind == ResourceKind::mempool || of.kind == ResourceKind::bio_set;
      if (!pool || of.memory == models::MemoryClass::unpooled || of.capacity == 0) return {};
      return {EventKind::give | EventKind::put, true};
    }
    case StepKind::read_lock:
    case StepKind::write_lock:
      // What the journal waits for is no lock of the kernel's: it shows when somebody waits.
      return {EventKind::lock | EventKind::sleep, names_inside(step, EventKind::lock)};
    case StepKind::await:
    case StepKind::await_zero:
    case StepKind::await_turn:
      return {step.queued ? EventKinds{} : EventKinds(EventKind::sleep), false};
    case StepKind::await_children:
      return {EventKind::sleep, false};
    case StepKind::call:
      if (step.context != models::CallContext::sync) return {};
      return {EventKind::sleep | EventKind::lock, names_inside(step, EventKind::sleep)};
    default:
      return {};
  }
}

models::LockMode lock_of_kind(ResourceKind kind) {
  return kind == ResourceKind::mutex ? models::LockMode::mutex : models::LockMode::none;
}

/// Without the device: "recheck_pool", "io_client of dm-io bios".
std::string resource_text(const Resource& of) {
  std::string name = of.pool;
  if (name.empty()) {
    const std::size_t dot = of.name.find('.');
    name = dot == std::string::npos ? of.name : of.name.substr(dot + 1);
  }
  return of.kind == ResourceKind::bio_set && name.find("bs") == std::string::npos ? name + " (bios)" : name;
}

std::string step_text(const Step& step, const Program& program) {
  const auto named = [&](const char* verb) {
    return fmt::format("{} {}", verb, resource_text(program.resources[static_cast<std::size_t>(step.resource)]));
  };
  switch (step.kind) {
    case StepKind::take:
      return named("take");
    case StepKind::give:
      return named("give");
    case StepKind::read_lock:
      return named("read-lock");
    case StepKind::write_lock:
      return named("write-lock");
    case StepKind::await:
      return named("wait for");
    case StepKind::await_zero:
      return named("wait until nobody is in");
    case StepKind::await_turn:
      return named("wait for the turn in");
    case StepKind::await_children:
      return "wait for all parts";
    case StepKind::call:
    case StepKind::detach:
      return "wait for an I/O below";
    default:
      return {};
  }
}

constexpr std::string_view from_reserve = "comes from the reserve", not_at_once = "cannot be had at once";

bool needs_shortage(const std::string& condition) {
  return condition.ends_with(from_reserve) || condition.ends_with(not_at_once);
}

/// Goes through everything that requests can come to, with what must be so to come there.
class Collector {
 public:
  Collector(const Program& program, const models::Scenario& scenario) : program_(program) {
    for (const models::Device& device : scenario.devices) targets_[device.name] = device.target;
    reached_.resize(program.flows.size());
  }

  std::vector<TracedStep> all() {
    for (const models::RequestClass& of : program_.classes) {
      roots_.insert(of.flow);
      come_to(of.flow, {});
    }
    while (!waiting_.empty()) {
      const FlowId flow = waiting_.front();
      waiting_.pop_front();
      flow_ = flow;
      steps(program_.flows[static_cast<std::size_t>(flow)].steps, *reached_[static_cast<std::size_t>(flow)]);
    }
    std::vector<TracedStep> found;
    found.reserve(found_.size());
    for (auto& [key, step] : found_) found.push_back(std::move(step));
    return found;
  }

 private:
  using Key = std::tuple<std::string, std::string, EventKinds>;

  void come_to(FlowId flow, Conditions conditions) {
    if (flow == models::no_flow) return;
    std::optional<Conditions>& known = reached_[static_cast<std::size_t>(flow)];
    if (known && known->size() <= conditions.size()) return;
    known = std::move(conditions);
    waiting_.push_back(flow);
  }

  static Conditions with(const Conditions& conditions, const std::string& further) {
    Conditions more = conditions;
    more.push_back(further);
    return more;
  }

  [[nodiscard]] const std::string& resource_name(const Step& step) const {
    return program_.resources[static_cast<std::size_t>(step.resource)].name;
  }

  void steps(const Steps& list, const Conditions& conditions) {
    for (const Step& step : list) one(step, conditions);
  }

  void one(const Step& step, const Conditions& conditions) {
    note(step, conditions);
    const bool two_ways = !step.else_steps.empty();
    switch (step.kind) {
      case StepKind::call:
      case StepKind::spawn:
        come_to(step.flow, conditions);
        break;
      case StepKind::take:
        steps(step.body, conditions);
        if (two_ways) {
          steps(step.else_steps,
                with(conditions, step.split_by_source ? fmt::format("{} comes from the reserve", resource_name(step))
                                                      : fmt::format("{} cannot be had at once", resource_name(step))));
        }
        return;
      case StepKind::count:
      case StepKind::if_:
      case StepKind::while_:
        steps(step.body, with(conditions, fmt::format("{} is {}", resource_name(step),
                                                      step.kind == StepKind::count ? "0" : "set")));
        steps(step.else_steps, with(conditions, fmt::format("{} is not {}", resource_name(step),
                                                            step.kind == StepKind::count ? "0" : "set")));
        return;
      default:
        break;
    }
    steps(step.body, conditions);
    steps(step.else_steps, conditions);
    for (const models::Branch& branch : step.branches) steps(branch.steps, of_branch(step, branch, conditions));
  }

  [[nodiscard]] Conditions of_branch(const Step& step, const models::Branch& branch,
                                     const Conditions& conditions) const {
    if (step.kind == StepKind::call) {
      if (branch.label == "ok") return conditions;
      return with(conditions,
                  fmt::format("{} ends {}", program_.flows[static_cast<std::size_t>(step.flow)].name, branch.label));
    }
    if (step.kind == StepKind::await_children)
      return branch.label == "ok" ? conditions : with(conditions, "a part ends " + branch.label);
    if (branch.label.empty() || branch.label == "none") return conditions;
    return with(conditions, step.function.empty() ? branch.label : fmt::format("{}: {}", step.function, branch.label));
  }

  /// A target, or who submits: his are the flows that requests begin with, and bios of the machine's sets above device
  /// mapper.
  [[nodiscard]] std::string whose(const models::Flow& flow, const Step& step) const {
    const auto target = targets_.find(flow.device);
    if (target == targets_.end() || roots_.count(flow_) != 0) return "workload";
    const models::TargetDescription* description = models::find_target(target->second);
    const bool of_machine = step.resource != models::no_resource &&
                            models::is_machine_set(program_.resources[static_cast<std::size_t>(step.resource)].pool);
    return of_machine && description != nullptr && description->device_mapper ? "workload" : target->second;
  }

  [[nodiscard]] models::LockMode lock_of(const Step& step) const {
    if (step.kind == StepKind::read_lock) return models::LockMode::read;
    if (step.kind == StepKind::write_lock) return models::LockMode::write;
    if (step.kind != StepKind::take) return models::LockMode::none;
    return lock_of_kind(program_.resources[static_cast<std::size_t>(step.resource)].kind);
  }

  void note(const Step& step, const Conditions& conditions) {
    const models::Flow& flow = program_.flows[static_cast<std::size_t>(flow_)];
    Shown is = shown(step, program_);
    // Who submits waits for the end of his request, or comes back for the next one.
    if (step.kind == StepKind::call && whose(flow, step) == "workload") is.events = EventKind::sleep | EventKind::lock;
    if (step.kind == StepKind::detach) is.events = EventKind::sleep | EventKind::lock;
    if (is.events.none() || step.function.empty()) return;
    const std::string of = whose(flow, step);
    const std::string what = step_text(step, program_);
    const auto [known, fresh] = found_.try_emplace(Key{what, step.function, is.events});
    TracedStep& made = known->second;
    if (fresh) {
      made.events = is.events;
      made.always_shown = is.always;
      made.what = what;
      made.chain = step.function;
      made.functions = functions_of(step.function);
      made.lock = lock_of(step);
      made.waits_for_io = step.kind == StepKind::call || step.kind == StepKind::detach;
      if (step.resource != models::no_resource)
        made.pool = program_.resources[static_cast<std::size_t>(step.resource)].pool;
      made.is_bio_set = step.resource != models::no_resource &&
                        program_.resources[static_cast<std::size_t>(step.resource)].kind == ResourceKind::bio_set;
    }
    const bool in_shortage = std::any_of(conditions.begin(), conditions.end(), needs_shortage);
    if (fresh || std::pair(in_shortage, conditions.size()) < std::pair(made.in_shortage, made.reached.size())) {
      made.reached = conditions;
      made.flow = flow.name;
      made.in_shortage = in_shortage;
    }
    made.targets.insert(of);
  }

  const Program& program_;
  std::map<std::string, std::string> targets_;  ///< by device
  std::vector<std::optional<Conditions>> reached_;
  std::deque<FlowId> waiting_;
  std::set<FlowId> roots_;  ///< flows of the requests themselves
  FlowId flow_ = models::no_flow;
  std::map<Key, TracedStep> found_;
};

/// How somebody asks is no part of a recorded stack: directly or through the page cache, sleeping or not, one bio or
/// several.
void ask_in_every_way(models::Scenario& scenario) {
  using models::WorkloadVerb;
  constexpr int several_bios_kib = 2048;
  std::vector<models::WorkloadItem> more;
  const auto add = [&](models::WorkloadItem item, const char* how) {
    item.name += how;
    more.push_back(std::move(item));
  };
  for (const models::WorkloadItem& item : scenario.workload) {
    if (item.verb != WorkloadVerb::read && item.verb != WorkloadVerb::write) continue;
    models::WorkloadItem other = item;
    other.direct = true;
    other.aio = true;
    add(other, " (asynchronous)");
    other.aio = false;
    other.write_kib = several_bios_kib;
    add(other, " (several bios)");
    other = item;
    other.direct = false;
    other.aio = false;
    add(other, " (buffered)");
    if (item.verb != WorkloadVerb::write) continue;
    other.verb = WorkloadVerb::writeback;
    other.threads = 1;
    add(other, " (writeback)");
  }
  scenario.workload.insert(scenario.workload.end(), more.begin(), more.end());
}

}  // namespace

TraceModel trace_model(models::Scenario scenario) {
  ask_in_every_way(scenario);
  scenario.memory.unpooled = models::Outcome::fails;
  const Program program = models::build_program(scenario);
  TraceModel model;
  model.kernel = program.kernel;
  model.steps = Collector(program, scenario).all();
  for (const Resource& resource : program.resources) {
    for (std::string& each : functions_of(resource.wait_function)) model.sleeps_in.insert(std::move(each));
  }
  std::set<std::string_view> ids;
  for (const models::Omission& omission : program.omissions) ids.insert(omission.id);
  for (const models::LeftOut& each : models::left_out_events()) {
    if (ids.count(each.id) != 0) model.left_out.push_back(each);
  }
  for (const models::Device& device : scenario.devices) model.targets.insert(device.target);
  return model;
}

std::set<std::string> functions_named(const TraceModel& model) {
  std::set<std::string> all = model.sleeps_in;
  const auto add = [&](std::string_view chain) {
    for (std::string& each : functions_of(chain)) all.insert(std::move(each));
  };
  for (const TracedStep& step : model.steps) add(step.chain);
  for (const models::LeftOut& each : model.left_out) add(each.seen.chain);
  // What is waited for in words ("a queued work item") is no function.
  std::erase_if(all, [](const std::string& each) {
    return std::any_of(each.begin(), each.end(),
                       [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_'; });
  });
  return all;
}

}  // namespace dmstall::analysis
