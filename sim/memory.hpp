// Whether an attempt to allocate succeeds, and when memory comes back.
//
// mempool_alloc() asks without direct reclaim, takes from the reserve, asks with direct reclaim, sleeps; awake, it
// asks once per wake-up. Each of these questions is one attempt() here, so "the first 20 attempts fail" stalls a lone
// taker for (20 − 2 + 1) · 5 s, like on a real kernel with fault injection.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/machine/machine.hpp"
#include "sim/clock.hpp"
#include "sim/random.hpp"
#include "sim/simulate.hpp"

namespace dmstall::sim {

class Memory {
 public:
  /// `machine` is the run's own copy: while allocations succeed, its resources of rule `any` have the rule `always`.
  /// Those of rule `never` and `pages` do not follow the plan, so that every step taken is one of the machine's own.
  Memory(models::Machine& machine, const MemoryPlan& plan, std::uint64_t seed);

  /// One attempt of the allocator behind a resource of rule `any`.
  bool attempt(models::ResourceId resource);
  /// False: attempts on this resource fail for certain now, and nothing is counted if they are skipped.
  [[nodiscard]] bool may_succeed(models::ResourceId resource) const;

  /// Dates at which the rules change; each is to be reported by reached() when it comes.
  [[nodiscard]] std::optional<Nanoseconds> begins() const;
  [[nodiscard]] std::optional<Nanoseconds> recovers() const;
  void begin();        ///< from now on allocations may fail
  void recover();      ///< from now on those of rule `any` do not
  void recover_all();  ///< from now on no allocation fails, whatever the machine says

  /// The plan itself lets waiters have memory later, without anybody's help.
  [[nodiscard]] bool will_return() const;

 private:
  void set_plentiful(bool plentiful);

  models::Machine* machine_;
  MemoryPlan plan_;
  Random random_;
  std::vector<models::AllocatorRule> rules_;  ///< the machine's own
  std::vector<double> failure_rate_;          ///< per resource, for the seeded adversary
  std::int64_t attempts_ = 0;
  bool recovered_ = false;
};

}  // namespace dmstall::sim
