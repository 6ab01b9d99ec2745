// What a thread of control may do next, as guarded Promela: one option is one atomic step.
//
// Names used in the texts and declared by the writer of the model:
//   refusing                     1: the allocator never succeeds again
//   free_pages                   pages that completed writeback has freed
//   children, worst, pending     per process: own children, their worst status, "the child just submitted has not
//   detached" STANDING_k(process)          of a process in role k: 1 + the broadcast event it awaits or the resource
//   without poll it sleeps
//                                for, all_awoken once a broadcast, a give has come
//   wake                         inline: who stands at this event, sleeps for this resource has been awoken
//   PARENT_k                     process number of the parent of a process in role k
// Starting a child and ending are written by the model's writer, who knows which process is whose.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "analysis/use/export/control.hpp"
#include "analysis/use/export/names.hpp"

namespace dmstall::analysis {

inline constexpr int all_awoken = 255;

struct Option {
  std::string guard;  ///< empty: always
  std::vector<std::string> effects;
  Control next;     ///< nothing open: the thread has finished
  int starts = -1;  ///< role of a child it starts
  int ends = -1;    ///< status with which the thread finishes
};

/// What the options of one program need to be declared.
struct Needs {
  bool refusing = false, pages = false, children = false;
  std::vector<models::ResourceId> broadcast;  ///< events that some step broadcasts, resources whose gives wake
                                              ///< sleepers; given beforehand
  std::map<models::ResourceId, int> tickets;  ///< most tickets of an order that one process holds
};

class Options {
 public:
  /// All must outlive this. `child_role`: the role of children of this one that run the flow, submitted or not.
  Options(const models::Program& program, const Reading& reading, const PromelaNames& names, Needs& needs, int role,
          std::function<int(models::FlowId, bool submitted)> child_role)
      : program_(&program),
        reading_(&reading),
        names_(&names),
        needs_(&needs),
        role_(role),
        child_role_(std::move(child_role)) {}

  [[nodiscard]] std::vector<Option> of(const Control& control);
  /// 1 + the number of the event or resource that is awaited there and wakes those who wait; 0: none.
  [[nodiscard]] int standing_at(const Control& control) const;
  /// What others must know once a process stands there; `who`: its number. Empty: nothing.
  [[nodiscard]] std::string arrival(const Control& control, const std::string& who) const;

 private:
  [[nodiscard]] int sleepers_of(models::ResourceId resource) const;  ///< its number in `wake`; 0: nobody is woken
  using Change = std::function<void(Control&)>;

  Option& add(const Control& from, std::string guard, std::vector<std::string> effects, const Change& change = {});
  void take(const Control& control, const models::Step& step);
  void take_soft(const Control& control, const models::Step& step);
  void had(Control& next, const models::Step& step, bool from_reserve) const;
  void lock(const Control& control, const models::Step& step);
  void synchronise(const Control& control, const models::Step& step);
  void ordered(const Control& control, const models::Step& step);
  void children(const Control& control, const models::Step& step);
  void detach(const Control& control);
  /// What is left of the step before: a submitted bio has not detached, or children have not started. Whether there is.
  bool between_steps(const Control& control);
  void start(const Control& control, models::FlowId flow, bool parked, const Change& change);
  void end(const Control& control, models::Status status);
  [[nodiscard]] std::vector<std::string> give(models::ResourceId resource, int n);
  [[nodiscard]] const models::Resource& resource(models::ResourceId id) const {
    return program_->resources[static_cast<std::size_t>(id)];
  }

  const models::Program* program_;
  const Reading* reading_;
  const PromelaNames* names_;
  Needs* needs_;
  int role_;
  std::function<int(models::FlowId, bool)> child_role_;
  std::vector<Option> out_;
};

}  // namespace dmstall::analysis
