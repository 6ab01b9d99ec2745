#include "analysis/verdict/rewrites.hpp"

#include <algorithm>
#include <optional>

namespace dmstall::analysis {

namespace {

using models::ResourceId;
using models::Step;
using models::StepKind;
using models::Steps;
using models::TakeMode;

bool takes(const Step& step, ResourceId resource) {
  return step.kind == StepKind::take && step.resource == resource;
}

/// Waits for elements one by one or all together, and goes on in one way.
bool plainly_takes(const Step& step, ResourceId resource) {
  return takes(step, resource) && step.mode != TakeMode::try_ && step.keep == 0 && !step.split_by_source;
}

template <typename StepType, typename Visit>
void for_each_list_in(StepType& step, const Visit& visit) {
  visit(step.body);
  visit(step.else_steps);
  for (auto& branch : step.branches) visit(branch.steps);
}

template <typename Test>
bool any_in(const Step& step, const Test& test) {
  bool found = test(step);
  for_each_list_in(step, [&](const Steps& steps) {
    found = found || std::any_of(steps.begin(), steps.end(), [&](const Step& each) { return any_in(each, test); });
  });
  return found;
}

bool gives_anywhere(const Step& step, ResourceId resource) {
  return any_in(step, [&](const Step& each) { return each.kind == StepKind::give && each.resource == resource; });
}

bool may_not_come_out(const Step& step) {
  return any_in(step, [](const Step& each) {
    return each.kind == StepKind::finish || each.kind == StepKind::stop || each.kind == StepKind::detach ||
           each.kind == StepKind::forever || each.kind == StepKind::while_;
  });
}

/// What a row of steps leaves taken; nothing where two ways through it differ, or elements leave it in other hands.
struct Balance {
  std::int64_t held = 0;
  bool ended = false;  ///< no way leads to the end of the row
};

std::optional<Balance> balance_of(const Steps& steps, ResourceId resource, std::int64_t held);

/// The ways must agree; one that has ended says nothing about what follows.
std::optional<Balance> either(const std::vector<const Steps*>& ways, ResourceId resource, std::int64_t held) {
  std::optional<Balance> all;
  for (const Steps* way : ways) {
    const std::optional<Balance> one = balance_of(*way, resource, held);
    if (!one) return std::nullopt;
    if (!all || all->ended) {
      all = one;
    } else if (!one->ended && one->held != all->held) {
      return std::nullopt;
    }
  }
  return all;
}

std::optional<Balance> balance_of(const Steps& steps, ResourceId resource, std::int64_t held) {
  const auto travels = [&](const std::vector<models::GiveBack>& gives) {
    return std::any_of(gives.begin(), gives.end(), [&](const auto& each) { return each.resource == resource; });
  };
  for (const Step& step : steps) {
    if (travels(step.with) || travels(step.after_detach)) return std::nullopt;
    std::vector<const Steps*> ways;
    switch (step.kind) {
      case StepKind::take:
        if (step.mode == TakeMode::try_) {
          const std::optional<Balance> refused = balance_of(step.else_steps, resource, held);
          if (step.resource == resource) held += step.n;
          if (!refused || (!refused->ended && refused->held != held)) return std::nullopt;
          continue;
        }
        if (step.resource == resource) held += step.n;
        if (!step.split_by_source) continue;
        ways = {&step.body, &step.else_steps};
        break;
      case StepKind::give:
        if (step.resource == resource) held -= step.n;
        if (held < 0) return std::nullopt;
        continue;
      case StepKind::finish:
        if (held != 0) return std::nullopt;
        return Balance{0, true};
      case StepKind::stop:
        return Balance{held, true};
      case StepKind::forever:
      case StepKind::while_: {
        const std::optional<Balance> round = balance_of(step.body, resource, held);
        if (!round || (!round->ended && round->held != held)) return std::nullopt;
        if (step.kind == StepKind::forever) return Balance{held, true};
        continue;
      }
      case StepKind::choose:
        for (const auto& branch : step.branches) ways.push_back(&branch.steps);
        break;
      case StepKind::call:
      case StepKind::await_children: {
        static const Steps go_on;  // of a status without a branch
        for (const auto& branch : step.branches) ways.push_back(&branch.steps);
        ways.push_back(&go_on);
        break;
      }
      case StepKind::submit_bio:
        ways = {&step.body};
        break;
      default:
        if (step.body.empty() && step.else_steps.empty()) continue;
        ways = {&step.body, &step.else_steps};
        break;
    }
    if (ways.empty()) continue;
    const std::optional<Balance> after = either(ways, resource, held);
    if (!after || after->ended) return after;
    held = after->held;
  }
  return Balance{held, false};
}

}  // namespace

int take_all_at_once(Steps& steps, ResourceId resource) {
  int changed = 0;
  for (std::size_t first = 0; first < steps.size(); ++first) {
    for_each_list_in(steps[first], [&](Steps& inner) { changed += take_all_at_once(inner, resource); });
    if (!plainly_takes(steps[first], resource)) continue;
    std::int32_t n = steps[first].n;
    int together = 1;
    for (std::size_t next = first + 1;
         next < steps.size() && !gives_anywhere(steps[next], resource) && !may_not_come_out(steps[next]);) {
      if (plainly_takes(steps[next], resource)) {
        n += steps[next].n;
        ++together;
        steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(next));
      } else {
        ++next;
      }
    }
    if (n < 2 || (together == 1 && steps[first].mode == TakeMode::all)) continue;
    steps[first].n = n;
    steps[first].mode = TakeMode::all;
    changed += together;
  }
  return changed;
}

int lock_around_takes(Steps& steps, ResourceId resource, ResourceId lock) {
  int changed = 0;
  for (std::size_t first = 0; first < steps.size(); ++first) {
    if (!takes(steps[first], resource)) {
      for_each_list_in(steps[first], [&](Steps& inner) { changed += lock_around_takes(inner, resource, lock); });
      continue;
    }
    if (!plainly_takes(steps[first], resource)) continue;
    std::size_t last = first;
    std::int32_t n = steps[first].n;
    for (std::size_t next = first + 1;
         next < steps.size() && !gives_anywhere(steps[next], resource) && !may_not_come_out(steps[next]); ++next) {
      if (!plainly_takes(steps[next], resource)) continue;
      n += steps[next].n;
      last = next;
    }
    if (n < 2) continue;
    Step locking, unlocking;
    locking.kind = StepKind::take;
    unlocking.kind = StepKind::give;
    locking.resource = unlocking.resource = lock;
    steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(last) + 1, unlocking);
    steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(first), locking);
    first = last + 2;
    ++changed;
  }
  return changed;
}

bool keeps_to_itself(const Steps& steps, ResourceId resource) {
  const std::optional<Balance> balance = balance_of(steps, resource, 0);
  return balance && (balance->ended || balance->held == 0);
}

bool mentions(const Steps& steps, ResourceId resource) {
  const auto gives = [&](const std::vector<models::GiveBack>& list) {
    return std::any_of(list.begin(), list.end(), [&](const auto& each) { return each.resource == resource; });
  };
  return std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
    return any_in(step, [&](const Step& each) {
      return each.resource == resource || gives(each.with) || gives(each.after_detach);
    });
  });
}

void use_instead(Steps& steps, ResourceId from, ResourceId to) {
  for (Step& step : steps) {
    if (step.resource == from) step.resource = to;
    for (models::GiveBack& each : step.with) {
      if (each.resource == from) each.resource = to;
    }
    for (models::GiveBack& each : step.after_detach) {
      if (each.resource == from) each.resource = to;
    }
    for_each_list_in(step, [&](Steps& inner) { use_instead(inner, from, to); });
  }
}

std::vector<ResourceId> entered_together(const models::Program& program, const Steps& steps, ResourceId resource) {
  using models::ResourceKind;
  const auto kind = [&](ResourceId id) { return program.resources[static_cast<std::size_t>(id)].kind; };
  std::vector<ResourceId> together{resource};
  const auto look = [&](const auto& self, const Steps& row) -> void {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      const Step& slot = row[i];
      const Step& thread = row[i + 1];
      if (slot.kind != StepKind::take || thread.kind != StepKind::take) continue;
      if (kind(slot.resource) != ResourceKind::slot || kind(thread.resource) != ResourceKind::thread) continue;
      if (slot.resource != resource && thread.resource != resource) continue;
      const ResourceId other = slot.resource == resource ? thread.resource : slot.resource;
      if (std::find(together.begin(), together.end(), other) == together.end()) together.push_back(other);
    }
    for (const Step& step : row) for_each_list_in(step, [&](const Steps& inner) { self(self, inner); });
  };
  look(look, steps);
  return together;
}

}  // namespace dmstall::analysis
