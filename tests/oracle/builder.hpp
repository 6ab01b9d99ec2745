// Writing Programs by hand in tests: one short function per step, one per kind of resource.
//
//   ProgramBuilder b("opposite orders");
//   const auto x = b.mempool("x", 1), y = b.mempool("y", 1);
//   b.task("t0", {take(x), take(y), give(y), give(x)});
//   b.task("t1", {take(y), take(x), give(x), give(y)});
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/machine/program.hpp"

namespace dmstall::tests {

namespace steps {

using models::Branch;
using models::CallContext;
using models::FlowId;
using models::GiveBack;
using models::ResourceId;
using models::Status;
using models::Step;
using models::StepKind;
using models::Steps;
using models::TakeMode;

inline Step plain(StepKind kind, ResourceId resource = models::no_resource, int n = 1) {
  Step step;
  step.kind = kind;
  step.resource = resource;
  step.n = n;
  return step;
}

inline Step take(ResourceId r, int n = 1, int keep = 0) {
  Step step = plain(StepKind::take, r, n);
  step.keep = keep;
  return step;
}
inline Step take_all(ResourceId r, int n) {
  Step step = take(r, n);
  step.mode = TakeMode::all;
  return step;
}
inline Step try_take(ResourceId r, Steps otherwise = {}, int n = 1, int keep = 0) {
  Step step = take(r, n, keep);
  step.mode = TakeMode::try_;
  step.else_steps = std::move(otherwise);
  return step;
}
/// `from_allocator` runs when the allocator gave it, `from_reserve` when the reserve did.
inline Step take_split(ResourceId r, Steps from_allocator, Steps from_reserve) {
  Step step = take(r);
  step.split_by_source = true;
  step.body = std::move(from_allocator);
  step.else_steps = std::move(from_reserve);
  return step;
}
inline Step give(ResourceId r, int n = 1) {
  return plain(StepKind::give, r, n);
}
inline Step read_lock(ResourceId r) {
  return plain(StepKind::read_lock, r);
}
inline Step read_unlock(ResourceId r) {
  return plain(StepKind::read_unlock, r);
}
inline Step write_lock(ResourceId r) {
  return plain(StepKind::write_lock, r);
}
inline Step write_unlock(ResourceId r) {
  return plain(StepKind::write_unlock, r);
}
inline Step try_lock(StepKind kind, ResourceId r, Steps otherwise = {}) {
  Step step = plain(kind, r);
  step.mode = TakeMode::try_;
  step.else_steps = std::move(otherwise);
  return step;
}
inline Step count(ResourceId r, int by, Steps if_zero = {}, Steps otherwise = {}, int at_least = 0) {
  Step step = plain(StepKind::count, r, by);
  step.body = std::move(if_zero);
  step.else_steps = std::move(otherwise);
  step.at_least = at_least;
  return step;
}
inline Step await_zero(ResourceId r) {
  return plain(StepKind::await_zero, r);
}
inline Step signal(ResourceId r) {
  return plain(StepKind::signal, r);
}
inline Step clear(ResourceId r) {
  return plain(StepKind::clear, r);
}
inline Step broadcast(ResourceId r) {
  return plain(StepKind::broadcast, r);
}
inline Step await(ResourceId r) {
  return plain(StepKind::await, r);
}
inline Step ticket(ResourceId r) {
  return plain(StepKind::ticket, r);
}
inline Step await_turn(ResourceId r) {
  return plain(StepKind::await_turn, r);
}
inline Step pass_turn(ResourceId r) {
  return plain(StepKind::pass_turn, r);
}
inline Step spend() {
  return plain(StepKind::spend);
}
inline Step end_writeback() {
  return plain(StepKind::end_writeback);
}
inline Step detach() {
  return plain(StepKind::detach);
}
inline Step finish(Status status = Status::ok) {
  Step step = plain(StepKind::finish);
  step.status = status;
  return step;
}
inline Step stop() {
  Step step = plain(StepKind::stop);
  step.note = "restart";
  return step;
}
inline Branch branch(std::string label, Steps steps, int faults = 0) {
  Branch b;
  b.label = std::move(label);
  b.steps = std::move(steps);
  b.faults = faults;
  return b;
}
inline Step choose(std::vector<Branch> branches) {
  Step step = plain(StepKind::choose);
  step.branches = std::move(branches);
  return step;
}
inline Step spawn(FlowId flow, bool park = false, std::vector<GiveBack> with = {}) {
  Step step = plain(StepKind::spawn);
  step.flow = flow;
  step.park = park;
  step.with = std::move(with);
  return step;
}
inline Step park(FlowId flow, std::vector<GiveBack> with = {}) {
  return spawn(flow, true, std::move(with));
}
inline Step await_children(std::vector<Branch> on = {}) {
  Step step = plain(StepKind::await_children);
  step.branches = std::move(on);
  return step;
}
inline Step submit_bio(Steps body) {
  Step step = plain(StepKind::submit_bio);
  step.body = std::move(body);
  return step;
}
inline Step call(FlowId flow, CallContext context = CallContext::inherit, std::vector<GiveBack> after_detach = {},
                 std::vector<Branch> on = {}) {
  Step step = plain(StepKind::call);
  step.flow = flow;
  step.context = context;
  step.after_detach = std::move(after_detach);
  step.branches = std::move(on);
  return step;
}
inline Step forever(Steps body) {
  Step step = plain(StepKind::forever);
  step.body = std::move(body);
  return step;
}
inline Step while_(ResourceId r, Steps body) {
  Step step = plain(StepKind::while_, r);
  step.body = std::move(body);
  return step;
}
/// The same steps n times.
inline Steps times(int n, const Steps& once) {
  Steps all;
  for (int i = 0; i < n; ++i) all.insert(all.end(), once.begin(), once.end());
  return all;
}

}  // namespace steps

/// Collects resources, flows and tasks into a Program.
class ProgramBuilder {
 public:
  explicit ProgramBuilder(std::string name) { program_.name = std::move(name); }

  models::ResourceId add(models::ResourceKind kind, std::string name, int capacity) {
    models::Resource resource;
    resource.name = std::move(name);
    resource.kind = kind;
    resource.capacity = capacity;
    program_.resources.push_back(std::move(resource));
    return static_cast<models::ResourceId>(program_.resources.size() - 1);
  }
  models::ResourceId soft(models::ResourceKind kind, std::string name, int reserve, models::AllocatorRule rule,
                          bool poll) {
    const auto id = add(kind, std::move(name), reserve);
    auto& resource = program_.resources.back();
    resource.soft = true;
    resource.poll = poll;
    resource.allocator = rule;
    return id;
  }
  models::ResourceId mempool(std::string name, int reserve, models::AllocatorRule rule = models::AllocatorRule::never) {
    return soft(models::ResourceKind::mempool, std::move(name), reserve, rule, true);
  }
  /// A pool whose waiters never ask the allocator again (dm-bufio).
  models::ResourceId unpolled(std::string name, int reserve,
                              models::AllocatorRule rule = models::AllocatorRule::never) {
    return soft(models::ResourceKind::buffer_pool, std::move(name), reserve, rule, false);
  }
  models::ResourceId semaphore(std::string name, int n) {
    return add(models::ResourceKind::semaphore, std::move(name), n);
  }
  models::ResourceId workers(std::string name, int n) { return add(models::ResourceKind::workers, std::move(name), n); }
  models::ResourceId mutex(std::string name) { return add(models::ResourceKind::mutex, std::move(name), 1); }
  models::ResourceId rwsem(std::string name) { return add(models::ResourceKind::rwsem, std::move(name), 1); }
  models::ResourceId counter(std::string name, int start = 0) {
    return add(models::ResourceKind::counter, std::move(name), start);
  }
  models::ResourceId event(std::string name, bool set = false) {
    return add(models::ResourceKind::event, std::move(name), set ? 1 : 0);
  }
  models::ResourceId order(std::string name) { return add(models::ResourceKind::order, std::move(name), 0); }

  models::FlowId flow(std::string name, models::Steps steps) {
    program_.flows.push_back({std::move(name), "", std::move(steps)});
    return static_cast<models::FlowId>(program_.flows.size() - 1);
  }
  models::RequestClass& task(std::string name, models::Steps steps, int population = 1) {
    models::RequestClass of;
    of.name = name;
    of.flow = flow(std::move(name), std::move(steps));
    of.population = of.total = population;
    program_.classes.push_back(std::move(of));
    return program_.classes.back();
  }
  void daemon(std::string name, models::Steps steps) {
    auto& of = task(std::move(name), std::move(steps));
    of.daemon = true;
    of.counts_progress = false;
  }

  [[nodiscard]] const models::Program& program() const { return program_; }

 private:
  models::Program program_;
};

}  // namespace dmstall::tests
