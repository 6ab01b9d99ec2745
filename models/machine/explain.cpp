// Stuck tokens, told as kernel threads: one token may be several threads asleep in each other's calls.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>

#include "models/machine/circle_places.hpp"
#include "models/machine/graph.hpp"
#include "models/machine/potential.hpp"
#include "models/machine/witness.hpp"

namespace dmstall::models {

namespace {

constexpr std::size_t starts_tried = 64;  ///< rows from which a circle is looked for
constexpr std::size_t holders_named = 4;

/// A thread (or a bio in no thread) of one token.
struct Row {
  TokenId token = no_token;
  std::string who;
  std::string label;          ///< `who`, with the request where several are called the same
  NodeId waits_at = no_node;  ///< the node it waits at, or the call it sleeps in
  bool in_call = false;       ///< asleep until the call returns: waits for the next row of its token
  std::vector<Holding> holds;
  std::vector<Holding> bio_holds;  ///< what the bio held before this thread took it up
};

class Explanation {
 public:
  Explanation(const World& world, const std::vector<TokenId>& stuck)
      : world_(world), machine_(world.machine()), potential_(world.machine()), stuck_(stuck) {}

  std::vector<WaitPlace> places() {
    prepare();
    std::vector<std::size_t> rows = shortest_circle();
    if (rows.empty()) {
      for (std::size_t row = 0; row < rows_.size(); ++row) rows.push_back(row);
    }
    std::vector<WaitPlace> places;
    for (const std::size_t row : rows) {
      const Row& waiting = rows_[row];
      const Node& at = node(waiting.waits_at);
      const std::string device =
          at.flow == no_flow ? std::string() : machine_.flows[static_cast<std::size_t>(at.flow)].device;
      places.push_back(
          {waiting.label, world_.token(waiting.token).serial, waiting.in_call, device, at.line, at.column});
    }
    return places;
  }

  StuckReport run() {
    prepare();
    const std::vector<std::size_t> circle = shortest_circle();
    StuckReport report;
    describe(circle, report);
    report.kind = kind_of(circle);
    std::set<std::int64_t> requests;
    for (const TokenId id : stuck_) requests.insert(world_.token(id).request);
    report.requests = static_cast<std::int64_t>(requests.size());
    return report;
  }

 private:
  void prepare() {
    for (const TokenId id : stuck_) add_rows(id);
    tell_apart();
    index_holders();
  }

  const Node& node(NodeId id) const { return node_at(machine_, id); }
  const Resource& resource(ResourceId id) const { return machine_.resources[static_cast<std::size_t>(id)]; }

  std::string label_of(const Token& token) const {
    const RequestClass& of = machine_.classes[static_cast<std::size_t>(token.request_class)];
    if (of.in_thread && token.parent_serial >= 0) return fmt::format("{} #{}", flow_of(token), token.serial);
    if (of.in_thread) return of.population > 1 ? fmt::format("{} #{}", of.name, token.serial) : of.name;
    return fmt::format("bio {} of {}", token.request, of.device);
  }

  /// The task a child runs.
  std::string flow_of(const Token& token) const {
    const NodeId at = token.frames.empty() ? token.at : token.frames.front().call;
    const std::string& name = machine_.flows[static_cast<std::size_t>(node(at).flow)].name;
    return name.rfind("task ", 0) == 0 ? name.substr(5) : name;
  }

  /// Several workers of one queue, several readers: told apart by the request they work for.
  void tell_apart() {
    std::map<std::string, std::set<std::int64_t>> requests;
    for (const Row& row : rows_) requests[row.who].insert(world_.token(row.token).request);
    for (Row& row : rows_) {
      if (requests[row.who].size() > 1)
        row.label = fmt::format("{} (bio {})", row.who, world_.token(row.token).request);
    }
  }

  void add_rows(TokenId id) {
    const Token& token = world_.token(id);
    first_row_[id] = rows_.size();
    Row current{id, label_of(token), label_of(token), token.at, false, {}, {}};
    std::vector<Row> rows;
    bool own_thread = machine_.classes[static_cast<std::size_t>(token.request_class)].in_thread;
    if (own_thread) rows.push_back(current);
    std::vector<std::int32_t> depth{0};
    std::vector<Holding> before_any_thread;
    for (const Holding& held : token.held) {
      if (is_thread(resource(held.resource).kind)) {
        rows.push_back({id, resource(held.resource).name, resource(held.resource).name, token.at, false, {}, {}});
        depth.push_back(held.depth);
      }
      (rows.empty() ? before_any_thread : rows.back().holds).push_back(held);
    }
    if (token.detached || rows.empty()) rows.push_back({id, label_of(token), label_of(token), token.at, false, {}, {}});
    (token.detached && rows.size() == 1 ? rows.front().holds : rows.front().bio_holds) = before_any_thread;
    // Every thread but the last sleeps in the call it made.
    for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
      const std::size_t from = static_cast<std::size_t>(own_thread ? (i == 0 ? 0 : depth[i]) : depth[i + 1]);
      rows[i].in_call = true;
      for (std::size_t f = from; f < token.frames.size(); ++f) {
        if (node(token.frames[f].call).context == CallContext::inherit) continue;
        rows[i].waits_at = token.frames[f].call;
        break;
      }
    }
    rows_.insert(rows_.end(), rows.begin(), rows.end());
    row_end_[id] = rows_.size();
  }

  void index_holders() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      for (const Holding& held : rows_[i].holds) holders_[held.resource].push_back(i);
      for (const Holding& held : rows_[i].bio_holds) holders_[held.resource].push_back(i);
    }
    for (const TokenId id : stuck_) {
      const Token& token = world_.token(id);
      if (token.parent == no_token) continue;
      const TokenId parent = world_.find(token.parent_serial);
      if (parent != no_token) children_[parent].push_back(id);
    }
  }

  /// Rows that would have to move before this one can.
  std::vector<std::size_t> waits_for(std::size_t row) {
    const Row& waiting = rows_[row];
    if (waiting.in_call) return {row + 1};
    const Node& at = node(waiting.waits_at);
    const Token& token = world_.token(waiting.token);
    std::vector<std::size_t> result;
    if (at.kind == NodeKind::await_children || at.kind == NodeKind::await_detach) {
      for (const TokenId child : children_[waiting.token]) result.push_back(first_row_[child]);
      return result;
    }
    if (at.kind == NodeKind::await_turn) {
      std::int32_t mine = 0;
      for (const auto& [order, number] : token.tickets) mine = order == at.resource ? number : mine;
      for (const TokenId other : stuck_) {
        for (const auto& [order, number] : world_.token(other).tickets) {
          if (order == at.resource && number < mine) result.push_back(row_end_[other] - 1);
        }
      }
      return result;
    }
    if (at.resource == no_resource) return result;
    if (at.kind == NodeKind::read_lock) {
      for (const TokenId other : stuck_) {
        const Node& there = node(world_.token(other).at);
        if (there.kind == NodeKind::write_acquire && there.resource == at.resource)
          result.push_back(row_end_[other] - 1);
      }
      // Readers do not keep readers out.
      if (!result.empty()) return result;
    }
    if (const auto holders = holders_.find(at.resource); holders != holders_.end()) result = holders->second;
    if (result.empty()) {
      // Nobody holds it; somebody stuck may be the one who would signal or give it.
      for (const TokenId other : stuck_) {
        if (other != waiting.token && potential_.gain(world_.token(other), at.resource, false) > 0)
          result.push_back(row_end_[other] - 1);
      }
      // A bio on its own current->bio_list would, or a step of its own behind this wait.
      if (result.empty() && potential_.gain(token, at.resource, false) > 0) result.push_back(row);
    }
    return result;
  }

  std::vector<std::size_t> circle_from(std::size_t start) {
    std::unordered_map<std::size_t, std::size_t> came_from;
    std::deque<std::size_t> queue{start};
    while (!queue.empty()) {
      const std::size_t row = queue.front();
      queue.pop_front();
      for (const std::size_t next : waits_for(row)) {
        if (next == start) {
          std::vector<std::size_t> circle{row};
          for (std::size_t at = row; at != start;) circle.push_back(at = came_from[at]);
          std::reverse(circle.begin(), circle.end());
          return circle;
        }
        if (next != row && came_from.emplace(next, row).second) queue.push_back(next);
      }
    }
    return {};
  }

  /// A thread that waits for what it holds itself is a circle of one only when nobody else holds any of it.
  std::vector<std::size_t> shortest_circle() {
    std::vector<std::size_t> best, self;
    for (std::size_t row = 0; row < std::min(rows_.size(), starts_tried); ++row) {
      std::vector<std::size_t> circle = circle_from(row);
      if (circle.size() == 1) {
        if (self.empty()) self = circle;
        if (rows_[row].waits_at != no_node && holders_[node(rows_[row].waits_at).resource].size() > 1) {
          // Others hold some, too: the circle of interest goes through one of them.
          const auto& holders = holders_[node(rows_[row].waits_at).resource];
          for (const std::size_t other : holders) {
            if (other == row) continue;
            const auto back = waits_for(other);
            if (std::find(back.begin(), back.end(), row) != back.end()) {
              circle = {row, other};
              break;
            }
          }
        }
      }
      if (!circle.empty() && circle.size() > 1 && (best.empty() || circle.size() < best.size())) best = circle;
    }
    return best.empty() ? self : best;
  }

  std::string what(std::size_t row) const {
    const Row& waiting = rows_[row];
    const Node& at = node(waiting.waits_at);
    if (waiting.in_call && at.kind == NodeKind::call) {
      return fmt::format("{}", machine_.flows[static_cast<std::size_t>(node(at.entry).flow)].name);
    }
    if (waiting.in_call) return rows_[row + 1].label;  // a work item of its own, in another thread
    switch (at.kind) {
      case NodeKind::await_children:
        return "its children";
      case NodeKind::await_detach:
        return "its own submission";
      case NodeKind::await_turn:
        return fmt::format("its turn in {}", resource(at.resource).name);
      case NodeKind::await:
        return fmt::format("the signal {}", resource(at.resource).name);
      case NodeKind::await_zero:
        return fmt::format("{} to reach 0", resource(at.resource).name);
      case NodeKind::read_lock:
        return fmt::format("{} (read)", resource(at.resource).name);
      case NodeKind::write_acquire:
        return fmt::format("{} (write)", resource(at.resource).name);
      case NodeKind::take:
      case NodeKind::take_asleep:
        if (resource(at.resource).kind == ResourceKind::mutex) return resource(at.resource).name;
        if (is_thread(resource(at.resource).kind)) return fmt::format("a thread of {}", resource(at.resource).name);
        return fmt::format("{} {}", at.n, resource(at.resource).name);
      default:
        return "nothing: it could go on";
    }
  }

  std::string functions(std::size_t row) const {
    const Row& waiting = rows_[row];
    const Node& at = node(waiting.waits_at);
    const std::string& code = machine_.strings[static_cast<std::size_t>(at.function)];
    std::string blocked;
    if (waiting.in_call) {
      blocked = "wait_for_completion_io";
    } else if (at.resource != no_resource) {
      blocked = at.kind == NodeKind::read_lock       ? "rwsem_down_read_slowpath"
                : at.kind == NodeKind::write_acquire ? "rwsem_down_write_slowpath"
                                                     : resource(at.resource).wait_function;
    }
    if (blocked.empty()) return code;
    return code.empty() ? blocked : blocked + " < " + code;
  }

  std::vector<std::string> list(const std::vector<Holding>& holdings) const {
    std::vector<std::string> result;
    for (const Holding& held : holdings) {
      const Resource& of = resource(held.resource);
      if (is_thread(of.kind) || of.kind == ResourceKind::slot || of.name.rfind("in_flight/", 0) == 0) continue;
      result.push_back(fmt::format("{} {}", held.n, of.name));
    }
    return result;
  }

  BlockedThread describe_row(std::size_t row) {
    const Row& waiting = rows_[row];
    BlockedThread thread;
    thread.who = waiting.label;
    thread.token = world_.token(waiting.token).serial;
    thread.request = world_.token(waiting.token).request;
    thread.waits_for = what(row);
    thread.functions = functions(row);
    thread.in_call = waiting.in_call;
    const Node& at = node(waiting.waits_at);
    thread.since_step = world_.token(waiting.token).arrived_step;
    if (waiting.in_call) {
      for (const Frame& frame : world_.token(waiting.token).frames) {
        if (frame.call == waiting.waits_at) thread.since_step = frame.since_step;
      }
    }
    if (!waiting.in_call && at.resource != no_resource) {
      thread.resource = at.resource;
      thread.available = level(machine_, world_.levels(), at.resource);
      thread.capacity = resource(at.resource).capacity;
      if (at.kind == NodeKind::take || at.kind == NodeKind::take_asleep) thread.wants = at.n;
      std::size_t more = 0;
      if (at.kind == NodeKind::read_lock) {
        // Readers do not keep readers out: the writer does, who holds the lock or queues for it.
        for (const TokenId other : stuck_) {
          const Node& there = node(world_.token(other).at);
          if (there.kind == NodeKind::write_acquire && there.resource == at.resource) {
            thread.held_by.push_back(fmt::format("{}, which queues for writing", rows_[row_end_[other] - 1].label));
            thread.holders.push_back({rows_[row_end_[other] - 1].label, 0, world_.token(other).arrived_step});
          }
        }
      }
      const auto holders = holders_.find(at.resource);
      const bool named = at.kind == NodeKind::read_lock && !thread.held_by.empty();
      if (holders != holders_.end() && !named) {
        for (const std::size_t holder : holders->second) {
          const bool named_already = thread.held_by.size() == holders_named;
          if (named_already) ++more;
          const auto name = [&](const std::string& who, const std::vector<Holding>& held_there) {
            for (const Holding& held : held_there) {
              if (held.resource != at.resource) continue;
              thread.holders.push_back({who, held.n, held.since_step});
              if (!named_already) thread.held_by.push_back(fmt::format("{} since step {}", who, held.since_step));
            }
          };
          name(rows_[holder].label, rows_[holder].holds);
          name(label_of(world_.token(rows_[holder].token)), rows_[holder].bio_holds);
        }
      }
      if (more > 0) thread.held_by.push_back(fmt::format("and {} more", more));
    }
    thread.holds = list(waiting.holds);
    thread.bio_holds = list(waiting.bio_holds);
    if (!thread.bio_holds.empty()) thread.bio = label_of(world_.token(waiting.token));
    return thread;
  }

  void describe(const std::vector<std::size_t>& circle, StuckReport& report) {
    report.in_circle = circle.size();
    std::set<std::size_t> in_circle(circle.begin(), circle.end());
    std::set<std::string> waited;
    std::set<std::string> named;
    for (const std::size_t row : circle) {
      report.threads.push_back(describe_row(row));
      if (report.threads.back().resource != no_resource &&
          named.insert(resource(report.threads.back().resource).name).second) {
        report.circle.push_back(resource(report.threads.back().resource).name);
      }
    }
    std::map<std::string, std::size_t> alike;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const Node& at = node(rows_[row].waits_at);
      if (!rows_[row].in_call && at.resource != no_resource) waited.insert(resource(at.resource).name);
      if (in_circle.count(row) > 0) continue;
      const std::string who = rows_[row].who.rfind("bio ", 0) == 0 ? "bio" : rows_[row].who;
      std::string key = fmt::format("{}|{}|{}", who, what(row), functions(row));
      for (const std::string& held : list(rows_[row].holds)) key += "|" + held;
      if (const auto known = alike.find(key); known != alike.end()) {
        ++report.threads[known->second].alike;
        continue;
      }
      alike.emplace(key, report.threads.size());
      report.threads.push_back(describe_row(row));
    }
    report.waited_for.assign(waited.begin(), waited.end());
  }

  DeadlockKind kind_of(const std::vector<std::size_t>& circle) {
    if (circle.size() > 1) {
      for (const std::size_t row : circle) {
        if (!rows_[row].in_call && node(rows_[row].waits_at).kind == NodeKind::await_turn) return DeadlockKind::order;
      }
      return DeadlockKind::circle;
    }
    for (const Row& row : rows_) {
      const Node& at = node(row.waits_at);
      if (row.in_call || at.resource == no_resource) continue;
      const Resource& of = resource(at.resource);
      if (of.name == "its own current->bio_list") return DeadlockKind::self;
      const bool takes = at.kind == NodeKind::take || at.kind == NodeKind::take_asleep;
      if (takes && of.capacity == 0 && level(machine_, world_.levels(), at.resource) == 0)
        return DeadlockKind::empty_reserve;
      const bool pool = at.kind == NodeKind::take || at.kind == NodeKind::take_asleep;
      if (!pool || of.kind == ResourceKind::mutex) continue;
      std::int32_t own = at.n + at.keep;
      for (const Holding& held : row.holds) own += held.resource == at.resource ? held.n : 0;
      for (const Holding& held : row.bio_holds) own += held.resource == at.resource ? held.n : 0;
      if (own > of.capacity + of.retained) return DeadlockKind::too_small;
    }
    if (circle.size() == 1) return DeadlockKind::self;
    return DeadlockKind::lost_wakeup;
  }

  const World& world_;
  const Machine& machine_;
  Potential potential_;
  const std::vector<TokenId>& stuck_;
  std::vector<Row> rows_;
  std::unordered_map<TokenId, std::size_t> first_row_, row_end_;
  std::unordered_map<ResourceId, std::vector<std::size_t>> holders_;
  std::unordered_map<TokenId, std::vector<TokenId>> children_;
};

}  // namespace

StuckReport explain(const World& world, const std::vector<TokenId>& stuck) {
  return Explanation(world, stuck).run();
}

std::vector<WaitPlace> circle_places(const World& world, const std::vector<TokenId>& stuck) {
  return Explanation(world, stuck).places();
}

}  // namespace dmstall::models
