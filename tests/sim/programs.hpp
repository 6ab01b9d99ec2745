// Small programs written by hand for the tests of the timed engine.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/machine/compile.hpp"
#include "sim/simulate.hpp"

namespace dmstall::sim::testing {

using models::AllocatorRule;
using models::ResourceId;
using models::ResourceKind;
using models::Step;
using models::StepKind;
using models::Steps;

inline Step step(StepKind kind, ResourceId resource = models::no_resource, std::int32_t n = 1) {
  Step made;
  made.kind = kind;
  made.resource = resource;
  made.n = n;
  return made;
}
inline Step take(ResourceId resource, std::int32_t n = 1) {
  return step(StepKind::take, resource, n);
}
inline Step give(ResourceId resource, std::int32_t n = 1) {
  return step(StepKind::give, resource, n);
}
inline Step take_all(ResourceId resource, std::int32_t n) {
  Step made = take(resource, n);
  made.mode = models::TakeMode::all;
  return made;
}
inline Step spend_us(std::int64_t us) {
  Step made = step(StepKind::spend);
  made.amount = us;
  return made;
}
inline Step hash(std::int64_t bytes) {
  Step made = step(StepKind::spend);
  made.spend = models::SpendKind::cpu_bytes;
  made.amount = bytes;
  return made;
}
inline Step transfer(models::SpendKind kind, std::int64_t bytes, std::int32_t device = 0) {
  Step made = step(StepKind::spend);
  made.spend = kind;
  made.amount = bytes;
  made.device = device;
  return made;
}
inline Step forever(Steps body) {
  Step made = step(StepKind::forever);
  made.body = std::move(body);
  return made;
}
inline Step finish(models::Status status) {
  Step made = step(StepKind::finish);
  made.status = status;
  return made;
}

inline Step stop(const char* why) {
  Step made = step(StepKind::stop);
  made.note = why;
  return made;
}

/// Resources and tasks; what a scenario's "resources" and "tasks" would make.
class Builder {
 public:
  ResourceId add(models::Resource resource) {
    program.resources.push_back(std::move(resource));
    return static_cast<ResourceId>(program.resources.size() - 1);
  }
  /// A mempool whose allocator may refuse.
  ResourceId mempool(const std::string& name, std::int32_t reserve, AllocatorRule rule = AllocatorRule::any) {
    models::Resource resource;
    resource.name = name;
    resource.capacity = reserve;
    resource.soft = true;
    resource.allocator = rule;
    resource.wait_function = "mempool_alloc";
    return add(resource);
  }
  /// Like a mempool, but its waiters sleep without a timeout (dm-bufio).
  ResourceId buffers(const std::string& name, std::int32_t reserve) {
    const ResourceId id = mempool(name, reserve);
    program.resources.back().kind = ResourceKind::buffer_pool;
    program.resources.back().poll = false;
    return id;
  }
  ResourceId hard(const std::string& name, ResourceKind kind, std::int32_t capacity) {
    models::Resource resource;
    resource.name = name;
    resource.kind = kind;
    resource.capacity = capacity;
    return add(resource);
  }
  models::FlowId flow(const std::string& name, Steps steps) {
    program.flows.push_back({name, "", std::move(steps)});
    return static_cast<models::FlowId>(program.flows.size() - 1);
  }
  /// `count` tasks that run at the same time, each once.
  models::RequestClass& task(const std::string& name, Steps steps, std::int64_t count = 1) {
    models::RequestClass made;
    made.name = name;
    made.flow = flow(name, std::move(steps));
    made.population = made.total = count;
    program.classes.push_back(made);
    return program.classes.back();
  }
  /// `total` requests, `in_flight` at a time, that start in no thread.
  models::RequestClass& requests(const std::string& name, Steps steps, std::int64_t total, std::int64_t in_flight) {
    models::RequestClass& made = task(name, std::move(steps), total);
    made.in_thread = false;
    made.in_flight = in_flight;
    return made;
  }
  [[nodiscard]] models::Machine machine() const { return models::compile(program); }
  [[nodiscard]] Result run(const MemoryPlan& memory = {}, const Options& options = {}) const {
    return simulate(machine(), memory, options);
  }

  models::Program program;
};

inline const ResourceMetrics& metrics_of(const Result& result, ResourceId id) {
  for (const ResourceMetrics& metrics : result.resources) {
    if (metrics.resource == id) return metrics;
  }
  static const ResourceMetrics none;
  return none;
}

/// Memory that never refuses.
inline MemoryPlan plentiful() {
  MemoryPlan plan;
  plan.probability = 0;
  return plan;
}

}  // namespace dmstall::sim::testing
