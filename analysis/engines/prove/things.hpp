// What tokens hold and wait for, seen from the whole machine: which resources anybody waits for, which events have a
// rule by which their waiters are woken, and names for all of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/engines/prove/certificate.hpp"
#include "analysis/engines/prove/objection.hpp"
#include "models/machine/machine.hpp"

namespace dmstall::analysis {

/// A resource, or the completion or submission of a flow that is spawned.
using ThingId = std::int32_t;
inline constexpr ThingId no_thing = -1;

/// What a token may hold: a thing, a rwsem for writing, or the right to say that its turn has come.
using HoldId = std::int32_t;

/// How an awaited event comes about.
struct EventSource {
  models::ResourceId counter = models::no_resource;  ///< batch
  std::int32_t owed_by = -1;                         ///< class
};

class Things {
 public:
  explicit Things(const models::Machine& machine);

  [[nodiscard]] const models::Machine& machine() const { return machine_; }

  [[nodiscard]] std::size_t things() const { return static_cast<std::size_t>(resources_ + 2 * flows_); }
  [[nodiscard]] std::size_t holds() const { return things() + 2 * static_cast<std::size_t>(resources_); }
  [[nodiscard]] ThingId completion(models::FlowId flow) const { return resources_ + 2 * flow; }
  [[nodiscard]] ThingId submission(models::FlowId flow) const { return resources_ + 2 * flow + 1; }
  [[nodiscard]] HoldId writing(models::ResourceId lock) const { return resources_ + 2 * flows_ + lock; }
  [[nodiscard]] HoldId turn(models::ResourceId order) const { return 2 * resources_ + 2 * flows_ + order; }
  [[nodiscard]] bool is_writing(HoldId hold) const {
    return hold >= resources_ + 2 * flows_ && hold < 2 * resources_ + 2 * flows_;
  }
  [[nodiscard]] bool is_turn(HoldId hold) const { return hold >= 2 * resources_ + 2 * flows_; }
  [[nodiscard]] bool is_resource(ThingId thing) const { return thing < resources_; }
  [[nodiscard]] bool is_submission(ThingId thing) const { return !is_resource(thing) && (thing - resources_) % 2 == 1; }
  /// no_thing for a turn.
  [[nodiscard]] ThingId thing_of(HoldId hold) const;
  [[nodiscard]] models::ResourceId resource_of(HoldId hold) const;
  [[nodiscard]] std::string name(ThingId thing) const;

  [[nodiscard]] bool reached(models::NodeId node) const { return reached_[static_cast<std::size_t>(node)]; }
  [[nodiscard]] bool waited_for(ThingId thing) const { return waited_for_[static_cast<std::size_t>(thing)]; }
  /// Only these are waited for, as a walk over all flows has shown, and what announces one of them.
  void keep_waited(const std::vector<bool>& things);
  /// Whether holdings of it are followed: somebody waits for it, or giving back what is not held is an error.
  [[nodiscard]] bool followed(ThingId thing) const { return followed_[static_cast<std::size_t>(thing)]; }
  [[nodiscard]] bool has_writers(models::ResourceId lock) const { return has_writers_[static_cast<std::size_t>(lock)]; }
  /// Whether the step may find its guard closed.
  [[nodiscard]] bool may_wait(const models::Node& node) const;

  /// Events that are awaited and may be unset, and the rules tried for them.
  [[nodiscard]] const std::optional<EventSource>& source(models::ResourceId event) const {
    return sources_[static_cast<std::size_t>(event)];
  }
  /// The event that `counter` announces when it is brought to zero; no_resource: none.
  [[nodiscard]] models::ResourceId announced_by(models::ResourceId counter) const {
    return announces_[static_cast<std::size_t>(counter)];
  }

  /// Why nothing can be shown, seen before any walk; empty: nothing known against it.
  [[nodiscard]] const Objection& objection() const { return objection_; }

 private:
  void reach();
  void find_waits();
  void find_sources();
  void look_for_objections();
  [[nodiscard]] models::NodeId find_circle() const;
  [[nodiscard]] std::vector<models::ResourceId> counters_announcing(models::ResourceId event) const;
  [[nodiscard]] std::int32_t owing_class(models::ResourceId event) const;

  const models::Machine& machine_;
  std::int32_t resources_, flows_;
  std::vector<bool> reached_, waited_for_, followed_, has_writers_;
  std::vector<std::optional<EventSource>> sources_;
  std::vector<models::ResourceId> announces_;
  Objection objection_;
};

/// How many of the pool a step wants to be free: n + keep.
[[nodiscard]] inline std::int64_t need_of(const models::Node& node) {
  return std::int64_t{node.n} + node.keep;
}

/// Whether no more of it can be held than there is: no allocator behind it, or one that always refuses.
[[nodiscard]] bool is_hard(const models::Resource& resource);

}  // namespace dmstall::analysis
