// One flow, walked once: from one way to enter it to all its exits.
#pragma once

#include <map>
#include <tuple>
#include <unordered_map>

#include "analysis/engines/verify/walk.hpp"

namespace dmstall::analysis::checking {

class Walk::Pass {
 public:
  Pass(Walk& walk, const Context& context) : walk_(walk), context_(context) {}
  Result run();

 private:
  void step(const State& state, const models::Node& node);
  void take(const State& state, const models::Node& node);
  void lock(const State& state, const models::Node& node);
  void count(const State& state, const models::Node& node);
  void event(const State& state, const models::Node& node);
  void order(const State& state, const models::Node& node);
  void spawn(const State& state, const models::Node& node);
  void await_children(const State& state, const models::Node& node);
  void call(const State& state, const models::Node& node);

  void wait(const Want& want, const State& state, const Amounts& held);
  /// To the next step, all else unchanged.
  void go(const State& from, models::NodeId to) { arrive({to, from.held, from.pending, still_counted(from)}); }
  void go(const State& from, models::NodeId to, const Amounts& held) {
    arrive({to, walk_.amounts_.number(held), from.pending, still_counted(from)});
  }
  void arrive(const State& state);
  /// The step's batches whose guard is held while it is taken.
  [[nodiscard]] ExtraId still_counted(const State& state);
  [[nodiscard]] Amounts with(const State& state, Slot slot, std::int64_t n);
  [[nodiscard]] Amounts without(const State& state, const Amounts& gives);
  [[nodiscard]] const Amounts& held(const State& state) const { return walk_.amounts_[state.held]; }
  [[nodiscard]] bool holds(const State& state, Slot slot) const { return amount_of(held(state), slot) > 0; }
  void leave(const State& state, models::Status status);
  void note_wait(int group, models::NodeId at);
  [[noreturn]] void refuse(const State& state, Refusal::Kind why, std::vector<std::string> names = {}) const;

  Walk& walk_;
  const Context context_;
  Result result_;
  std::map<std::tuple<models::Status, AmountsId, AmountsId>, std::vector<Children>> exits_;  ///< status, held, pending
  /// What is known of a place: a state without its children.
  struct Seen {
    ExtraId extra = 0;  ///< with the children that may be there
    bool open = false;  ///< the step is still to be taken, or to be taken again
  };
  using Places = std::unordered_map<State, Seen, Hashes>;
  Places seen_;  ///< its entries do not move: open_ may point to them
  std::vector<Places::value_type*> open_;
};

}  // namespace dmstall::analysis::checking
