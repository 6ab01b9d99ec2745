#include "analysis/engines/prove/flow_summary.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "models/machine/graph.hpp"

namespace dmstall::analysis {

using models::CallContext;
using models::FlowId;
using models::GiveBack;
using models::Machine;
using models::no_node;
using models::no_resource;
using models::Node;
using models::NodeId;
using models::NodeKind;
using models::ResourceId;
using models::Status;

namespace {

using models::at;

/// Where a token stands in a flow, and what it has done since it entered it.
struct Position {
  NodeId at = no_node;
  Holdings held;
  bool detached = false;
  ResourceId counted_out = no_resource;  ///< of the event: it has left the batch and others have not
  bool operator==(const Position&) const = default;
};

/// Flows, in order, each once.
using FlowSet = std::vector<FlowId>;

void join(FlowSet& all, const FlowSet& more) {
  if (more.empty() || all == more) return;
  FlowSet both;
  std::set_union(all.begin(), all.end(), more.begin(), more.end(), std::back_inserter(both));
  all = std::move(both);
}

struct PositionHash {
  std::size_t operator()(const Position& p) const {
    std::size_t h = p.held.hash() * 31 + static_cast<std::size_t>(p.at) * 0x9e3779b97f4a7c15U;
    h ^= (static_cast<std::size_t>(p.counted_out) << 1U) ^ static_cast<std::size_t>(p.detached);
    return h ^ (h >> 31U);
  }
};

template <typename T>
std::vector<T> listed(std::set<T>& from) {
  std::vector<T> result;
  while (!from.empty()) result.push_back(std::move(from.extract(from.begin()).value()));
  return result;
}

}  // namespace

/// One flow, from its entry to its ends.
class FlowWalk {
 public:
  /// `keeps_children`: somebody may await what the flow spawns.
  FlowWalk(const Summaries& summaries, FlowId flow, bool keeps_children, Deadline& deadline)
      : deadline_(deadline),
        summaries_(summaries),
        things_(summaries.things_),
        machine_(things_.machine()),
        flow_(flow),
        keeps_children_(keeps_children) {}

  /// Fills `result`; none, or why nothing can be shown.
  Objection run(FlowSummary& result, std::size_t& positions) {
    Position first;
    first.at = machine_.flow_entry[at(flow_)];
    visit(std::move(first), {});
    while (!todo_.empty() && !objection_) {
      auto& [next, reached] = *todo_.back();
      todo_.pop_back();
      reached.to_do = false;
      const FlowSet children = reached.children;
      deadline_.poll();
      if (++positions > Summaries::most_positions)
        return {.kind = Objection::Kind::positions, .figure = Summaries::most_positions};
      if (known_.size() > most_in_a_flow)
        return {.kind = Objection::Kind::positions_of_flow,
                .names = {machine_.flows[at(flow_)].name},
                .figure = most_in_a_flow};
      expand(next, children);
    }
    result.waits = listed(waits_);
    result.calls = listed(calls_);
    result.spawns = listed(spawns_);
    for (auto& [end, children] : exits_) {
      const auto& [status, held, detached] = end;
      result.exits.push_back({status, held, detached, std::move(children)});
    }
    result.guarded = listed(guarded_);
    result.lowest = std::move(lowest_);
    result.highest = std::move(highest_);
    result.joins = joins_;
    return objection_;
  }

 private:
  static constexpr std::size_t most_in_a_flow = 2'000'000;

  /// What is known of a position: the children that a token may have spawned and not awaited when it stands there.
  /// They change neither where it goes nor what it holds, and each is waited for on its own, so the union over all ways
  /// that lead there says as much as the ways themselves, of which there are as many as subsets (a separable gen/kill
  /// problem: Reps, Horwitz, Sagiv, "Precise interprocedural dataflow analysis via graph reachability", POPL 1995).
  struct Reached {
    FlowSet children;
    bool to_do = false;
  };
  using Known = std::unordered_map<Position, Reached, PositionHash>;

  void visit(Position position, const FlowSet& children) {
    const auto [place, fresh] = known_.try_emplace(std::move(position));
    Reached& reached = place->second;
    const std::size_t before = reached.children.size();
    join(reached.children, children);
    const bool more = fresh || reached.children.size() > before;
    if (!more || reached.to_do) return;
    reached.to_do = true;
    todo_.push_back(&*place);
  }

  void go(const Position& from, NodeId to, Holdings held) {
    if (to == no_node) return;
    visit({to, std::move(held), from.detached, from.counted_out}, *children_);
  }
  void go(const Position& from, NodeId to) { go(from, to, from.held); }

  /// Changes what is held and notes how far down and up it went.
  void change(Holdings& held, HoldId hold, std::int32_t n) {
    held.add(hold, n);
    const std::int32_t now = held.of(hold);
    if (now < lowest_.of(hold)) lowest_.set(hold, now);
    const bool counted = things_.is_turn(hold) ||
                         (things_.resource_of(hold) != no_resource &&
                          machine_.resources[at(things_.resource_of(hold))].kind == models::ResourceKind::order);
    if (counted && now > highest_.of(hold)) highest_.set(hold, now);
  }

  Holdings with(const Position& from, HoldId hold, std::int32_t n) {
    Holdings held = from.held;
    const ThingId thing = things_.thing_of(hold);
    if (thing == no_thing || things_.followed(thing)) change(held, hold, n);
    return held;
  }

  void wait(const Position& from, ThingId thing, std::int64_t need = 1, bool writing = false) {
    Wait found{thing, need, writing, no_node, from.held, from.detached};
    const auto [known, fresh] = seen_waits_.insert(found);
    if (!fresh) return;
    found.node = from.at;
    waits_.insert(std::move(found));
  }

  /// Steps of a batch are taken while its guard is held.
  void guard(const Position& from, ResourceId event) { guarded_.insert({event, from.held}); }

  void expand(const Position& from, const FlowSet& children) {
    children_ = &children;
    const Node& node = machine_.nodes[at(from.at)];
    if (from.counted_out != no_resource && node.kind != NodeKind::await) guard(from, from.counted_out);
    if (things_.may_wait(node) && node.resource != no_resource && node.kind != NodeKind::await_turn) {
      wait(from, node.resource, models::has_elements(machine_.resources[at(node.resource)].kind) ? need_of(node) : 1,
           node.kind == NodeKind::write_acquire);
    }
    switch (node.kind) {
      case NodeKind::take:
      case NodeKind::take_asleep: {
        const Holdings held = with(from, node.resource, node.n);
        go(from, node.next, held);
        if (node.reserve_next != node.next) go(from, node.reserve_next, held);
        return;
      }
      case NodeKind::try_take:
        go(from, node.other);
        return go(from, node.next, with(from, node.resource, node.n));
      case NodeKind::give:
        return go(from, node.next, with(from, node.resource, -node.n));
      case NodeKind::read_lock:
        return go(from, node.next, with(from, node.resource, 1));
      case NodeKind::try_read_lock:
        go(from, node.other);
        return go(from, node.next, with(from, node.resource, 1));
      case NodeKind::read_unlock:
        return go(from, node.next, with(from, node.resource, -1));
      case NodeKind::try_write_lock:
        go(from, node.other);
        [[fallthrough]];
      case NodeKind::write_acquire:
        return go(from, node.next, with(from, things_.writing(node.resource), 1));
      case NodeKind::write_unlock:
        return go(from, node.next, with(from, things_.writing(node.resource), -1));
      case NodeKind::count:
        return count(from, node);
      case NodeKind::broadcast: {
        guard(from, node.resource);
        Holdings held = from.held;
        if (held.of(node.resource) > 0) held.set(node.resource, 0);
        return go(from, node.next, std::move(held));
      }
      case NodeKind::signal:
        return signal(from, node);
      case NodeKind::await: {
        const auto& source = things_.source(node.resource);
        if (source && source->counter != no_resource && from.counted_out != node.resource) {
          objection_ = {Objection::Kind::batch_not_left,
                        {machine_.flows[at(flow_)].name, machine_.resources[at(node.resource)].name}};
          return;
        }
        return visit({node.next, from.held, from.detached, no_resource}, children);
      }
      case NodeKind::ticket:
        return go(from, node.next, with(from, node.resource, 1));
      case NodeKind::await_turn: {
        Holdings probe = with(from, node.resource, -1);  // a ticket must be held
        wait(from, node.resource);
        return go(from, node.next, with(from, things_.turn(node.resource), 1));
      }
      case NodeKind::pass_turn: {
        Holdings held = with(from, things_.turn(node.resource), -1);
        change(held, node.resource, -1);
        return go(from, node.next, std::move(held));
      }
      case NodeKind::choose:
        for (std::int32_t i = 0; i < node.choices; ++i) go(from, machine_.choices[at(node.first_choice + i)].next);
        return;
      case NodeKind::test:
        go(from, node.other);
        return go(from, node.next);
      case NodeKind::spawn:
      case NodeKind::spawn_submit:
        return spawn(from, node);
      case NodeKind::await_children: {
        joins_ = true;
        for (const FlowId child : children) wait(from, things_.completion(child));
        for (const NodeId to : node.by_status) {
          if (to != no_node) visit({to, from.held, from.detached, no_resource}, {});
        }
        return;
      }
      case NodeKind::call:
        return call(from, node);
      case NodeKind::detach:
        return visit({node.next, from.held, true, from.counted_out}, children);
      case NodeKind::finish:
        join(exits_[{node.status, from.held, from.detached}], children);
        return;
      case NodeKind::stop:
        return;  // never waits, and whatever it holds nobody waits for any more
      case NodeKind::write_arrive:
      case NodeKind::clear:
      case NodeKind::spend:
      case NodeKind::remember:
      case NodeKind::await_zero:
      case NodeKind::await_detach:  // noted where the child was spawned
      case NodeKind::end_writeback:
        return go(from, node.next);
    }
  }

  void count(const Position& from, const Node& node) {
    Holdings held = with(from, node.resource, node.n);
    const ResourceId event = things_.announced_by(node.resource);
    if (event == no_resource || node.n >= 0) {
      go(from, node.next, held);
      if (node.other != node.next) go(from, node.other, std::move(held));
      return;
    }
    // Brought to zero it owes the others their broadcast; otherwise the others owe it to this one.
    Holdings owes = held;
    owes.add(event, 1);
    go(from, node.other == no_node ? node.next : node.other, std::move(owes));
    visit({node.next, std::move(held), from.detached, node.keep == 0 ? event : no_resource}, *children_);
    if (node.keep != 0 && node.other != node.next) go(from, node.other, with(from, node.resource, node.n));
  }

  void signal(const Position& from, const Node& node) {
    const auto& source = things_.source(node.resource);
    Holdings held = from.held;
    const bool owes = source && source->owed_by >= 0 && machine_.classes[at(source->owed_by)].flow == flow_;
    if (owes && held.of(node.resource) == 0) change(held, node.resource, -1);
    go(from, node.next, std::move(held));
  }

  void spawn(const Position& from, const Node& node) {
    Position on{node.next, from.held, from.detached, from.counted_out};
    Spawn child;
    child.flow = machine_.nodes[at(node.entry)].flow;
    for (std::int32_t i = 0; i < node.gives; ++i) {
      const GiveBack& with = machine_.gives[at(node.first_give + i)];
      if (!things_.followed(with.resource)) continue;
      change(on.held, with.resource, -with.n);
      child.begins_with.add(with.resource, with.n);
    }
    child.begins_with.add(things_.completion(child.flow), 1);
    if (node.kind == NodeKind::spawn_submit) child.begins_with.add(things_.submission(child.flow), 1);
    FlowSet children = *children_;
    if (keeps_children_) join(children, {child.flow});
    if (node.kind == NodeKind::spawn_submit) wait(on, things_.submission(child.flow));
    spawns_.insert(std::move(child));
    visit(std::move(on), children);
  }

  void call(const Position& from, const Node& node) {
    const FlowId callee = machine_.nodes[at(node.entry)].flow;
    const FlowSummary& does = summaries_.of(callee);
    if (does.joins && !children_->empty()) {
      objection_ = {Objection::Kind::children_meet, {machine_.flows[at(flow_)].name, machine_.flows[at(callee)].name}};
      return;
    }
    joins_ = joins_ || does.joins;
    calls_.insert({from.at, callee, from.held, from.detached});
    const bool async = node.context == CallContext::async;
    const Holdings given = async ? summaries_.given_at_detach(node) : Holdings{};
    // Whether the elements given at detach are back by then is not followed here: they count as back.
    for (const auto& [hold, n] : does.lowest.entries()) lower(hold, from.held.of(hold) + n + given.of(hold));
    for (const auto& [hold, n] : given.entries()) lower(hold, from.held.of(hold) + n);
    for (const auto& [hold, n] : does.highest.entries()) {
      const std::int32_t now = from.held.of(hold) + n;
      if (now > highest_.of(hold)) highest_.set(hold, now);
    }
    for (const Exit& exit : does.exits) {
      deadline_.poll();
      Position on{node.by_status[static_cast<std::size_t>(exit.status)], from.held, from.detached, no_resource};
      on.held.add(exit.held);
      on.held.add(given);
      if (node.context == CallContext::inherit) on.detached = on.detached || exit.detached;
      FlowSet children = *children_;
      join(children, exit.children);
      if (on.at != no_node) visit(std::move(on), children);
    }
  }

  void lower(HoldId hold, std::int32_t to) {
    if (to < lowest_.of(hold)) lowest_.set(hold, to);
  }

  Deadline& deadline_;
  const Summaries& summaries_;
  const Things& things_;
  const Machine& machine_;
  FlowId flow_;
  bool keeps_children_;
  Known known_;  ///< nodes do not move: todo_ may point to them
  std::vector<Known::value_type*> todo_;
  const FlowSet* children_ = nullptr;  ///< of the position that is being expanded
  std::set<Wait> waits_, seen_waits_;
  std::set<Call> calls_;
  std::set<Spawn> spawns_;
  std::map<std::tuple<Status, Holdings, bool>, FlowSet> exits_;
  std::set<GuardedStep> guarded_;
  Holdings lowest_, highest_;
  bool joins_ = false;
  Objection objection_;
};

Holdings Summaries::given_at_detach(const Node& call) const {
  Holdings given;
  for (std::int32_t i = 0; i < call.gives; ++i) {
    const GiveBack& back = things_.machine().gives[at(call.first_give + i)];
    if (things_.followed(back.resource)) given.add(back.resource, -back.n);
  }
  return given;
}

std::vector<bool> Summaries::waited_for() const {
  std::vector<bool> result(things_.things(), false);
  for (const auto& [flow, summary] : known_) {
    for (const Wait& wait : summary.waits) result[at(wait.thing)] = true;
  }
  return result;
}

Objection Summaries::walk() {
  std::vector<std::vector<FlowId>> calls;
  if (Objection objection = put_in_order(calls)) return objection;
  const std::vector<bool> keeps_children = who_keeps_children(calls);
  for (const FlowId flow : order_) {
    FlowSummary summary;
    FlowWalk walk(*this, flow, keeps_children[at(flow)], deadline_);
    if (Objection objection = walk.run(summary, positions_)) return objection;
    known_.emplace(flow, std::move(summary));
  }
  return {};
}

/// Callees first; who comes back to itself by calls or spawns has no end that can be counted on.
Objection Summaries::put_in_order(std::vector<std::vector<FlowId>>& calls) {
  const Machine& machine = things_.machine();
  std::vector<std::vector<FlowId>> spawns(machine.flows.size());
  calls.assign(machine.flows.size(), {});
  std::vector<FlowId> begun;
  for (std::size_t i = 0; i < machine.nodes.size(); ++i) {
    const Node& node = machine.nodes[i];
    if (!things_.reached(static_cast<NodeId>(i)) || node.entry == no_node) continue;
    const FlowId to = machine.nodes[at(node.entry)].flow;
    (node.kind == NodeKind::call ? calls : spawns)[at(node.flow)].push_back(to);
    if (node.kind != NodeKind::call) begun.push_back(to);
  }
  for (const NodeId entry : machine.class_entry) begun.push_back(machine.nodes[at(entry)].flow);
  enum class Mark : std::uint8_t { fresh, open, done };
  std::vector<Mark> marks(machine.flows.size(), Mark::fresh);
  std::vector<std::pair<FlowId, std::size_t>> path;
  for (const FlowId root : begun) {
    if (marks[at(root)] != Mark::fresh) continue;
    marks[at(root)] = Mark::open;
    path.emplace_back(root, 0);
    while (!path.empty()) {
      auto& [flow, next] = path.back();
      const std::vector<FlowId>& called = calls[at(flow)];
      const std::vector<FlowId>& spawned = spawns[at(flow)];
      if (next < called.size() + spawned.size()) {
        const FlowId to = next < called.size() ? called[next] : spawned[next - called.size()];
        ++next;
        if (marks[at(to)] == Mark::open) return {Objection::Kind::own_caller, {machine.flows[at(to)].name}};
        if (marks[at(to)] == Mark::fresh) {
          marks[at(to)] = Mark::open;
          path.emplace_back(to, 0);
        }
        continue;
      }
      marks[at(flow)] = Mark::done;
      order_.push_back(flow);
      path.pop_back();
    }
  }
  return {};
}

/// Children that are left behind matter where somebody awaits: the flow, what it calls, or who calls it.
std::vector<bool> Summaries::who_keeps_children(const std::vector<std::vector<FlowId>>& calls) const {
  const Machine& machine = things_.machine();
  std::vector<bool> keeps(machine.flows.size(), false);
  for (std::size_t i = 0; i < machine.nodes.size(); ++i) {
    if (machine.nodes[i].kind == NodeKind::await_children && things_.reached(static_cast<NodeId>(i)))
      keeps[at(machine.nodes[i].flow)] = true;
  }
  for (const FlowId flow : order_) {
    for (const FlowId called : calls[at(flow)]) keeps[at(flow)] = keeps[at(flow)] || keeps[at(called)];
  }
  for (auto flow = order_.rbegin(); flow != order_.rend(); ++flow) {
    for (const FlowId called : calls[at(*flow)]) keeps[at(called)] = keeps[at(called)] || keeps[at(*flow)];
  }
  return keeps;
}

}  // namespace dmstall::analysis
