// Which resource is waited for while which one is held, on every path of a loop-free machine.
//
// Walks positions (node, calls it is in, what is held) as one token sees them, whatever the resources' state: any take
// may have to wait, a try never does. A ticket and a count are held until the turn is passed and the count taken back:
// others wait for that. What a broadcast wakes is held by whoever brought its counter to zero, until the broadcast.
#pragma once

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/machine/machine.hpp"

namespace dmstall::tests {

struct Waits {
  std::set<std::pair<std::string, std::string>> pairs;  ///< (held, waited for)
  std::set<std::string> waited_for, held;
  std::size_t positions = 0;
  std::set<std::pair<std::string, std::string>> signallers;  ///< (event, counter whose zero broadcasts it)
};

class WaitWalker {
 public:
  explicit WaitWalker(const models::Machine& machine) : machine_(machine) {
    for (std::size_t id = 0; id < machine.nodes.size(); ++id) find_broadcasts(static_cast<models::NodeId>(id));
  }

  Waits run() {
    for (const models::NodeId entry : machine_.class_entry) visit({entry, {}, {}});
    while (!todo_.empty()) {
      const Position next = todo_.back();
      todo_.pop_back();
      expand(next);
      if (known_.size() > 3'000'000) throw std::runtime_error("too many positions");
    }
    waits_.positions = known_.size();
    return waits_;
  }

 private:
  using Held = std::map<models::ResourceId, int>;
  struct Position {
    models::NodeId at = models::no_node;
    std::vector<models::NodeId> calls;
    Held held;
    bool operator<(const Position& other) const {
      if (at != other.at) return at < other.at;
      return calls != other.calls ? calls < other.calls : held < other.held;
    }
  };

  const models::Node& node(models::NodeId id) const { return machine_.nodes[static_cast<std::size_t>(id)]; }
  const std::string& name(models::ResourceId id) const { return machine_.resources[static_cast<std::size_t>(id)].name; }

  /// The event broadcast on the way from a count's zero branch, within its flow.
  void find_broadcasts(models::NodeId id) {
    const models::Node& count = node(id);
    if (count.kind != models::NodeKind::count || count.other == count.next) return;
    std::vector<models::NodeId> ahead{count.other};
    std::set<models::NodeId> seen;
    while (!ahead.empty()) {
      const models::NodeId next = ahead.back();
      ahead.pop_back();
      if (next == models::no_node || !seen.insert(next).second) continue;
      if (node(next).kind == models::NodeKind::broadcast) {
        announces_[id] = node(next).resource;
        waits_.signallers.insert({name(node(next).resource), name(count.resource)});
        return;
      }
      ahead.push_back(node(next).next);
      for (const models::NodeId by : node(next).by_status) ahead.push_back(by);
    }
  }

  void visit(Position position) {
    for (auto held = position.held.begin(); held != position.held.end();)
      held = held->second == 0 ? position.held.erase(held) : std::next(held);
    if (known_.insert(position).second) todo_.push_back(std::move(position));
  }

  void go(const Position& from, models::NodeId to) { go(from, to, from.held); }
  void go(const Position& from, models::NodeId to, Held held) {
    if (to != models::no_node) visit({to, from.calls, std::move(held)});
  }

  static Held with(Held held, models::ResourceId resource, int n) {
    held[resource] += n;
    return held;
  }

  void wait(const Position& at, models::ResourceId resource) {
    waits_.waited_for.insert(name(resource));
    for (const auto& [held, n] : at.held) {
      waits_.held.insert(name(held));
      if (n > 0) waits_.pairs.insert({name(held), name(resource)});
    }
  }

  Held after_detach(const Position& at) const {
    Held held = at.held;
    for (auto call = at.calls.rbegin(); call != at.calls.rend(); ++call) {
      const models::Node& frame = node(*call);
      if (frame.context == models::CallContext::inherit) continue;
      if (frame.context == models::CallContext::async) {
        for (int i = 0; i < frame.gives; ++i) {
          const models::GiveBack& back = machine_.gives[static_cast<std::size_t>(frame.first_give + i)];
          held[back.resource] -= back.n;
        }
      }
      break;
    }
    return held;
  }

  void expand(const Position& at) {
    using models::NodeKind;
    const models::Node& step = node(at.at);
    if (step.back_edge) throw std::runtime_error("the machine has a loop");
    switch (step.kind) {
      case NodeKind::take:
      case NodeKind::take_asleep:
        wait(at, step.resource);
        go(at, step.next, with(at.held, step.resource, step.n));
        if (step.reserve_next != models::no_node) go(at, step.reserve_next, with(at.held, step.resource, step.n));
        return;
      case NodeKind::try_take:
        go(at, step.next, with(at.held, step.resource, step.n));
        go(at, step.other);
        return;
      case NodeKind::give:
        return go(at, step.next, with(at.held, step.resource, -step.n));
      case NodeKind::count: {
        const Held held = with(at.held, step.resource, step.n);
        go(at, step.next, held);
        const auto announced = announces_.find(at.at);
        if (step.other != step.next)
          go(at, step.other, announced == announces_.end() ? held : with(held, announced->second, 1));
        return;
      }
      case NodeKind::broadcast:
        return go(at, step.next, with(at.held, step.resource, -1));
      case NodeKind::ticket:
        return go(at, step.next, with(at.held, step.resource, 1));
      case NodeKind::pass_turn:
        return go(at, step.next, with(at.held, step.resource, -1));
      case NodeKind::await:
      case NodeKind::await_turn:
      case NodeKind::await_zero:
        wait(at, step.resource);
        return go(at, step.next);
      case NodeKind::choose:
        for (int i = 0; i < step.choices; ++i)
          go(at, machine_.choices[static_cast<std::size_t>(step.first_choice + i)].next);
        return;
      case NodeKind::call: {
        Position inside{step.entry, at.calls, at.held};
        inside.calls.push_back(at.at);
        return visit(std::move(inside));
      }
      case NodeKind::finish: {
        if (at.calls.empty()) {
          for (const auto& [resource, n] : at.held) leftover_.insert(name(resource));
          if (!leftover_.empty()) throw std::runtime_error("a request ends holding " + *leftover_.begin());
          return;
        }
        Position outside{node(at.calls.back()).by_status[static_cast<std::size_t>(step.status)], at.calls, at.held};
        outside.calls.pop_back();
        return visit(std::move(outside));
      }
      case NodeKind::detach:
        return go(at, step.next, after_detach(at));
      case NodeKind::spawn: {
        if (step.gives != 0) throw std::runtime_error("spawn with elements: not in these machines");
        visit({step.entry, {}, {}});  // a work item of its own: nobody waits for it
        return go(at, step.next);
      }
      case NodeKind::test:  // asks without waiting
        go(at, step.other);
        return go(at, step.next);
      case NodeKind::signal:
      case NodeKind::spend:
      case NodeKind::remember:
      case NodeKind::end_writeback:
        return go(at, step.next);
      default:
        throw std::runtime_error("a step that this walk does not know");
    }
  }

  const models::Machine& machine_;
  std::map<models::NodeId, models::ResourceId> announces_;
  std::set<Position> known_;
  std::vector<Position> todo_;
  std::set<std::string> leftover_;
  Waits waits_;
};

}  // namespace dmstall::tests
