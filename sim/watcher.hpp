// Who watches a timed run as it happens: the readable log, the lanes of a picture. A watcher sees what is decided and
// decides nothing; a run without watchers pays for none.
#pragma once

#include <string_view>

#include "models/machine/page_memory.hpp"
#include "models/machine/world.hpp"
#include "sim/clock.hpp"

namespace dmstall::sim {

class Watcher {
 public:
  Watcher() = default;
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  virtual ~Watcher() = default;

  /// A request has begun; its token stands at its first step.
  virtual void starts(Nanoseconds now, const models::World& world, models::TokenId id) = 0;
  /// Before a step is applied, when the token still stands there…
  virtual void before_step(Nanoseconds now, const models::World& world, models::TokenId id) = 0;
  /// …and after it, when levels have changed and the token may be gone.
  virtual void after_step(Nanoseconds now, const models::World& world, const models::Alternative& taken,
                          const models::StepEffects& effects) = 0;
  /// The token falls asleep at the step it stands at.
  virtual void waits(Nanoseconds now, const models::World& world, models::TokenId id) = 0;
  /// It has looked again, in vain.
  virtual void polls(Nanoseconds now, const models::World& world, models::TokenId id) = 0;
  /// It begins to spend time at the step it stands at.
  virtual void spends(Nanoseconds now, const models::World& world, models::TokenId id) = 0;
  /// Something about nobody in particular.
  virtual void note(Nanoseconds now, std::string_view text) = 0;
  /// Where memory is accounted, after all that happens at a date.
  virtual void pages(Nanoseconds now, const models::PageCounts& counts) = 0;
  /// Nothing comes after it.
  virtual void ends(Nanoseconds now) = 0;
  /// Whether the run should go on after a stuck set that memory would relieve, to show how.
  [[nodiscard]] virtual bool wants_relief() const { return false; }
};

}  // namespace dmstall::sim
