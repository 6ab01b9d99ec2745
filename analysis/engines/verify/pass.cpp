#include "analysis/engines/verify/pass.hpp"

#include <algorithm>

namespace dmstall::analysis::checking {

using models::AllocatorRule;
using models::Node;
using models::NodeId;
using models::NodeKind;
using models::Resource;
using models::ResourceKind;

Walk::Result Walk::Pass::run() {
  arrive({walk_.machine_.flow_entry[static_cast<std::size_t>(context_.flow)], context_.held, context_.pending, 0});
  while (!open_.empty()) {
    auto& [place, seen] = *open_.back();
    open_.pop_back();
    seen.open = false;
    State state = place;
    state.extra = seen.extra;
    step(state, walk_.machine_.nodes[static_cast<std::size_t>(state.at)]);
  }
  for (auto& [exit, children] : exits_)
    result_.exits.push_back({std::get<0>(exit), std::get<1>(exit), std::get<2>(exit), std::move(children)});
  return std::move(result_);
}

/// Ways that lead to one place with the same things in hand and other children go on as one: every child of any of them
/// may be there, and one that all of them have is there. Told apart they would be as many as subsets of the children.
void Walk::Pass::arrive(const State& state) {
  State place = state;
  const Extra& extra = walk_.extras_[state.extra];
  if (!extra.children.empty()) place.extra = walk_.extras_.number({{}, extra.counted});
  const auto [known, fresh] = seen_.try_emplace(place, Seen{state.extra, false});
  Seen& seen = known->second;
  if (!fresh && seen.extra != state.extra) {
    Extra both = walk_.extras_[seen.extra];
    both.children = on_either_way(both.children, extra.children);
    const ExtraId merged = walk_.extras_.number(both);
    if (merged == seen.extra) return;
    seen.extra = merged;
  } else if (!fresh) {
    return;
  }
  if (seen.open) return;
  walk_.budget_.spend();
  seen.open = true;
  open_.push_back(&*known);
}

void Walk::Pass::refuse(const State& state, Refusal::Kind why, std::vector<std::string> names) const {
  throw Refused({why, std::move(names), place(walk_.machine_, state.at)});
}

Amounts Walk::Pass::with(const State& state, Slot slot, std::int64_t n) {
  Amounts changed = held(state);
  if (walk_.follows(slot)) add_to(changed, slot, n);
  return changed;
}

Amounts Walk::Pass::without(const State& state, const Amounts& gives) {
  Amounts changed = held(state);
  for (const auto& [slot, n] : gives) {
    if (!walk_.follows(slot)) continue;
    if (amount_of(changed, slot) < n) refuse(state, Refusal::Kind::gives_unheld, {walk_.slots_.name(slot)});
    add_to(changed, slot, -n);
  }
  return changed;
}

Walk::ExtraId Walk::Pass::still_counted(const State& state) {
  const Extra& extra = walk_.extras_[state.extra];
  if (extra.counted.empty()) return state.extra;
  Extra changed = extra;
  std::erase_if(changed.counted, [&](Slot event) {
    const Slot guard = walk_.claims_.batch_of_event(event)->guard;
    return guard == no_slot || !holds(state, guard);
  });
  return walk_.extras_.number(changed);
}

void Walk::Pass::note_wait(int group, NodeId at) {
  if (group < result_.highest) {
    result_.highest = group;
    result_.highest_at = at;
  }
  if (!walk_.claims_.has_cases(group)) return;
  const auto place = std::lower_bound(result_.groups.begin(), result_.groups.end(), group);
  if (place == result_.groups.end() || *place != group) result_.groups.insert(place, group);
}

void Walk::Pass::wait(const Want& want, const State& state, const Amounts& held) {
  const int group = walk_.group_of(want.thing);
  const std::string name = walk_.slots_.name(want.thing);
  if (!walk_.first()) {
    if (group == walk_.plan_.group) walk_.columns_.insert({want, held, context_.of_class});
    return;
  }
  if (group == unranked) refuse(state, Refusal::Kind::wait_unranked, {name});
  if (walk_.slots_.is_resource(want.thing) && has_elements(walk_.slots_.resource(want.thing).kind) &&
      want.need > walk_.slots_.resource(want.thing).capacity) {
    throw Refused({.kind = Refusal::Kind::need_above_capacity,
                   .names = {name},
                   .at = place(walk_.machine_, state.at),
                   .figure = want.need,
                   .of = walk_.slots_.resource(want.thing).capacity});
  }
  note_wait(group, state.at);
  for (const auto& [slot, n] : held) {
    const int rank = walk_.group_of(slot);
    if (rank == unranked || rank < group) continue;
    if (rank == group && walk_.claims_.has_cases(group)) continue;
    if (slot == want.thing && walk_.slots_.is(slot, ResourceKind::order))
      continue;  // its own ticket: the lowest one's holder does not wait here
    refuse(state, Refusal::Kind::holds_low, {name, walk_.slots_.name(slot)});
  }
}

void Walk::Pass::step(const State& state, const Node& node) {
  switch (node.kind) {
    case NodeKind::take:
    case NodeKind::take_asleep:
    case NodeKind::try_take:
      return take(state, node);
    case NodeKind::give:
      return go(state, node.next, without(state, {{walk_.slots_.of(node.resource), node.n}}));
    case NodeKind::read_lock:
    case NodeKind::try_read_lock:
    case NodeKind::read_unlock:
    case NodeKind::write_arrive:
    case NodeKind::write_acquire:
    case NodeKind::try_write_lock:
    case NodeKind::write_unlock:
      return lock(state, node);
    case NodeKind::count:
    case NodeKind::await_zero:
      return count(state, node);
    case NodeKind::signal:
    case NodeKind::clear:
    case NodeKind::broadcast:
    case NodeKind::await:
      return event(state, node);
    case NodeKind::ticket:
    case NodeKind::await_turn:
    case NodeKind::pass_turn:
      return order(state, node);
    case NodeKind::spawn:
    case NodeKind::spawn_submit:
      return spawn(state, node);
    case NodeKind::await_children:
      return await_children(state, node);
    case NodeKind::call:
      return call(state, node);
    case NodeKind::await_detach:
      refuse(state, Refusal::Kind::submission_apart);
    case NodeKind::choose:
      if (node.choices < 1) refuse(state, Refusal::Kind::choice_empty);
      for (const NodeId next : successors(walk_.machine_, node)) go(state, next);
      return;
    case NodeKind::test:
      go(state, node.next);
      return go(state, node.other);
    case NodeKind::detach:
      return arrive(
          {node.next, walk_.amounts_.number(without(state, walk_.amounts_[state.pending])), 0, still_counted(state)});
    case NodeKind::spend:
    case NodeKind::remember:
    case NodeKind::end_writeback:
      return go(state, node.next);
    case NodeKind::finish:
      return leave(state, node.status);
    case NodeKind::stop:
      return;  // nobody is left who could wait
  }
}

void Walk::Pass::leave(const State& state, models::Status status) {
  const std::vector<Children>& children = walk_.extras_[state.extra].children;
  const auto [known, fresh] = exits_.emplace(std::tuple(status, state.held, state.pending), children);
  if (!fresh) known->second = on_either_way(known->second, children);
}

void Walk::Pass::take(const State& state, const Node& node) {
  const Slot slot = walk_.slots_.of(node.resource);
  const Resource& resource = walk_.slots_.resource(slot);
  const bool always = resource.soft && resource.allocator == AllocatorRule::always;
  const bool never = !resource.soft || resource.allocator == AllocatorRule::never;
  if (node.kind == NodeKind::take_asleep) refuse(state, Refusal::Kind::sleeper_never_took);
  if (node.kind == NodeKind::take && !always) wait({slot, std::int64_t{node.n} + node.keep, false}, state, held(state));
  if (node.kind == NodeKind::try_take && !always) go(state, node.other);
  const Amounts more = with(state, slot, node.n);
  const NodeId from_reserve = node.reserve_next != models::no_node ? node.reserve_next : node.next;
  if (!never) go(state, node.next, more);
  if (!always) go(state, from_reserve, more);
}

void Walk::Pass::lock(const State& state, const Node& node) {
  const Slot reading = walk_.slots_.of(node.resource), writing = walk_.slots_.writing(node.resource);
  switch (node.kind) {
    case NodeKind::read_lock:
      if (walk_.survey_.asked_to_write[static_cast<std::size_t>(node.resource)])
        wait({reading, 1, false}, state, held(state));
      return go(state, node.next, with(state, reading, 1));
    case NodeKind::write_arrive: {
      const Node& acquire = walk_.machine_.nodes[static_cast<std::size_t>(node.next)];
      if (acquire.kind != NodeKind::write_acquire || acquire.resource != node.resource)
        refuse(state, Refusal::Kind::writer_strays);
      wait({reading, 1, true}, state, held(state));
      return go(state, acquire.next, with(state, writing, 1));
    }
    case NodeKind::write_acquire:
      refuse(state, Refusal::Kind::writer_never_queued);
    case NodeKind::try_read_lock:
    case NodeKind::try_write_lock:
      go(state, node.other);
      return go(state, node.next, with(state, node.kind == NodeKind::try_read_lock ? reading : writing, 1));
    default:
      return go(state, node.next, without(state, {{node.kind == NodeKind::read_unlock ? reading : writing, 1}}));
  }
}

void Walk::Pass::count(const State& state, const Node& node) {
  const Slot counter = walk_.slots_.of(node.resource);
  if (node.kind == NodeKind::await_zero) {
    wait({counter, 1, false}, state, held(state));
    return go(state, node.next);
  }
  const Amounts after = node.n < 0 ? without(state, {{counter, -std::int64_t{node.n}}}) : with(state, counter, node.n);
  const BatchRule* batch = walk_.claims_.batch_of_counter(counter);
  Extra extra = walk_.extras_[still_counted(state)];
  if (batch != nullptr) std::erase(extra.counted, batch->event);
  const ExtraId forgotten = walk_.extras_.number(extra);
  // Counting up never ends at zero; the other branch may still be the one of a threshold.
  if (node.n <= 0 || node.keep > 0) {
    Amounts owing = after;
    if (batch != nullptr && node.n < 0 && walk_.follows(batch->event) && amount_of(owing, batch->event) == 0)
      add_to(owing, batch->event, 1);
    arrive({node.other, walk_.amounts_.number(owing), state.pending, forgotten});
  }
  const bool guarded = batch != nullptr && (batch->guard == no_slot || holds(state, batch->guard));
  if (guarded && node.n < 0 && node.keep == 0) {
    extra.counted.insert(std::lower_bound(extra.counted.begin(), extra.counted.end(), batch->event), batch->event);
  }
  arrive({node.next, walk_.amounts_.number(after), state.pending, walk_.extras_.number(extra)});
}

void Walk::Pass::event(const State& state, const Node& node) {
  const Slot event = walk_.slots_.of(node.resource);
  const BatchRule* batch = walk_.claims_.batch_of_event(event);
  const bool ends_debt = (node.kind == NodeKind::broadcast && batch != nullptr) ||
                         (node.kind == NodeKind::signal && walk_.claims_.owed_by[static_cast<std::size_t>(event)] >= 0);
  if (node.kind == NodeKind::broadcast && batch != nullptr && walk_.first() && batch->guard != no_slot &&
      !holds(state, batch->guard)) {
    refuse(state, Refusal::Kind::batch_unguarded_end, {walk_.slots_.name(event), walk_.slots_.name(batch->guard)});
  }
  if (ends_debt) return go(state, node.next, without(state, {{event, amount_of(held(state), event)}}));
  if (node.kind != NodeKind::await || !walk_.survey_.awaited_event[static_cast<std::size_t>(event)])
    return go(state, node.next);
  wait({event, 1, false}, state, held(state));
  if (batch == nullptr) return go(state, node.next);
  Extra extra = walk_.extras_[state.extra];
  if (walk_.first() && std::find(extra.counted.begin(), extra.counted.end(), event) == extra.counted.end()) {
    refuse(state, Refusal::Kind::batch_awaited_elsewhere,
           {walk_.slots_.name(event), walk_.slots_.name(batch->counter),
            batch->guard == no_slot ? "" : walk_.slots_.name(batch->guard)});
  }
  extra = walk_.extras_[still_counted(state)];
  std::erase(extra.counted, event);
  arrive({node.next, state.held, state.pending, walk_.extras_.number(extra)});
}

void Walk::Pass::order(const State& state, const Node& node) {
  const Slot order = walk_.slots_.of(node.resource);
  const std::string name = walk_.slots_.name(order);
  if (!walk_.follows(order)) return go(state, node.next);
  const std::int64_t has = amount_of(held(state), order);
  // Where nobody waits for a turn only the tickets count.
  const bool waited = walk_.group_of(order) != unranked || node.kind == NodeKind::await_turn;
  if (!waited)
    return go(state, node.next, node.kind == NodeKind::ticket ? with(state, order, 1) : without(state, {{order, 1}}));
  // Held 1: a ticket is drawn; 2: its turn has come.
  switch (node.kind) {
    case NodeKind::ticket:
      if (has != 0) refuse(state, Refusal::Kind::second_ticket, {name});
      return go(state, node.next, with(state, order, 1));
    case NodeKind::await_turn:
      if (has == 0) refuse(state, Refusal::Kind::turn_without_ticket, {name});
      wait({order, 1, false}, state, held(state));
      return go(state, node.next, with(state, order, 2 - has));
    default:
      if (has != 2) refuse(state, Refusal::Kind::turn_not_awaited, {name});
      return go(state, node.next, without(state, {{order, 2}}));
  }
}

void Walk::Pass::spawn(const State& state, const Node& node) {
  Root root{flow_at(walk_.machine_, node.entry), -1, node.kind == NodeKind::spawn_submit, {}};
  for (std::int32_t i = 0; i < node.gives; ++i) {
    const models::GiveBack& with = walk_.machine_.gives[static_cast<std::size_t>(node.first_give + i)];
    if (walk_.follows(walk_.slots_.of(with.resource))) add_to(root.with, walk_.slots_.of(with.resource), with.n);
  }
  const Amounts left = without(state, root.with);
  std::uint8_t& statuses = walk_.roots_.spawned_statuses[static_cast<std::size_t>(state.at)];
  const std::uint8_t ends = walk_.first() ? walk_.run_root(root) : statuses;
  if (walk_.first()) statuses = static_cast<std::uint8_t>(statuses | ends);
  State after{node.next, walk_.amounts_.number(left), state.pending, still_counted(state)};
  Extra extra = walk_.extras_[after.extra];
  if (context_.children_count) join(extra.children, {root.flow, ends, true});
  after.extra = walk_.extras_.number(extra);
  if (!root.submitted) return arrive(after);
  const Node& awaits = walk_.machine_.nodes[static_cast<std::size_t>(node.next)];
  if (awaits.kind != NodeKind::await_detach) refuse(state, Refusal::Kind::submission_not_awaited);
  wait({walk_.slots_.submission(root.flow), 1, false}, state, left);
  go(after, awaits.next);
}

void Walk::Pass::await_children(const State& state, const Node& node) {
  if (context_.callers_children) refuse(state, Refusal::Kind::children_meet);
  const Extra& extra = walk_.extras_[state.extra];
  unsigned may = 0, least = 0;  // the worst of them decides; each has at least its best
  bool certain = false;
  for (const Children& children : extra.children) {
    wait({walk_.slots_.completion(children.flow), 1, false}, state, held(state));
    may |= children.statuses;
    if (!children.certain) continue;
    certain = true;
    unsigned best = 0;
    while (best < 2 && (children.statuses >> best & 1U) == 0) ++best;
    least = std::max(least, best);
  }
  Extra alone = walk_.extras_[still_counted(state)];
  alone.children.clear();
  if (!certain) may |= 1U;
  for (unsigned status = least; status < 3; ++status) {
    if ((may >> status & 1U) != 0)
      arrive({node.by_status[status], state.held, state.pending, walk_.extras_.number(alone)});
  }
}

void Walk::Pass::call(const State& state, const Node& node) {
  const models::FlowId callee = flow_at(walk_.machine_, node.entry);
  const FlowFacts& facts = walk_.survey_.flows[static_cast<std::size_t>(callee)];
  const bool inherit = node.context == models::CallContext::inherit, async = node.context == models::CallContext::async;
  const AmountsId at_detach = inherit ? state.pending : async ? walk_.amounts_.number(walk_.gives_of_call(node)) : 0;
  Context inner;
  inner.flow = callee;
  inner.pending = facts.detaches ? at_detach : 0;
  inner.children_count = context_.children_count;
  inner.callers_children =
      facts.awaits_children && (context_.callers_children || !walk_.extras_[state.extra].children.empty());
  inner.of_class = walk_.waits_in_group(callee) ? context_.of_class : -1;
  const auto [told, rest] = walk_.split(held(state), callee, inner.pending);
  inner.held = walk_.amounts_.number(told);
  const Result& inside = walk_.run(inner);
  walk_.put_aside(rest, inside, state.at);
  if (inside.highest != INT_MAX) {
    note_wait(inside.highest, inside.highest_at);
    for (const int group : inside.groups) note_wait(group, inside.highest_at);
  }
  for (const Exit& exit : inside.exits) {
    State after{node.by_status[static_cast<std::size_t>(exit.status)], 0, state.pending, 0};
    Amounts both;
    const Amounts& given = walk_.amounts_[exit.held];
    std::merge(rest.begin(), rest.end(), given.begin(), given.end(), std::back_inserter(both));
    after.held = walk_.amounts_.number(both);
    const AmountsId left = facts.detaches ? exit.pending : at_detach;
    if (inherit) after.pending = left;
    if (async) after.held = walk_.amounts_.number(without({state.at, after.held, 0, 0}, walk_.amounts_[left]));
    Extra extra = walk_.extras_[state.extra];
    extra.counted.clear();  // what is counted and awaited stands in one flow
    for (const Children& children : exit.children) join(extra.children, children);
    after.extra = walk_.extras_.number(extra);
    arrive(after);
  }
}

}  // namespace dmstall::analysis::checking
