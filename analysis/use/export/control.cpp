#include "analysis/use/export/control.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "analysis/use/export/promela.hpp"

namespace dmstall::analysis {

using models::CallContext;
using models::FlowId;
using models::Status;
using models::Step;
using models::StepKind;
using models::Steps;

namespace {

constexpr int deepest_call = 32;
constexpr std::size_t most_open = 200;  // a recursion, not a program
constexpr int most_silent_moves = 10'000;

}  // namespace

const Steps* steps_on(const Step& step, Status status) {
  static constexpr std::array<const char*, 3> labels{"ok", "bad", "error"};
  for (const auto& branch : step.branches) {
    if (branch.label == labels[static_cast<std::size_t>(status)]) return &branch.steps;
  }
  return nullptr;
}

Reading::Reading(const models::Program& program) : program_(&program) {
  for (const auto& flow : program.flows) add(flow.steps, ListKind::flow);
}

void Reading::add(const Steps& steps, ListKind kind) {
  number_.emplace(&steps, static_cast<int>(lists_.size()));
  lists_.push_back({&steps, kind});
  for (const Step& step : steps) {
    add(step.body, step.kind == StepKind::forever      ? ListKind::forever
                   : step.kind == StepKind::submit_bio ? ListKind::submit
                                                       : ListKind::plain);
    add(step.else_steps, ListKind::plain);
    for (const auto& branch : step.branches) add(branch.steps, ListKind::plain);
  }
}

Control Reading::begin(FlowId flow, bool submitted) const {
  Control control;
  control.submitted = submitted;
  nest(control, program_->flows[static_cast<std::size_t>(flow)].steps);
  settle(control);
  return control;
}

const Step* Reading::step(const Control& control) const {
  const Place& top = control.open.back();
  const Steps& steps = *list(top).steps;
  return top.index < steps.size() ? &steps[top.index] : nullptr;
}

void Reading::advance(Control& control) const {
  ++control.open.back().index;
  control.taken = 0;
  control.waiting = false;
}

void Reading::enter(Control& control, const Steps& steps) const {
  advance(control);
  nest(control, steps);
}

void Reading::nest(Control& control, const Steps& steps) const {
  if (control.open.size() >= most_open) {
    const auto flow = std::find_if(program_->flows.begin(), program_->flows.end(),
                                   [&](const auto& each) { return &each.steps == &steps; });
    throw ExportError(fmt::format("flow {} calls itself: only calls that end can be expanded",
                                  flow == program_->flows.end() ? "" : flow->name));
  }
  control.open.push_back({number_.at(&steps), 0, false, false});
}

void Reading::close_block(Control& control) const {
  if (--control.blocks == 0) control.starting = std::exchange(control.parked, {});
}

/// Blocks opened above the place end: their thread is about to return.
void Reading::close_above(Control& control, std::size_t place) const {
  for (std::size_t i = control.open.size(); i-- > place;) {
    Place& open = control.open[i];
    if (list(open).kind != ListKind::submit || open.closed) continue;
    open.closed = true;
    close_block(control);
  }
}

/// The flow a detach returns from: that of the nearest call which is no part of its caller's submission, else its own.
std::size_t Reading::returning_frame(const Control& control) const {
  for (std::size_t i = control.open.size(); i-- > 1;) {
    if (list(control.open[i]).kind != ListKind::flow) continue;
    const Place& caller = control.open[i - 1];
    if ((*list(caller).steps)[caller.index].context != CallContext::inherit) return i;
  }
  return 0;
}

void Reading::settle(Control& control) const {
  for (int moves = 0; control.starting.empty() && !control.open.empty(); ++moves) {
    if (moves > most_silent_moves) throw ExportError("a loop without a step: it cannot be told from standing still");
    if (const Step* here = step(control)) {
      switch (here->kind) {
        case StepKind::submit_bio:
          enter(control, here->body);
          ++control.blocks;
          continue;
        case StepKind::forever:
          nest(control, here->body);
          continue;
        case StepKind::spawn:
          if (!here->park || control.blocks == 0) return;
          control.parked.push_back(here->flow);
          advance(control);
          continue;
        case StepKind::detach:
          close_above(control, returning_frame(control));
          return;
        case StepKind::finish: {
          std::size_t flow = control.open.size() - 1;
          while (list(control.open[flow]).kind != ListKind::flow) --flow;
          close_above(control, flow);
          return;
        }
        default:
          return;
      }
    }
    const Place top = control.open.back();
    switch (list(top).kind) {
      case ListKind::flow:
        return;
      case ListKind::forever:
        control.open.back().index = 0;
        break;
      case ListKind::plain:
        control.open.pop_back();
        break;
      case ListKind::submit:
        control.open.pop_back();
        if (!top.closed) close_block(control);
        break;
    }
  }
}

const Step* Reading::finish(Control& control, Status status, bool& gives_back) const {
  gives_back = false;
  while (list(control.open.back()).kind != ListKind::flow) control.open.pop_back();
  const bool left = control.open.back().left;
  control.open.pop_back();
  if (control.open.empty()) return nullptr;
  const Step* call = step(control);
  gives_back = call->context == CallContext::async && !left;
  const Steps* next = steps_on(*call, status);
  next != nullptr ? enter(control, *next) : advance(control);
  return call;
}

const Step* Reading::detach(Control& control, bool& lets_parent_go) const {
  lets_parent_go = false;
  const Step* due = nullptr;
  const std::size_t frame = returning_frame(control);
  if (frame > 0) {
    const Place& caller = control.open[frame - 1];
    const Step& call = (*list(caller).steps)[caller.index];
    if (call.context == CallContext::async && !control.open[frame].left) {
      control.open[frame].left = true;
      due = &call;
    }
  } else if (control.submitted) {
    control.submitted = false;
    lets_parent_go = true;
  }
  advance(control);
  return due;
}

bool Reading::may_detach(FlowId flow) const {
  return may_detach(program_->flows[static_cast<std::size_t>(flow)].steps, 0);
}

bool Reading::may_detach(const Steps& steps, int depth) const {
  if (depth >= deepest_call) return false;
  return std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
    if (step.kind == StepKind::detach || may_detach(step.body, depth) || may_detach(step.else_steps, depth))
      return true;
    if (step.kind == StepKind::call && step.context == CallContext::inherit &&
        may_detach(program_->flows[static_cast<std::size_t>(step.flow)].steps, depth + 1)) {
      return true;
    }
    return std::any_of(step.branches.begin(), step.branches.end(),
                       [&](const auto& branch) { return may_detach(branch.steps, depth); });
  });
}

std::vector<std::int64_t> Reading::key(const Control& control) const {
  std::vector<std::int64_t> key{static_cast<std::int64_t>(control.open.size())};
  for (const Place& place : control.open) {
    key.insert(key.end(), {place.list, static_cast<std::int64_t>(place.index), place.closed, place.left});
  }
  for (const auto* flows : {&control.parked, &control.starting}) {
    key.push_back(static_cast<std::int64_t>(flows->size()));
    key.insert(key.end(), flows->begin(), flows->end());
  }
  key.insert(key.end(), {control.blocks, control.taken, control.waiting, control.submitting, control.submitted});
  for (const auto& [order, n] : control.tickets) {
    if (n > 0) key.insert(key.end(), {order, n});
  }
  return key;
}

}  // namespace dmstall::analysis
