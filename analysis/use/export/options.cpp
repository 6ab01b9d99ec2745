#include "analysis/use/export/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/use/export/promela.hpp"

namespace dmstall::analysis {

using models::ResourceId;
using models::Status;
using models::Step;
using models::StepKind;

namespace {

constexpr std::array<Status, 3> statuses{Status::ok, Status::bad, Status::error};

}  // namespace

Option& Options::add(const Control& from, std::string guard, std::vector<std::string> effects, const Change& change) {
  Option option;
  option.guard = std::move(guard);
  option.effects = std::move(effects);
  option.next = from;
  if (standing_at(from) != 0) option.effects.push_back(fmt::format("STANDING_{}(_pid) = 0", role_));
  change ? change(option.next) : reading_->advance(option.next);
  reading_->settle(option.next);
  return out_.emplace_back(std::move(option));
}

/// 1 + the number of the broadcast event it awaits; 0: none.
int Options::standing_at(const Control& control) const {
  if (control.open.empty() || control.submitting || !control.starting.empty()) return 0;
  const Step* step = reading_->step(control);
  if (step == nullptr) return 0;
  if (step->kind == StepKind::take && control.waiting) return sleepers_of(step->resource);
  return step->kind == StepKind::await ? sleepers_of(step->resource) : 0;
}

int Options::sleepers_of(ResourceId id) const {
  const auto event = std::find(needs_->broadcast.begin(), needs_->broadcast.end(), id);
  return event == needs_->broadcast.end() ? 0 : static_cast<int>(event - needs_->broadcast.begin()) + 1;
}

std::string Options::arrival(const Control& control, const std::string& who) const {
  const int event = standing_at(control);
  return event == 0 ? "" : fmt::format("STANDING_{}({}) = {}", role_, who, event);
}

void Options::synchronise(const Control& control, const Step& step) {
  const std::string& level = names_->level(step.resource);
  switch (step.kind) {
    case StepKind::count: {
      const std::string after = fmt::format("{} + ({})", level, step.n);
      std::string branch = after + " == 0", otherwise = after + " != 0";
      if (step.at_least != 0) {
        branch += fmt::format(" || {} >= {}", after, step.at_least);
        otherwise += fmt::format(" && {} < {}", after, step.at_least);
      }
      const std::vector<std::string> effects{fmt::format("assert({} >= 0)", after),
                                             fmt::format("{} = {}", level, after)};
      add(control, branch, effects, [&](Control& next) { reading_->enter(next, step.body); });
      add(control, otherwise, effects, [&](Control& next) { reading_->enter(next, step.else_steps); });
      return;
    }
    case StepKind::await_zero:
      add(control, level + " == 0", {});
      return;
    case StepKind::signal:
      add(control, "", {level + " = 1"});
      return;
    case StepKind::clear:
      add(control, "", {level + " = 0"});
      return;
    case StepKind::broadcast: {
      const auto event = std::find(needs_->broadcast.begin(), needs_->broadcast.end(), step.resource);
      add(control, "", {fmt::format("wake({})", event - needs_->broadcast.begin() + 1)});
      return;
    }
    case StepKind::await:
      add(control,
          standing_at(control) == 0 ? level + " != 0"
                                    : fmt::format("{} != 0 || STANDING_{}(_pid) == {}", level, role_, all_awoken),
          {});
      return;
    case StepKind::if_:
      add(control, level + " > 0", {}, [&](Control& next) { reading_->enter(next, step.body); });
      add(control, level + " <= 0", {}, [&](Control& next) { reading_->enter(next, step.else_steps); });
      return;
    default:  // while_
      add(control, level + " > 0", {}, [&](Control& next) { reading_->nest(next, step.body); });
      add(control, level + " <= 0", {});
  }
}

/// Tickets are kept as 2 + the number of tickets before them, 1 once the turn has passed them over, 0: none.
void Options::ordered(const Control& control, const Step& step) {
  const ResourceId id = step.resource;
  const auto found = control.tickets.find(id);
  const int held = found == control.tickets.end() ? 0 : found->second;
  const std::string& unserved = names_->level(id);
  switch (step.kind) {
    case StepKind::ticket:
      needs_->tickets[id] = std::max(needs_->tickets[id], held + 1);
      add(control, "",
          {fmt::format("{}[_pid] = {} + 2", names_->ticket(id, held), unserved),
           fmt::format("{0} = {0} + 1", unserved)},
          [&](Control& next) {
            ++next.tickets[id];
            reading_->advance(next);
          });
      return;
    case StepKind::await_turn:
      add(control, held == 0 ? "false" : fmt::format("{}[_pid] == 2", names_->ticket(id, 0)), {});
      return;
    default: {  // pass_turn
      if (held == 0) {
        add(control, "", {"assert(false)"});  // a turn is passed without a ticket
        return;
      }
      needs_->tickets[id] = std::max(needs_->tickets[id], held);
      std::vector<std::string> effects{fmt::format("{0} = {0} - 1", unserved),
                                       fmt::format("pass_turn_of_{}()", names_->ticket(id, 0))};
      for (int k = 0; k + 1 < held; ++k)
        effects.push_back(fmt::format("{}[_pid] = {}[_pid]", names_->ticket(id, k), names_->ticket(id, k + 1)));
      effects.push_back(fmt::format("{}[_pid] = 0", names_->ticket(id, held - 1)));
      add(control, "", std::move(effects), [&](Control& next) {
        --next.tickets[id];
        reading_->advance(next);
      });
    }
  }
}

void Options::start(const Control& control, models::FlowId flow, bool parked, const Change& change) {
  const bool submitted = parked && reading_->may_detach(flow);
  std::vector<std::string> effects;
  if (submitted) effects.emplace_back("pending[_pid] = 1");
  const int role = child_role_(flow, submitted);
  add(control, "", std::move(effects), [&](Control& next) {
    change(next);
    next.submitting = submitted;
  }).starts = role;
}

void Options::end(const Control& control, Status status) {
  bool gives_back = false;
  Option option;
  option.next = control;
  if (const Step* call = reading_->finish(option.next, status, gives_back)) {
    if (gives_back) {
      for (const auto& back : call->after_detach) {
        for (auto& effect : give(back.resource, back.n)) option.effects.push_back(std::move(effect));
      }
    }
    reading_->settle(option.next);
  } else {
    for (const auto& [order, held] : control.tickets) {
      for (int k = 0; k < held; ++k) option.effects.push_back(fmt::format("{}[_pid] = 0", names_->ticket(order, k)));
    }
    if (control.submitted) option.effects.push_back(fmt::format("pending[PARENT_{}] = 0", role_));
    option.ends = static_cast<int>(status);
    option.next = Control{};
  }
  out_.push_back(std::move(option));
}

void Options::children(const Control& control, const Step& step) {
  if (!control.parked.empty()) return;  // what it has parked itself does not start before the block ends
  needs_->children = true;
  const std::string done = "children[_pid] == 0";
  for (const Status status : statuses) {
    const models::Steps* next_steps = steps_on(step, status);
    add(control, fmt::format("{} && worst[_pid] == {}", done, static_cast<int>(status)), {"worst[_pid] = 0"},
        [&](Control& next) { next_steps != nullptr ? reading_->enter(next, *next_steps) : reading_->advance(next); });
  }
}

void Options::detach(const Control& control) {
  Option& option = add(control, "", {}, [](Control&) {});
  bool lets_parent_go = false;
  option.next = control;
  if (const Step* call = reading_->detach(option.next, lets_parent_go)) {
    for (const auto& back : call->after_detach) {
      for (auto& effect : give(back.resource, back.n)) option.effects.push_back(std::move(effect));
    }
  }
  if (lets_parent_go) option.effects.push_back(fmt::format("pending[PARENT_{}] = 0", role_));
  reading_->settle(option.next);
}

bool Options::between_steps(const Control& control) {
  if (control.submitting) {
    add(control, "pending[_pid] == 0", {}, [](Control& next) { next.submitting = false; });
  } else if (!control.starting.empty()) {
    start(control, control.starting.front(), true, [](Control& next) { next.starting.erase(next.starting.begin()); });
  }
  return control.submitting || !control.starting.empty();
}

std::vector<Option> Options::of(const Control& control) {
  out_.clear();
  if (between_steps(control)) return std::move(out_);
  const Step* here = reading_->step(control);
  if (here == nullptr) {
    end(control, Status::ok);
    return std::move(out_);
  }
  const Step& step = *here;
  switch (step.kind) {
    case StepKind::take:
      take(control, step);
      break;
    case StepKind::give:
      add(control, "", give(step.resource, step.n));
      break;
    case StepKind::read_lock:
    case StepKind::read_unlock:
    case StepKind::write_lock:
    case StepKind::write_unlock:
      lock(control, step);
      break;
    case StepKind::count:
    case StepKind::await_zero:
    case StepKind::signal:
    case StepKind::clear:
    case StepKind::broadcast:
    case StepKind::await:
    case StepKind::if_:
    case StepKind::while_:
      synchronise(control, step);
      break;
    case StepKind::ticket:
    case StepKind::await_turn:
    case StepKind::pass_turn:
      ordered(control, step);
      break;
    case StepKind::spend:
    case StepKind::remember:
      add(control, "", {});
      break;
    case StepKind::end_writeback:
      add(control, "",
          needs_->pages ? std::vector<std::string>{"free_pages = free_pages + 1"} : std::vector<std::string>{});
      break;
    case StepKind::choose:
      for (const auto& branch : step.branches) {
        add(control, "", {}, [&](Control& next) { reading_->enter(next, branch.steps); });
      }
      break;
    case StepKind::spawn:
      start(control, step.flow, step.park, [&](Control& next) { reading_->advance(next); });
      break;
    case StepKind::await_children:
      children(control, step);
      break;
    case StepKind::call:
      add(control, "", {},
          [&](Control& next) { reading_->nest(next, program_->flows[static_cast<std::size_t>(step.flow)].steps); });
      break;
    case StepKind::detach:
      detach(control);
      break;
    case StepKind::finish:
      end(control, step.status);
      break;
    case StepKind::stop:  // no end of the process: it goes round for ever, so that nobody counts as stuck any more
      add(control, "", {}, [](Control&) {});
      break;
    case StepKind::submit_bio:
    case StepKind::forever:
      throw ExportError("a block begin is no step");
  }
  return std::move(out_);
}

}  // namespace dmstall::analysis
