// Finds tokens that can never move again, and tells a deadlock from a stall.
//
// SimGrid's own deadlock detection cannot help: mempool waiters wake up every 5 s, so a timer is always pending.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "models/machine/relief.hpp"
#include "sim/clock.hpp"
#include "sim/memory.hpp"
#include "sim/simulate.hpp"

namespace dmstall::sim {

/// Stuck tokens that only wait for memory which the plan brings back, and what became of them.
class Stalls {
 public:
  explicit Stalls(const models::Machine& machine) : machine_(&machine), open_(machine.resources.size()) {}

  /// The token, asleep since `since`, is stuck until memory comes. Twice is as good as once.
  void mark(std::int64_t serial, models::ResourceId resource, Nanoseconds since, std::int64_t polls);
  /// One more poll by a token.
  void polled(std::int64_t serial);
  /// The token sleeps no more; `by_memory` says that the allocator or a page ended it.
  void went_on(std::int64_t serial, bool by_memory, Nanoseconds now);
  [[nodiscard]] bool any() const { return !marked_.empty(); }
  [[nodiscard]] const std::vector<Stall>& ended() const { return ended_; }

 private:
  /// The stall of one resource: from the first sleeper on until the last marked one has gone on.
  struct Open {
    std::int64_t sleepers = 0;
    Nanoseconds from = 0;
    std::int64_t polls = 0;
    bool by_memory = false;
  };
  const models::Machine* machine_;
  std::unordered_map<std::int64_t, models::ResourceId> marked_;
  std::vector<Open> open_;
  std::vector<Stall> ended_;
};

class Detector {
 public:
  enum class Finding : std::uint8_t { nothing, stall, stuck };

  Detector(const models::Machine& machine, const Memory& memory);

  /// Looks at the world as it is now; `tokens()` says who. `to_come` as in models::stuck_set; `pages_may_come`: memory
  /// may come back from what is no token (accounted memory); `later`: how many requests of each class have not started.
  /// Does not look again when nothing has happened since the last time.
  Finding look(const models::World& world, const std::vector<bool>& to_come, const models::LaterRequests& later,
               bool pages_may_come = false);
  [[nodiscard]] const std::vector<models::TokenId>& tokens() const { return tokens_; }

 private:
  const Memory* memory_;
  bool has_pages_ = false;  ///< some resource is refilled by freed pages only
  std::int64_t seen_steps_ = -1;
  bool seen_will_return_ = false;
  Finding last_ = Finding::nothing;
  std::vector<models::TokenId> tokens_;
};

}  // namespace dmstall::sim
