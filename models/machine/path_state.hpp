// What one path through a flow has done so far: models/machine/balance follows many of them.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <tuple>
#include <vector>

#include "models/machine/program.hpp"

namespace dmstall::models {

/// What is held of a resource: elements (locks too), a lock for reading or writing, a ticket.
enum class Hold : std::uint8_t { element, reader, writer, ticket };

struct HoldKey {
  ResourceId resource = no_resource;
  Hold hold = Hold::element;
  auto operator<=>(const HoldKey&) const = default;
};

/// Amounts by key, without zeros; each remembers the step that changed it last. Two are equal when the amounts are.
template <typename Key>
class Amounts {
 public:
  struct Entry {
    Key key{};
    std::int64_t n = 0;
    const Step* step = nullptr;
    FlowId flow = no_flow;
    auto operator<=>(const Entry& other) const { return std::tie(key, n) <=> std::tie(other.key, other.n); }
    bool operator==(const Entry& other) const { return key == other.key && n == other.n; }
  };

  [[nodiscard]] std::int64_t of(const Key& key) const {
    const auto at = find(key);
    return at != entries_.end() && at->key == key ? at->n : 0;
  }
  void set(const Key& key, std::int64_t n, const Step* step, FlowId flow) {
    const auto at = entries_.begin() + (find(key) - entries_.cbegin());
    const bool known = at != entries_.end() && at->key == key;
    if (n == 0) {
      if (known) entries_.erase(at);
    } else if (known) {
      *at = {key, n, step, flow};
    } else {
      entries_.insert(at, {key, n, step, flow});
    }
  }
  /// The step is remembered where it goes the way in which the sum lies.
  void add(const Key& key, std::int64_t by, const Step* step, FlowId flow) {
    const auto known = find(key);
    const bool held = known != entries_.end() && known->key == key;
    const Entry before = held ? *known : Entry{key, 0, step, flow};
    const std::int64_t sum = before.n + by;
    const bool against = held && ((sum > 0 && by < 0) || (sum < 0 && by > 0));
    set(key, sum, against ? before.step : step, against ? before.flow : flow);
  }
  [[nodiscard]] auto begin() const { return entries_.begin(); }
  [[nodiscard]] auto end() const { return entries_.end(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  auto operator<=>(const Amounts&) const = default;

 private:
  [[nodiscard]] auto find(const Key& key) const {
    return std::lower_bound(entries_.cbegin(), entries_.cend(), key,
                            [](const Entry& entry, const Key& wanted) { return entry.key < wanted; });
  }
  std::vector<Entry> entries_;
};

/// Where a path runs.
enum class Where : std::uint8_t {
  not_begun,  ///< a request that has no thread yet: it may wait for one in any way
  thread,
  nowhere,  ///< at completion: nobody who could sleep
};

struct HeldThread {
  ResourceId resource = no_resource;
  Where before = Where::thread;  ///< where the path goes on when the thread is given back
  auto operator<=>(const HeldThread&) const = default;
};

/// Everything counts from the start of the flow: what a caller holds is not seen, giving it makes an amount negative.
struct PathState {
  Amounts<HoldKey> held;
  Amounts<HoldKey> lowest;          ///< the least that `held` was, where below 0: so much the caller must hold
  std::vector<HeldThread> threads;  ///< taken in this flow, oldest first
  Amounts<ResourceId> counted;      ///< change of counters
  Amounts<ResourceId> events;       ///< last change: 1 signalled, -1 cleared
  Amounts<std::pair<ResourceId, int>> events_of_children;
  Where where = Where::thread;
  Status worst = Status::ok;  ///< of the children not awaited yet
  bool submitted = false;     ///< of a target's flow: its bio has gone down, or a worker has it
  auto operator<=>(const PathState&) const = default;
};

struct PathExit {
  Status status = Status::ok;
  PathState state;
  auto operator<=>(const PathExit&) const = default;
};

}  // namespace dmstall::models
