// Where a thread of control stands in nested steps, written out as a value: the places a Promela process goes through.
//
// Everything that follows from the code path alone is part of it: open blocks and calls, bios parked so far, elements
// taken by a `take` one by one, tickets drawn. What other threads can change is not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "models/machine/program.hpp"

namespace dmstall::analysis {

/// One open list of steps and the next step in it.
struct Place {
  int list = 0;
  std::size_t index = 0;
  bool closed = false;  ///< a submit_bio block whose parked bios have been let go before its end
  bool left = false;    ///< the flow of an async call whose submitter has returned
};

struct Control {
  std::vector<Place> open;               ///< outermost first; empty: the thread has finished
  int blocks = 0;                        ///< open submit_bio blocks
  std::vector<models::FlowId> parked;    ///< bios that start when the outermost block ends, in order
  std::vector<models::FlowId> starting;  ///< bios of a block that has ended, next first
  std::int32_t taken = 0;                ///< elements that a `take` one by one has got already
  bool waiting = false;                  ///< asleep in a pool without poll; in the queue of a rwsem
  bool submitting = false;               ///< the bio just submitted runs in this thread until it detaches
  bool submitted = false;                ///< runs in its parent's thread until it detaches
  std::map<models::ResourceId, int> tickets;
};

/// Moves through the steps of one program.
class Reading {
 public:
  explicit Reading(const models::Program& program);

  [[nodiscard]] Control begin(models::FlowId flow, bool submitted) const;
  /// The step it stands at; nullptr: the end of its innermost flow. Requires: not finished, nothing starting.
  [[nodiscard]] const models::Step* step(const Control& control) const;
  /// Behind the step.
  void advance(Control& control) const;
  /// Behind the step, after these steps.
  void enter(Control& control, const models::Steps& steps) const;
  /// Into steps that come back to this same step: a called flow, the body of a while.
  void nest(Control& control, const models::Steps& steps) const;
  /// Over everything that is no step of its own: begins and ends of blocks, ends of loops, parking.
  void settle(Control& control) const;

  /// The innermost flow ends with `status`. Returns the call it was entered by, nullptr when the thread has finished;
  /// `gives_back`: whether that call's after_detach is due now.
  const models::Step* finish(Control& control, models::Status status, bool& gives_back) const;
  /// The submitter returns. The call whose after_detach is due, nullptr: none; `lets_parent_go`: the parent's thread.
  const models::Step* detach(Control& control, bool& lets_parent_go) const;

  /// Whether a detach in the flow lets go the thread that runs it.
  [[nodiscard]] bool may_detach(models::FlowId flow) const;
  /// Equal for equal places only.
  [[nodiscard]] std::vector<std::int64_t> key(const Control& control) const;

 private:
  enum class ListKind : std::uint8_t { flow, plain, forever, submit };
  struct List {
    const models::Steps* steps;
    ListKind kind;
  };

  void add(const models::Steps& steps, ListKind kind);
  [[nodiscard]] const List& list(const Place& place) const { return lists_[static_cast<std::size_t>(place.list)]; }
  void close_block(Control& control) const;
  void close_above(Control& control, std::size_t place) const;
  [[nodiscard]] std::size_t returning_frame(const Control& control) const;
  [[nodiscard]] bool may_detach(const models::Steps& steps, int depth) const;

  const models::Program* program_;
  std::vector<List> lists_;
  std::unordered_map<const models::Steps*, int> number_;
};

/// The steps a call or an await_children goes on with for this status; nullptr: just behind it.
[[nodiscard]] const models::Steps* steps_on(const models::Step& step, models::Status status);

}  // namespace dmstall::analysis
