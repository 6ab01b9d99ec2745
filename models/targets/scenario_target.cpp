#include "models/targets/scenario_target.hpp"

#include <algorithm>
#include <utility>

#include "models/kernel/dm_core.hpp"
#include "models/kernel/steps.hpp"
#include "models/machine/each_step.hpp"
#include "models/scenario/own_target.hpp"
#include "models/targets/fault_branches.hpp"

namespace dmstall::models {

namespace {

/// The device's own copy of every resource of the target, same index.
std::vector<ResourceId> own_resources(Stack& stack, DeviceIndex device, const ScenarioTarget& target) {
  std::vector<ResourceId> own;
  for (Resource resource : target.resources) {
    const std::string pool = own_pool_name(resource);
    const std::string part = resource.name.substr(pool.size());
    resource.name.clear();
    own.push_back(stack.pool(device, pool, std::move(resource), part));
  }
  return own;
}

constexpr const char* flow_names[] = {"read", "write", "flush"};

IoOp operation(const std::string& name) {
  return name == "write" ? IoOp::write : name == "flush" ? IoOp::flush : IoOp::read;
}

/// Every submit of the steps: the role's device is asked at the addresses of the request.
void collect_regions(const Stack& stack, DeviceIndex device, const Steps& steps, std::vector<Region>& out) {
  for_each_step(steps, [&](const Step& step) {
    if (step.kind == StepKind::call)
      out.push_back(same_addresses(stack.index_of(stack.device(device).text(step.role)), operation(step.op)));
  });
}

class Instance {
 public:
  Instance(Stack& stack, DeviceIndex device, const Io& io, const ScenarioTarget& target)
      : stack_(stack), device_(device), io_(io), target_(target), resources_(own_resources(stack, device, target)) {}

  Steps run(const Steps& steps) {
    return one_clone(stack_, device_, seq({instantiate(steps, true), end_io(stack_, device_, Status::ok)}));
  }

 private:
  ResourceId own(ResourceId resource) const {
    return resource == no_resource ? no_resource : resources_[static_cast<std::size_t>(resource)];
  }

  /// `last`: nothing follows these steps in the flow.
  Steps instantiate(const Steps& steps, bool last) {
    Steps result;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      std::vector<GiveBack> worker = leaves(steps, i);
      if (!worker.empty() && i + worker.size() < steps.size() && steps[i + worker.size()].kind == StepKind::call) {
        i += worker.size();
        worker_ = std::move(worker);
      }
      const bool ends = last && i + 1 == steps.size();
      if (steps[i].kind == StepKind::finish) {
        result = seq({result, end_io(stack_, device_, steps[i].status)});
        continue;
      }
      result.push_back(instantiate(steps[i], ends));
    }
    return result;
  }

  /// The worker that is left from step `at` on, and its place in the queue; empty: none is.
  std::vector<GiveBack> leaves(const Steps& steps, std::size_t at) const {
    const auto named = [&](const Step& step) -> const std::string& {
      return target_.resources[static_cast<std::size_t>(step.resource)].name;
    };
    const Step& first = steps[at];
    if (first.kind != StepKind::give || !stack_.is_worker(own(first.resource))) return {};
    std::vector<GiveBack> worker{{own(first.resource), 1}};
    if (at + 1 < steps.size() && steps[at + 1].kind == StepKind::give &&
        named(first) == named(steps[at + 1]) + ".thread")
      worker.push_back({own(steps[at + 1].resource), 1});
    return worker;
  }

  Step instantiate(Step step, bool last) {
    step.resource = own(step.resource);
    for (GiveBack& give : step.with) give.resource = own(give.resource);
    if (step.kind == StepKind::take && stack_.is_worker(step.resource)) submitted_ = true;
    if (step.kind == StepKind::detach) submitted_ = true;
    step.body = instantiate(step.body, last && step.kind != StepKind::forever && step.kind != StepKind::while_);
    step.else_steps = instantiate(step.else_steps, last);
    if (step.kind == StepKind::call) submit(step);
    bool has_error = false, has_bad = false;
    for (Branch& each : step.branches) {
      has_error = has_error || each.label == "error";
      has_bad = has_bad || each.label == "bad";
      each.steps = instantiate(each.steps, last);
    }
    if (step.kind == StepKind::call && last) {
      if (!has_error) step.branches.push_back(branch("error", end_io(stack_, device_, Status::error)));
      if (!has_bad) step.branches.push_back(branch("bad", end_io(stack_, device_, Status::bad)));
    }
    return step;
  }

  void submit(Step& step) {
    Io io = io_;
    io.op = operation(step.op);
    io.reread = io.reread || reads_ > 0;
    if (io.op == IoOp::read) ++reads_;
    if (io.bytes == 0 && io.op != IoOp::flush) io.bytes = 4096;
    step.flow = stack_.flow(stack_.index_of(stack_.device(device_).text(step.role)), io);
    step.context = submitted_ ? CallContext::sync : CallContext::inherit;
    if (!worker_.empty()) {
      // Somebody has to call the ->submit_bio below: the worker, whose last act it is.
      step.context = CallContext::async;
      step.after_detach = std::exchange(worker_, {});
    }
    step.function = "submit to " + step.role;
    submitted_ = true;
  }

  Stack& stack_;
  DeviceIndex device_;
  const Io& io_;
  const ScenarioTarget& target_;
  std::vector<ResourceId> resources_;
  std::vector<GiveBack> worker_;  ///< left right before the submit that comes next
  bool submitted_ = false;        ///< the bio's submitter has returned, or a worker runs: from here on submits sleep
  int reads_ = 0;
};

}  // namespace

const ScenarioTarget* find_scenario_target(const Scenario& scenario, std::string_view id) {
  const auto found = std::find_if(scenario.targets.begin(), scenario.targets.end(),
                                  [&](const ScenarioTarget& target) { return target.name == id; });
  return found == scenario.targets.end() ? nullptr : &*found;
}

Steps scenario_target_steps(Stack& stack, DeviceIndex device, const Io& io, const ScenarioTarget& target) {
  const auto flow = target.flows.find(flow_names[static_cast<int>(io.op)]);
  if (flow == target.flows.end()) {
    return one_clone(stack, device,
                     seq({detach("dm_io_dec_pending < __map_bio"),
                          end_io(stack, device, io.op == IoOp::flush ? Status::ok : Status::error)}));
  }
  Steps steps = flow->second;
  if (without_faults(stack.scenario())) drop_fault_branches(steps);
  return Instance(stack, device, io, target).run(steps);
}

std::vector<Region> scenario_target_regions(const Stack& stack, DeviceIndex device, IoOp op,
                                            const ScenarioTarget& target) {
  std::vector<Region> all;
  const auto flow = target.flows.find(flow_names[static_cast<int>(op)]);
  if (flow != target.flows.end()) collect_regions(stack, device, flow->second, all);
  return all;
}

DeviceReserves scenario_target_reserves(Stack& stack, DeviceIndex device, const ScenarioTarget& target) {
  DeviceReserves all = core_reserves(stack, device);
  const std::vector<ResourceId> own = own_resources(stack, device, target);
  all.pools.insert(all.pools.end(), own.begin(), own.end());
  return all;
}

}  // namespace dmstall::models
