// A run as lanes: one for each kernel thread, task and bio in flight, with what it does and what it waits for; and what
// each pool has left.
//
// A lane belongs to a name ("kverityd/upper"); where several of that name are at work at once there are several lanes,
// and one that is free is used again. On a lane stand *slices* that are nested: a token runs there, and in it: it
// waits, it spends time, it sleeps in a call that another thread carries out. A token that goes from one lane to
// another (a bio that a work queue takes up) is a *hop*.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/watcher.hpp"

namespace dmstall::sim {

/// What a slice of a lane is.
enum class SliceKind : std::uint8_t {
  runs,    ///< a token is there
  waits,   ///< asleep until somebody gives
  spends,  ///< a delay, work of a CPU, a transfer
  calls,   ///< asleep in a call
};

/// Whoever draws lanes. Slices of a lane are opened and closed in pairs, the last one opened is closed first, and time
/// never goes back.
class LaneReader {
 public:
  LaneReader() = default;
  LaneReader(const LaneReader&) = delete;
  LaneReader& operator=(const LaneReader&) = delete;
  virtual ~LaneReader() = default;

  /// Before anything else. The machine outlives the reader.
  virtual void begins(const models::Machine& machine) = 0;
  /// Lanes are numbered from 0 in the order in which they are needed.
  virtual void lane(std::size_t lane, const std::string& name) = 0;
  virtual void opens(Nanoseconds now, std::size_t lane, SliceKind kind, const std::string& text,
                     const std::string& functions) = 0;
  virtual void closes(Nanoseconds now, std::size_t lane) = 0;
  /// The token leaves the open slice of `from`. `first`: it has not hopped before.
  virtual void hop(Nanoseconds now, std::int64_t token, std::size_t from, bool first) = 0;
  /// It is in the open slice of `to`. `last`: it ends here.
  virtual void arrives(Nanoseconds now, std::int64_t token, std::size_t to, bool last) = 0;
  /// Elements of a pool that are left, or the value of a counter. Before its first change: what it began with, at 0.
  virtual void level(Nanoseconds now, models::ResourceId resource, std::int32_t left) = 0;
  virtual void note(Nanoseconds now, std::string_view text) = 0;
  virtual void pages(Nanoseconds now, const models::PageCounts& counts) = 0;
  virtual void ends(Nanoseconds now) = 0;
};

class Lanes final : public Watcher {
 public:
  Lanes(const models::Machine& machine, LaneReader& reader);

  void starts(Nanoseconds now, const models::World& world, models::TokenId id) override;
  void before_step(Nanoseconds now, const models::World& world, models::TokenId id) override;
  void after_step(Nanoseconds now, const models::World& world, const models::Alternative& taken,
                  const models::StepEffects& effects) override;
  void waits(Nanoseconds now, const models::World& world, models::TokenId id) override;
  void polls(Nanoseconds now, const models::World& world, models::TokenId id) override;
  void spends(Nanoseconds now, const models::World& world, models::TokenId id) override;
  void note(Nanoseconds now, std::string_view text) override;
  void pages(Nanoseconds now, const models::PageCounts& counts) override;
  void ends(Nanoseconds now) override;

 private:
  /// Where a token is, outermost first: the thread that called, the one that works for it, the bio in flight.
  struct Stay {
    std::string name;  ///< empty: in the lane of the parent that submits it
    std::size_t lane = 0;
    bool busy = false;  ///< it waits, spends or sleeps in a call: a slice of its own in that of its stay
  };
  struct Presence {
    std::vector<Stay> stays;
    bool own_thread = false;  ///< a task: it began in a thread of its own and still has it
    bool hopped = false;
  };
  struct Lane {
    std::vector<std::int64_t> tokens;  ///< that stay there, the innermost last
  };

  [[nodiscard]] std::vector<std::string> names(const models::World& world, models::TokenId id,
                                               const Presence& presence) const;
  void begin(Nanoseconds now, const models::World& world, models::TokenId id);
  void follow(Nanoseconds now, const models::World& world, models::TokenId id);
  void enter(Nanoseconds now, const models::World& world, models::TokenId id, Presence& presence, std::string name);
  void leave(Nanoseconds now, std::int64_t serial, Presence& presence);
  void become_busy(Nanoseconds now, std::int64_t serial, Presence& presence, SliceKind kind, const std::string& text,
                   const std::string& functions);
  void become_free(Nanoseconds now, std::int64_t serial, Presence& presence);
  void end(Nanoseconds now, std::int64_t serial);
  void look_at_level(Nanoseconds now, const models::World& world, models::ResourceId resource);
  std::size_t lane_for(const std::string& name);

  const models::Machine& machine_;
  LaneReader& reader_;
  std::vector<Lane> lanes_;
  std::map<std::string, std::vector<std::size_t>> lanes_of_;
  std::unordered_map<std::int64_t, Presence> present_;  ///< by serial
  std::vector<std::int32_t> levels_;
  std::vector<bool> told_;  ///< levels that the reader knows
  // The step between before_step and after_step.
  std::int64_t stepping_ = -1;
  models::NodeId node_ = models::no_node;
};

}  // namespace dmstall::sim
