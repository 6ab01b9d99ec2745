#include "models/machine/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/machine/graph.hpp"

namespace dmstall::models {

namespace {

// Words of a rwsem and of an order, relative to LevelSlot::first.
constexpr int readers = 0, writer = 1, queued_writers = 2;
constexpr int next_ticket = 0, now_serving = 1;

std::int32_t word(const Machine& machine, const Levels& levels, ResourceId resource, int which) {
  return levels.words[static_cast<std::size_t>(machine.slots[static_cast<std::size_t>(resource)].first + which)];
}

std::int32_t& word(const Machine& machine, Levels& levels, ResourceId resource, int which) {
  return levels.words[static_cast<std::size_t>(machine.slots[static_cast<std::size_t>(resource)].first + which)];
}

const Resource& resource_of(const Machine& machine, const Node& node) {
  return machine.resources[static_cast<std::size_t>(node.resource)];
}

bool has_free(const Machine& machine, const Levels& levels, const Node& node) {
  return word(machine, levels, node.resource, 0) >= node.n + node.keep;
}

/// Ways to get the elements now; empty when the taker would have to wait. Several elements at once are taken one by
/// one, each from the allocator or else from the reserve (kcopyd_get_pages), so some may come from either: `index`
/// says how many from the reserve.
void ways_to_take(const Machine& machine, const Node& node, const Levels& levels, std::vector<Alternative>& out) {
  const Resource& resource = resource_of(machine, node);
  const bool free = has_free(machine, levels, node);
  const std::int32_t most = std::min(node.n - 1, word(machine, levels, node.resource, 0) - node.keep);
  if (!resource.soft) {
    if (free) out.push_back({.kind = AlternativeKind::reserve});
    return;
  }
  switch (resource.allocator) {
    case AllocatorRule::always:
      out.push_back({.kind = AlternativeKind::allocator});
      return;  // the reserve is touched only when the allocator refused
    case AllocatorRule::any:
      out.push_back({.kind = AlternativeKind::allocator, .needs_allocator = true});
      for (std::int32_t k = 1; k <= most; ++k) {
        out.push_back({.kind = AlternativeKind::allocator, .index = k, .needs_allocator = true, .failures = k});
      }
      break;
    case AllocatorRule::pages:
      if (levels.free_pages >= node.n) out.push_back({.kind = AlternativeKind::page});
      for (std::int32_t k = 1; k <= most; ++k) {
        if (levels.free_pages >= node.n - k) out.push_back({.kind = AlternativeKind::page, .index = k, .failures = k});
      }
      break;
    case AllocatorRule::never:
      break;
  }
  if (free) out.push_back({.kind = AlternativeKind::reserve, .failures = 1});
}

/// Falling asleep, for a taker that nobody polls for: its attempt has failed, and no element is there for it.
void may_sleep(const Machine& machine, const Node& node, const Levels& levels, std::size_t before,
               std::vector<Alternative>& out) {
  const Resource& resource = resource_of(machine, node);
  if (!resource.soft || resource.poll || resource.allocator == AllocatorRule::always) return;
  if (has_free(machine, levels, node) || (out.size() > before && !out.back().needs_allocator)) return;
  out.push_back({.kind = AlternativeKind::sleep, .failures = 1});
}

bool may_read(const Machine& machine, const Levels& levels, ResourceId lock) {
  return word(machine, levels, lock, writer) == 0 && word(machine, levels, lock, queued_writers) == 0;
}

bool nobody_holds(const Machine& machine, const Levels& levels, ResourceId lock) {
  return word(machine, levels, lock, writer) == 0 && word(machine, levels, lock, readers) == 0;
}

void when(bool enabled, std::vector<Alternative>& out) {
  if (enabled) out.push_back({});
}

void go_on_or_refused(bool enabled, std::vector<Alternative>& out) {
  out.push_back({.kind = enabled ? AlternativeKind::go_on : AlternativeKind::refused});
}

}  // namespace

Levels initial_levels(const Machine& machine) {
  Levels levels;
  levels.words.assign(static_cast<std::size_t>(machine.level_words), 0);
  for (std::size_t i = 0; i < machine.resources.size(); ++i) {
    const Resource& resource = machine.resources[i];
    if (resource.kind == ResourceKind::rwsem || resource.kind == ResourceKind::order) continue;
    levels.words[static_cast<std::size_t>(machine.slots[i].first)] = resource.capacity;
  }
  return levels;
}

void alternatives(const Machine& machine, NodeId id, const Levels& levels, const Asker& asker,
                  std::vector<Alternative>& out) {
  const Node& node = node_at(machine, id);
  if (never_waits(node.kind)) {
    out.push_back({});
    return;
  }
  switch (node.kind) {
    case NodeKind::take: {
      const std::size_t before = out.size();
      ways_to_take(machine, node, levels, out);
      may_sleep(machine, node, levels, before, out);
      return;
    }
    case NodeKind::take_asleep: {
      // Only a give wakes this waiter. Awake, it starts again at the allocator, and may fall asleep again. Enough
      // elements are there only after a give: whoever keeps no account of gives may ask that instead.
      const bool free = has_free(machine, levels, node);
      if (!asker.awoken && !free) return;
      const std::size_t before = out.size();
      ways_to_take(machine, node, levels, out);
      if (asker.awoken) may_sleep(machine, node, levels, before, out);
      return;
    }
    case NodeKind::try_take: {
      ways_to_take(machine, node, levels, out);
      const bool certain = !out.empty() && !out.back().needs_allocator;
      if (!certain) {
        out.push_back({.kind = AlternativeKind::refused, .failures = resource_of(machine, node).soft ? 1 : 0});
      }
      return;
    }
    case NodeKind::read_lock:
      return when(may_read(machine, levels, node.resource), out);
    case NodeKind::try_read_lock:
      return go_on_or_refused(may_read(machine, levels, node.resource), out);
    case NodeKind::write_acquire:
      return when(nobody_holds(machine, levels, node.resource), out);
    case NodeKind::try_write_lock:
      return go_on_or_refused(
          nobody_holds(machine, levels, node.resource) && word(machine, levels, node.resource, queued_writers) == 0,
          out);
    case NodeKind::await_zero:
      return when(word(machine, levels, node.resource, 0) == 0, out);
    case NodeKind::await:
      return when(asker.awoken || word(machine, levels, node.resource, 0) != 0, out);
    case NodeKind::await_turn:
      return when(asker.my_turn, out);
    case NodeKind::await_detach:
      return when(!asker.submitting, out);
    case NodeKind::await_children:
      return when(asker.children == 0, out);
    case NodeKind::choose:
      for (std::int32_t i = 0; i < node.choices; ++i) {
        out.push_back({.kind = AlternativeKind::branch,
                       .index = i,
                       .faults = machine.choices[static_cast<std::size_t>(node.first_choice + i)].faults});
      }
      return;
    case NodeKind::test:
      return go_on_or_refused(word(machine, levels, node.resource, 0) != 0, out);
    default:
      return;  // never_waits
  }
}

std::string describe(StepError error, const Resource& resource) {
  switch (error) {
    case StepError::none:
      return "";
    case StepError::counter_below_zero:
      return fmt::format("counter {} falls below 0", resource.name);
    case StepError::not_locked:
      return fmt::format("{} is unlocked, but nobody holds it", resource.name);
    case StepError::not_read_locked:
      return fmt::format("{} is read-unlocked, but no reader holds it", resource.name);
    case StepError::not_write_locked:
      return fmt::format("{} is write-unlocked, but no writer holds it", resource.name);
  }
  return "";
}

StepError give_back(const Machine& machine, ResourceId id, std::int32_t n, Levels& levels) {
  const Resource& resource = machine.resources[static_cast<std::size_t>(id)];
  std::int32_t& free = word(machine, levels, id, 0);
  if (!resource.soft) {
    if (resource.kind == ResourceKind::mutex && free + n > 1) {
      return StepError::not_locked;
    }
    free += n;
    return StepError::none;
  }
  // mempool_free: the reserve is refilled first, whatever the element's origin; the rest goes to the allocator.
  const std::int32_t room = std::max(0, resource.capacity + resource.retained - free);
  const std::int32_t kept = std::min(n, room);
  free += kept;
  if (resource.allocator == AllocatorRule::pages) levels.free_pages += n - kept;
  return StepError::none;
}

Applied apply(const Machine& machine, NodeId id, const Alternative& alternative, Levels& levels) {
  const Node& node = node_at(machine, id);
  Applied result;
  result.next = node.next;
  const auto at = [&](int which) -> std::int32_t& { return word(machine, levels, node.resource, which); };
  switch (node.kind) {
    case NodeKind::take:
    case NodeKind::take_asleep:
    case NodeKind::try_take:
      switch (alternative.kind) {
        case AlternativeKind::allocator:
          at(0) -= alternative.index;
          break;
        case AlternativeKind::page:
          levels.free_pages -= node.n - alternative.index;
          at(0) -= alternative.index;
          break;
        case AlternativeKind::reserve:
          at(0) -= node.n;
          if (node.reserve_next != no_node) result.next = node.reserve_next;
          break;
        case AlternativeKind::sleep:
          result.next = node.kind == NodeKind::take_asleep ? id : node.other;
          break;
        case AlternativeKind::refused:
          result.next = node.other;
          break;
        default:
          break;
      }
      return result;
    case NodeKind::give:
      result.error = give_back(machine, node.resource, node.n, levels);
      result.released = node.resource;
      return result;
    case NodeKind::read_lock:
      ++at(readers);
      return result;
    case NodeKind::try_read_lock:
      if (alternative.kind == AlternativeKind::refused) {
        result.next = node.other;
      } else {
        ++at(readers);
      }
      return result;
    case NodeKind::read_unlock:
      if (--at(readers) < 0) result.error = StepError::not_read_locked;
      result.released = node.resource;
      return result;
    case NodeKind::write_arrive:
      ++at(queued_writers);
      return result;
    case NodeKind::write_acquire:
      --at(queued_writers);
      at(writer) = 1;
      return result;
    case NodeKind::try_write_lock:
      if (alternative.kind == AlternativeKind::refused) {
        result.next = node.other;
      } else {
        at(writer) = 1;
      }
      return result;
    case NodeKind::write_unlock:
      if (at(writer) == 0) result.error = StepError::not_write_locked;
      at(writer) = 0;
      result.released = node.resource;
      return result;
    case NodeKind::count: {
      std::int32_t& value = at(0);
      value += node.n;
      if (value < 0) {
        result.error = StepError::counter_below_zero;
      }
      if (value == 0 || (node.keep > 0 && value >= node.keep)) result.next = node.other;
      if (value == 0) result.released = node.resource;
      return result;
    }
    case NodeKind::signal:
      at(0) = 1;
      result.released = node.resource;
      return result;
    case NodeKind::clear:
      at(0) = 0;
      return result;
    case NodeKind::broadcast:
      result.released = node.resource;
      return result;
    case NodeKind::ticket:
      ++at(next_ticket);
      return result;
    case NodeKind::pass_turn:
      ++at(now_serving);
      result.released = node.resource;
      return result;
    case NodeKind::choose:
      result.next = choices_of(machine, node)[static_cast<std::size_t>(alternative.index)].next;
      return result;
    case NodeKind::test:
      if (alternative.kind == AlternativeKind::refused) result.next = node.other;
      return result;
    case NodeKind::end_writeback:
      levels.free_pages += node.n;
      return result;
    case NodeKind::finish:
    case NodeKind::stop:
    case NodeKind::call:
      result.next = no_node;
      return result;
    case NodeKind::await_zero:
    case NodeKind::await:
    case NodeKind::await_turn:
    case NodeKind::await_detach:
    case NodeKind::await_children:
    case NodeKind::spend:
    case NodeKind::spawn:
    case NodeKind::spawn_submit:
    case NodeKind::detach:
    case NodeKind::remember:
      return result;
  }
  return result;
}

}  // namespace dmstall::models
