#include "models/machine/stuck.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "models/machine/graph.hpp"
#include "models/machine/potential.hpp"

namespace dmstall::models {

namespace {

/// Whether some path passes the turn without having awaited it since it drew its ticket: then a ticket that is never
/// passed on does not hold up those behind it. Paths over (node, awaited), all returns of a flow mixed.
bool turns_may_be_skipped(const Machine& machine, ResourceId order) {
  std::vector<std::array<bool, 2>> seen(machine.nodes.size(), {false, false});
  std::vector<std::pair<NodeId, bool>> work;
  const auto reach = [&](NodeId to, bool awaited) {
    if (to == no_node || seen[static_cast<std::size_t>(to)][awaited ? 1 : 0]) return;
    seen[static_cast<std::size_t>(to)][awaited ? 1 : 0] = true;
    work.emplace_back(to, awaited);
  };
  for (const NodeId entry : machine.class_entry) reach(entry, false);
  std::vector<NodeId> calls;
  for (std::size_t i = 0; i < machine.nodes.size(); ++i) {
    if (machine.nodes[i].kind == NodeKind::call) calls.push_back(static_cast<NodeId>(i));
  }
  while (!work.empty()) {
    auto [id, awaited] = work.back();
    work.pop_back();
    const Node& node = node_at(machine, id);
    switch (node.kind) {
      case NodeKind::ticket:
        if (node.resource == order) awaited = false;
        break;
      case NodeKind::await_turn:
        if (node.resource == order) awaited = true;
        break;
      case NodeKind::pass_turn:
        if (node.resource == order && !awaited) return true;
        if (node.resource == order) awaited = false;
        break;
      case NodeKind::call:
        reach(node.entry, awaited);
        continue;
      case NodeKind::finish:
        for (const NodeId call : calls) {
          const Node& caller = node_at(machine, call);
          if (node_at(machine, caller.entry).flow == node.flow) {
            reach(caller.by_status[static_cast<std::size_t>(node.status)], awaited);
          }
        }
        continue;
      case NodeKind::spawn:
      case NodeKind::spawn_submit:
        reach(node.entry, false);
        break;
      case NodeKind::stop:
        continue;
      default:
        break;
    }
    for_each_next(machine, node, [&](NodeId to) { reach(to, awaited); });
  }
  return false;
}

class StuckSearch {
 public:
  StuckSearch(const World& world, const std::vector<bool>& to_come, bool ignore_pages)
      : world_(world),
        machine_(world.machine()),
        potential_(world.machine()),
        to_come_(to_come),
        ignore_pages_(ignore_pages) {}

  std::vector<TokenId> run() {
    for (const TokenId id : world_.live()) (can_move(id) ? moving_ : blocked_).push_back(id);
    for (const TokenId id : blocked_) in_blocked_.insert(id);
    collect_families();
    // Whoever a moving token might help is moved over, until nobody can be helped any more.
    for (bool changed = true; changed;) {
      changed = false;
      gains_.clear();
      find_coming_classes();
      if (anyone_stops_the_machine()) return {};
      pages_may_come_ = !ignore_pages_ && anyone_frees_pages();
      std::vector<TokenId> still;
      for (const TokenId id : blocked_) {
        if (may_be_helped(id)) {
          in_blocked_.erase(id);
          moving_.push_back(id);
          changed = true;
        } else {
          still.push_back(id);
        }
      }
      blocked_ = std::move(still);
    }
    // An idle daemon is not stuck; one that holds what another waits for is part of it.
    std::vector<TokenId> stuck;
    bool somebody = false;
    for (const TokenId id : blocked_) {
      const bool daemon = world_.token(id).daemon;
      somebody = somebody || !daemon;
      if (!daemon || holds_what_another_waits_for(id)) stuck.push_back(id);
    }
    return somebody ? stuck : std::vector<TokenId>{};
  }

 private:
  bool holds_what_another_waits_for(TokenId id) const {
    const Token& holder = world_.token(id);
    return std::any_of(blocked_.begin(), blocked_.end(), [&](TokenId other) {
      if (other == id) return false;
      const ResourceId wanted = node_at(machine_, world_.token(other).at).resource;
      return wanted != no_resource && std::any_of(holder.held.begin(), holder.held.end(),
                                                  [&](const Holding& held) { return held.resource == wanted; });
    });
  }

  bool can_move(TokenId id) {
    scratch_.clear();
    world_.alternatives(id, scratch_);
    const Node& node = world_.node_of(id);
    return std::any_of(scratch_.begin(), scratch_.end(), [&](const Alternative& alternative) {
      return !alternative.needs_allocator && !is_futile(node, alternative) &&
             !(ignore_pages_ && alternative.kind == AlternativeKind::page);
    });
  }

  bool anyone_stops_the_machine() {
    return std::any_of(moving_.begin(), moving_.end(),
                       [&](TokenId id) { return potential_.may_stop(world_.token(id)); }) ||
           std::any_of(coming_.begin(), coming_.end(), [&](NodeId entry) { return potential_.may_stop_from(entry); });
  }

  bool anyone_frees_pages() {
    const auto frees = [&](TokenId id) {
      const Token& token = world_.token(id);
      // An element given to a full reserve goes back to the allocator: a page, too.
      const auto from_pages = [&](const Holding& held) {
        const Resource& resource = machine_.resources[static_cast<std::size_t>(held.resource)];
        return resource.soft && resource.allocator == AllocatorRule::pages;
      };
      return potential_.may_free_pages(token) || std::any_of(token.held.begin(), token.held.end(), from_pages) ||
             gives_pages([&](ResourceId resource) { return potential_.gain(token, resource, false); });
    };
    return std::any_of(moving_.begin(), moving_.end(), frees) ||
           std::any_of(coming_.begin(), coming_.end(), [&](NodeId entry) {
             return potential_.may_free_pages_from(entry) ||
                    gives_pages([&](ResourceId resource) { return potential_.gain_from(entry, resource, false); });
           });
  }

  /// More gives than takes of a resource whose surplus goes back to the free pages.
  template <typename Gain>
  bool gives_pages(const Gain& gain_of) const {
    for (std::size_t i = 0; i < machine_.resources.size(); ++i) {
      const Resource& resource = machine_.resources[i];
      if (resource.soft && resource.allocator == AllocatorRule::pages && gain_of(static_cast<ResourceId>(i)) > 0)
        return true;
    }
    return false;
  }

  /// Classes of which another request can start: some place in flight is not taken by a blocked one.
  void find_coming_classes() {
    coming_.clear();
    for (std::size_t i = 0; i < to_come_.size(); ++i) {
      if (!to_come_[i]) continue;
      const auto blocked = std::count_if(blocked_.begin(), blocked_.end(), [&](TokenId id) {
        const Token& token = world_.token(id);
        return token.parent_serial < 0 && token.request_class == static_cast<std::int32_t>(i);
      });
      const std::int64_t places = machine_.classes[i].in_flight;
      if (places == 0 || blocked < places) coming_.push_back(machine_.class_entry[i]);
    }
  }

  void collect_families() {
    for (const TokenId id : world_.live()) {
      const Token& token = world_.token(id);
      if (token.parent == no_token) continue;
      const TokenId parent = world_.find(token.parent_serial);
      if (parent != no_token) children_[parent].push_back(id);
    }
  }

  /// What all moving tokens together, and requests still to come, can add to `resource`.
  std::int64_t gain(ResourceId resource) {
    if (const auto known = gains_.find(resource); known != gains_.end()) return known->second;
    std::int64_t sum = 0;
    const bool by_pages = pages_may_come_ || (!ignore_pages_ && world_.levels().free_pages > 0);
    // An allocator that never refuses leaves the elements alone: every give adds one.
    const Resource& of = machine_.resources[static_cast<std::size_t>(resource)];
    const bool takes_are_free = by_pages || (of.soft && of.allocator == AllocatorRule::always);
    for (const TokenId id : moving_)
      sum = Potential::add(sum, potential_.gain(world_.token(id), resource, takes_are_free));
    for (const NodeId entry : coming_) {
      if (potential_.gain_from(entry, resource, takes_are_free) > 0) sum = Potential::unlimited;
    }
    gains_[resource] = sum;
    return sum;
  }

  bool is_blocked(TokenId id) const { return in_blocked_.count(id) > 0; }

  bool queues_for(const Token& token, ResourceId lock) const {
    const Node& node = node_at(machine_, token.at);
    return node.kind == NodeKind::write_acquire && node.resource == lock;
  }

  bool may_be_helped(TokenId id) {
    const Token& token = world_.token(id);
    const Node& node = node_at(machine_, token.at);
    const auto word = [&](int which) {
      return world_.levels()
          .words[static_cast<std::size_t>(machine_.slots[static_cast<std::size_t>(node.resource)].first + which)];
    };
    switch (node.kind) {
      case NodeKind::take:
      case NodeKind::take_asleep: {
        const Resource& resource = machine_.resources[static_cast<std::size_t>(node.resource)];
        const bool tries_again = resource.soft && (node.kind == NodeKind::take || token.awoken);
        if (tries_again && resource.allocator == AllocatorRule::pages && pages_may_come_) return true;
        if (resource.soft && resource.capacity + resource.retained == 0) return false;  // a give never reaches it
        // Elements and pages that are there do not wake a sleeper; a give does, and then any page will do.
        if (!tries_again && gives_wake(resource) && gain(node.resource) <= 0) return false;
        if (!tries_again && resource.soft && resource.allocator == AllocatorRule::always) return true;
        const bool any_page_will_do = resource.soft && resource.allocator == AllocatorRule::pages && !ignore_pages_;
        if (!tries_again && any_page_will_do && (pages_may_come_ || world_.levels().free_pages >= node.n)) return true;
        // Of several elements some may come from free pages, the others from the reserve.
        const bool by_pages =
            node.n > 1 && resource.soft && resource.allocator == AllocatorRule::pages && !ignore_pages_;
        if (by_pages && pages_may_come_) return Potential::add(word(0), gain(node.resource)) > node.keep;
        const std::int64_t pages = by_pages ? world_.levels().free_pages : 0;
        return Potential::add(word(0) + pages, gain(node.resource)) >= node.n + node.keep;
      }
      case NodeKind::read_lock:
        for (const TokenId other : blocked_) {
          if (is_blocked(other) && queues_for(world_.token(other), node.resource)) return false;
        }
        // Somebody must still unlock it; the writer itself may be gone, or be this token.
        return word(1) == 0 || gain(node.resource) > 0;
      case NodeKind::write_acquire:
        return gain(node.resource) >= word(0) + word(1);
      case NodeKind::await_zero:
        return gain(node.resource) >= word(0);
      case NodeKind::await:
        return gain(node.resource) > 0;
      case NodeKind::await_turn:
        return turn_may_come(id, node.resource, word(1));
      case NodeKind::await_detach:
      case NodeKind::await_children: {
        const auto family = children_.find(id);
        if (family == children_.end()) return true;
        return std::none_of(family->second.begin(), family->second.end(), [&](TokenId child) {
          return is_blocked(child) && (node.kind == NodeKind::await_children || world_.token(child).being_submitted);
        });
      }
      default:
        return true;
    }
  }

  bool turn_may_come(TokenId id, ResourceId order, std::int32_t serving) const {
    std::int32_t mine = -1;
    for (const auto& [resource, number] : world_.token(id).tickets) {
      if (resource == order && mine < 0) mine = number;  // the oldest ticket counts
    }
    if (mine < 0) return false;
    if (mine < serving) return false;  // skipped
    if (turns_may_be_skipped(machine_, order)) return !moving_.empty() || !coming_.empty();
    bool served_is_alive = false;
    for (const TokenId other : world_.live()) {
      for (const auto& [resource, number] : world_.token(other).tickets) {
        if (resource != order || number < serving || number >= mine) continue;
        if (is_blocked(other)) return false;
        if (number == serving) served_is_alive = true;
      }
    }
    return served_is_alive;
  }

  const World& world_;
  const Machine& machine_;
  Potential potential_;
  const std::vector<bool>& to_come_;
  bool ignore_pages_;
  std::vector<NodeId> coming_;
  bool pages_may_come_ = false;
  std::vector<TokenId> moving_, blocked_;
  std::unordered_set<TokenId> in_blocked_;
  std::unordered_map<TokenId, std::vector<TokenId>> children_;
  std::unordered_map<ResourceId, std::int64_t> gains_;
  std::vector<Alternative> scratch_;
};

}  // namespace

std::vector<TokenId> stuck_set(const World& world, const std::vector<bool>& to_come) {
  return StuckSearch(world, to_come, false).run();
}

std::vector<TokenId> stuck_set_ignoring_pages(const World& world, const std::vector<bool>& to_come) {
  return StuckSearch(world, to_come, true).run();
}

bool is_dead(const World& world) {
  std::vector<Alternative> enabled;
  bool anybody = false;
  for (const TokenId id : world.live()) {
    anybody = anybody || !world.token(id).daemon;
    enabled.clear();  // a daemon that can still move may help the others
    world.alternatives(id, enabled);
    for (const Alternative& alternative : enabled) {
      if (!alternative.needs_allocator && !is_futile(world.node_of(id), alternative)) return false;
    }
  }
  return anybody;
}

}  // namespace dmstall::models
