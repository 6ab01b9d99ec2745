#include <fmt/format.h>

#include "analysis/use/export/options.hpp"

namespace dmstall::analysis {

using models::AllocatorRule;
using models::ResourceId;
using models::ResourceKind;
using models::Step;
using models::StepKind;
using models::TakeMode;

/// The reserve is refilled first; what is more goes back to the allocator.
std::vector<std::string> Options::give(ResourceId id, int n) {
  const models::Resource& of = resource(id);
  const std::string& free = names_->level(id);
  std::vector<std::string> effects;
  if (!of.soft) {
    if (of.kind == ResourceKind::mutex)
      effects.push_back(fmt::format("assert({} + {} <= 1)", free, n));  // nobody holds it
    effects.push_back(fmt::format("{0} = {0} + {1}", free, n));
    return effects;
  }
  const int most = of.capacity + of.retained;
  if (of.allocator == AllocatorRule::pages) {
    needs_->pages = true;
    effects.push_back(fmt::format("free_pages = free_pages + ({0} + {1} > {2} -> {0} + {1} - {2} : 0)", free, n, most));
  }
  if (const int sleepers = sleepers_of(id); sleepers != 0) {
    effects.push_back(
        fmt::format("if :: {} < {} -> wake({}) :: else fi", free, most, sleepers));  // an element is added
  }
  effects.push_back(fmt::format("{0} = ({0} + {1} > {2} -> {2} : {0} + {1})", free, n, most));
  return effects;
}

/// An element was taken: more are wanted, or what follows with it.
void Options::had(Control& next, const Step& step, bool from_reserve) const {
  if (step.mode == TakeMode::each && ++next.taken < step.n) return;
  if (step.mode == TakeMode::try_) return reading_->enter(next, step.body);
  step.split_by_source ? reading_->enter(next, from_reserve ? step.else_steps : step.body) : reading_->advance(next);
}

void Options::take(const Control& control, const Step& step) {
  if (resource(step.resource).soft) {
    take_soft(control, step);
    return;
  }
  const std::string& free = names_->level(step.resource);
  const int n = step.mode == TakeMode::each ? 1 : step.n;
  add(control, fmt::format("{} >= {}", free, n + step.keep), {fmt::format("{0} = {0} - {1}", free, n)},
      [&](Control& next) {
        next.waiting = false;
        had(next, step, true);
      });
  if (step.mode == TakeMode::try_) {
    add(control, fmt::format("{} < {}", free, n + step.keep), {},
        [&](Control& next) { reading_->enter(next, step.else_steps); });
  }
}

/// Tries the allocator, then the reserve, then waits. Several at once are collected one by one, each from the allocator
/// or else from the reserve. A waiter without poll sleeps until a give wakes it, and then begins again.
void Options::take_soft(const Control& control, const Step& step) {
  const models::Resource& of = resource(step.resource);
  const std::string& free = names_->level(step.resource);
  const int n = step.mode == TakeMode::each ? 1 : step.n;
  const std::string enough = fmt::format("{} >= {}", free, n + step.keep);
  const bool watched = control.waiting && standing_at(control) != 0;
  const std::string woken = watched           ? fmt::format("STANDING_{}(_pid) == {}", role_, all_awoken)
                            : control.waiting ? enough
                                              : "";
  const std::string and_woken = woken.empty() ? "" : woken + " && ";
  const auto got = [&](bool from_reserve) {
    return [this, &step, from_reserve](Control& next) {
      next.waiting = false;
      had(next, step, from_reserve);
    };
  };
  if (of.allocator == AllocatorRule::always) {
    add(control, woken, {}, got(false));
    return;
  }
  std::string pages_suffice;  // then an allocation does not fail
  if (of.allocator == AllocatorRule::any) {
    needs_->refusing = true;
    add(control, and_woken + "!refusing", {}, got(false));
  }
  if (of.allocator == AllocatorRule::pages) {
    needs_->pages = true;
    pages_suffice = fmt::format("free_pages >= {}", n);
    add(control, and_woken + pages_suffice, {fmt::format("free_pages = free_pages - {}", n)}, got(false));
  }
  for (int k = 1; k < n && of.allocator != AllocatorRule::never; ++k) {  // k of them from the reserve
    std::string guard = and_woken + fmt::format("{} >= {}", free, k + step.keep);
    std::vector<std::string> effects{fmt::format("{0} = {0} - {1}", free, k)};
    if (of.allocator == AllocatorRule::any) {
      guard += " && !refusing";
    } else {
      guard += fmt::format(" && free_pages >= {}", n - k);
      pages_suffice += fmt::format(" || ({})", guard);
      effects.push_back(fmt::format("free_pages = free_pages - {}", n - k));
    }
    add(control, guard, std::move(effects), got(false));
  }
  add(control, (watched ? and_woken : "") + enough, {fmt::format("{0} = {0} - {1}", free, n)}, got(true));
  std::string refused = fmt::format("{} < {}", free, n + step.keep);
  if (!pages_suffice.empty()) refused += fmt::format(" && !({})", pages_suffice);
  if (control.waiting && !watched) return;
  if (step.mode == TakeMode::try_) {
    add(control, refused, {}, [&](Control& next) { reading_->enter(next, step.else_steps); });
  } else if (!of.poll) {
    add(control, and_woken + refused, {},
        [](Control& next) { next.waiting = true; });  // again, where it was woken in vain
  }
}

void Options::lock(const Control& control, const Step& step) {
  const std::string readers = names_->readers(step.resource), writer = names_->writer(step.resource),
                    queued = names_->queued(step.resource);
  const auto refused = [&](Control& next) { reading_->enter(next, step.else_steps); };
  switch (step.kind) {
    case StepKind::read_lock:
      add(control, fmt::format("{} == 0 && {} == 0", writer, queued), {fmt::format("{0} = {0} + 1", readers)});
      if (step.mode == TakeMode::try_) add(control, fmt::format("{} != 0 || {} != 0", writer, queued), {}, refused);
      return;
    case StepKind::read_unlock:
      add(control, "", {fmt::format("assert({} > 0)", readers), fmt::format("{0} = {0} - 1", readers)});
      return;
    case StepKind::write_lock:
      if (step.mode == TakeMode::try_) {
        add(control, fmt::format("{} == 0 && {} == 0 && {} == 0", readers, writer, queued),
            {fmt::format("{} = 1", writer)});
        add(control, fmt::format("{} != 0 || {} != 0 || {} != 0", readers, writer, queued), {}, refused);
      } else if (!control.waiting) {  // from now on new readers wait
        add(control, "", {fmt::format("{0} = {0} + 1", queued)}, [](Control& next) { next.waiting = true; });
      } else {
        add(control, fmt::format("{} == 0 && {} == 0", readers, writer),
            {fmt::format("{0} = {0} - 1", queued), fmt::format("{} = 1", writer)});
      }
      return;
    default:
      add(control, "", {fmt::format("assert({} == 1)", writer), fmt::format("{} = 0", writer)});
  }
}

}  // namespace dmstall::analysis
