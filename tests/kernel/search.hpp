// Every schedule of a small machine, as far as dead states go.
//
// Steps that take nothing and that nobody can be hurt by (time, calls, gives to pools nobody tests for emptiness) run
// at once; everything else is tried in every order. Requests that do the same are counted, not told apart.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "models/machine/stuck.hpp"
#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {

struct SearchAnswer {
  bool known = false;  ///< false: the cap ended the search
  bool dead = false;
  bool can_complete = false;
  std::size_t states = 0;
  std::set<std::string> waited_for;  ///< in the dead states: resources of the steps at which tokens stand
};

class Search {
 public:
  explicit Search(const Machine& machine, std::size_t cap = 300'000) : machine_(&machine), cap_(cap) {}

  SearchAnswer run() {
    models::World world(*machine_);
    for (std::size_t c = 0; c < machine_->classes.size(); ++c) {
      for (std::int64_t i = 0; i < machine_->classes[c].population; ++i) world.start(static_cast<std::int32_t>(c));
    }
    std::vector<models::World> todo;
    visit(std::move(world), todo);
    while (!todo.empty() && known_.size() <= cap_) {
      const models::World from = std::move(todo.back());
      todo.pop_back();
      expand(from, todo);
    }
    answer_.known = todo.empty();
    answer_.states = known_.size();
    return answer_;
  }

 private:
  bool harmless(const Node& node) const {
    switch (node.kind) {
      case NodeKind::spend:
      case NodeKind::call:
      case NodeKind::finish:
      case NodeKind::spawn:
      case NodeKind::spawn_submit:
      case NodeKind::await_detach:
      case NodeKind::await_children:
      case NodeKind::remember:
        return true;
      case NodeKind::give:
        return !machine_->read_negatively[static_cast<std::size_t>(node.resource)];
      case NodeKind::detach:
        return true;
      default:
        return false;
    }
  }

  void visit(models::World world, std::vector<models::World>& todo) {
    for (bool moved = true; moved;) {
      moved = false;
      for (const TokenId id : world.live()) {
        const std::int64_t serial = world.token(id).serial;
        while (world.find(serial) != models::no_token && harmless(world.node_of(id))) {
          enabled_.clear();
          world.alternatives(id, enabled_);
          if (enabled_.empty()) break;
          world.apply(id, enabled_.front(), effects_);
          moved = true;
        }
      }
    }
    if (!known_.insert(key(world)).second) return;
    if (world.live_count() == 0) answer_.can_complete = true;
    if (models::is_dead(world)) {
      answer_.dead = true;
      for (const TokenId id : world.live()) {
        const ResourceId resource = world.node_of(id).resource;
        if (resource != models::no_resource)
          answer_.waited_for.insert(machine_->resources[static_cast<std::size_t>(resource)].name);
      }
    }
    todo.push_back(std::move(world));
  }

  void expand(const models::World& from, std::vector<models::World>& todo) {
    for (const TokenId id : from.live()) {
      enabled_.clear();
      from.alternatives(id, enabled_);
      for (const models::Alternative& alternative : std::vector<models::Alternative>(enabled_)) {
        models::World after = from;
        after.apply(id, alternative, effects_);
        if (effects_.error) throw std::runtime_error(*effects_.error);
        visit(std::move(after), todo);
      }
    }
  }

  std::string key(const models::World& world) const {
    const std::vector<TokenId> live = world.live();
    const auto serving = [&](ResourceId order) {
      return world.levels().words[static_cast<std::size_t>(machine_->slots[static_cast<std::size_t>(order)].first + 1)];
    };
    const auto describe = [&](const auto& self, TokenId id) -> std::string {
      const auto& token = world.token(id);
      std::string text = std::to_string(token.request_class) + "@" + std::to_string(token.at) +
                         (token.submitting ? "s" : "") + (token.being_submitted ? "b" : "") +
                         (token.awoken ? "w" : "") + std::to_string(static_cast<int>(token.worst));
      for (const auto& frame : token.frames) text += "<" + std::to_string(frame.call);
      for (const auto& [order, number] : token.tickets) text += "#" + std::to_string(number - serving(order));
      std::multiset<std::string> children;
      for (const TokenId other : live) {
        if (world.token(other).parent_serial == token.serial) children.insert(self(self, other));
      }
      for (const std::string& child : children) text += "(" + child + ")";
      return text;
    };
    std::multiset<std::string> roots;
    for (const TokenId id : live) {
      if (world.find(world.token(id).parent_serial) == models::no_token) roots.insert(describe(describe, id));
    }
    std::vector<std::int32_t> words = world.levels().words;
    for (std::size_t r = 0; r < machine_->resources.size(); ++r) {
      if (machine_->resources[r].kind != ResourceKind::order) continue;
      const auto first = static_cast<std::size_t>(machine_->slots[r].first);
      words[first] -= words[first + 1];
      words[first + 1] = 0;
    }
    std::string text = std::to_string(world.levels().free_pages);
    for (const std::int32_t word : words) text += "," + std::to_string(word);
    for (const std::string& root : roots) text += ";" + root;
    return text;
  }

  const Machine* machine_;
  std::size_t cap_;
  SearchAnswer answer_;
  std::set<std::string> known_;
  std::vector<models::Alternative> enabled_;
  models::StepEffects effects_;
};

inline SearchAnswer search(const std::string& body, std::size_t cap = 300'000) {
  const Machine machine = machine_of(body);
  return Search(machine, cap).run();
}

}  // namespace dmstall::tests
