// Short ways to write steps, so that a kernel path reads top to bottom like the code it models.
#pragma once

#include <initializer_list>
#include <iterator>
#include <string>
#include <utility>

#include "models/machine/program.hpp"

namespace dmstall::models {

/// Steps on their way into a longer sequence; what is handed over as a temporary is moved, not copied.
struct Piece {
  // NOLINTNEXTLINE(google-explicit-constructor): seq({a, b}) reads like the path it models.
  Piece(Steps piece) : steps(std::move(piece)) {}
  mutable Steps steps;  ///< an initializer_list holds constants
};

/// Joins sequences: seq({a, b, c}) runs a, then b, then c.
inline Steps seq(std::initializer_list<Piece> pieces) {
  Steps all;
  std::size_t length = 0;
  for (const Piece& piece : pieces) length += piece.steps.size();
  all.reserve(length);
  for (const Piece& piece : pieces)
    all.insert(all.end(), std::make_move_iterator(piece.steps.begin()), std::make_move_iterator(piece.steps.end()));
  return all;
}

/// One element; waits where `function` says: kernel functions, innermost first.
inline Steps take(ResourceId resource, std::string function, std::int32_t n = 1, TakeMode mode = TakeMode::each) {
  Step step;
  step.kind = StepKind::take;
  step.resource = resource;
  step.n = n;
  step.mode = mode;
  step.function = std::move(function);
  return {step};
}

/// Never waits: `got` when it was had, `refused` otherwise.
inline Steps try_take(ResourceId resource, std::string function, Steps got, Steps refused, std::int32_t keep = 0) {
  Steps steps = take(resource, std::move(function), 1, TakeMode::try_);
  steps[0].body = std::move(got);
  steps[0].else_steps = std::move(refused);
  steps[0].keep = keep;
  return steps;
}

/// Waits if need be; goes on as `fresh` when the allocator gave the element, as `reserved` when the reserve did.
inline Steps take_by_source(ResourceId resource, std::string function, Steps fresh, Steps reserved) {
  Steps steps = take(resource, std::move(function));
  steps[0].split_by_source = true;
  steps[0].body = std::move(fresh);
  steps[0].else_steps = std::move(reserved);
  return steps;
}

inline Steps give(ResourceId resource, std::string function, std::int32_t n = 1) {
  Step step;
  step.kind = StepKind::give;
  step.resource = resource;
  step.n = n;
  step.function = std::move(function);
  return {step};
}

inline Steps on_resource(StepKind kind, ResourceId resource, std::string function) {
  Step step;
  step.kind = kind;
  step.resource = resource;
  step.function = std::move(function);
  return {step};
}

/// A wait that needs no thread: the work lies in a list meanwhile, and whoever takes it off runs it.
inline Steps in_queue(Steps steps) {
  for (Step& step : steps) step.queued = true;
  return steps;
}

/// counter += by, atomically; `at_zero` runs when it then is 0, `otherwise` when not.
inline Steps count(ResourceId counter, std::int32_t by, std::string function, Steps at_zero = {},
                   Steps otherwise = {}) {
  Step step;
  step.kind = StepKind::count;
  step.resource = counter;
  step.n = by;
  step.function = std::move(function);
  step.body = std::move(at_zero);
  step.else_steps = std::move(otherwise);
  return {step};
}

inline Steps finish(Status status) {
  Step step;
  step.kind = StepKind::finish;
  step.status = status;
  return {step};
}

/// The machine restarts or panics (`why`, as a witness says it): nothing happens any more.
inline Steps stop(std::string function, std::string why) {
  Step step;
  step.kind = StepKind::stop;
  step.function = std::move(function);
  step.note = std::move(why);
  return {step};
}

inline Steps detach(std::string function) {
  Step step;
  step.kind = StepKind::detach;
  step.function = std::move(function);
  return {step};
}

inline Steps spend(SpendKind kind, std::int64_t amount, std::string function, std::int32_t device = -1) {
  Step step;
  step.kind = StepKind::spend;
  step.spend = kind;
  step.amount = amount;
  step.device = device;
  step.function = std::move(function);
  return {step};
}

inline Branch branch(std::string label, Steps steps, int faults = 0) {
  Branch made;
  made.label = std::move(label);
  made.steps = std::move(steps);
  made.faults = faults;
  return made;
}

/// A free choice that timed runs answer from a table: present, absent, and (if a third is given) being inserted.
inline Steps lookup(TableId table, std::vector<Branch> branches, std::string function) {
  Step step;
  step.kind = StepKind::choose;
  step.decider = DeciderKind::lookup;
  step.table = table;
  step.branches = std::move(branches);
  step.function = std::move(function);
  return {step};
}

inline Steps remember(TableId table, std::string function) {
  Step step;
  step.kind = StepKind::remember;
  step.table = table;
  step.function = std::move(function);
  return {step};
}

struct CallOptions {
  CallContext context = CallContext::inherit;
  std::vector<GiveBack> after_detach;
  AddressMap address;
  std::string note;
};

/// Runs `flow` inline; `on` holds branches labelled ok, bad, error, a missing one falls through.
inline Steps call(FlowId flow, std::string function, std::vector<Branch> on, CallOptions options = {}) {
  Step step;
  step.kind = StepKind::call;
  step.flow = flow;
  step.function = std::move(function);
  step.branches = std::move(on);
  step.context = options.context;
  step.after_detach = std::move(options.after_detach);
  step.address = options.address;
  step.note = std::move(options.note);
  return {step};
}

inline Steps spawn(FlowId flow, std::string function, bool park = false, std::vector<GiveBack> with = {}) {
  Step step;
  step.kind = StepKind::spawn;
  step.flow = flow;
  step.park = park;
  step.with = std::move(with);
  step.function = std::move(function);
  return {step};
}

inline Steps submit_bio_block(Steps body, std::string function) {
  Step step;
  step.kind = StepKind::submit_bio;
  step.body = std::move(body);
  step.function = std::move(function);
  return {step};
}

inline Steps await_children(std::vector<Branch> on, std::string function) {
  Step step;
  step.kind = StepKind::await_children;
  step.branches = std::move(on);
  step.function = std::move(function);
  return {step};
}

}  // namespace dmstall::models
