// Walks every path of every token, with what it holds in hand.
//
// Tabulation: a flow is walked once for each way to enter it (Context), where of all that is held only what the flow or
// anything it calls touches is told apart; a caller puts the rest aside and takes it up again at the exits. Whether the
// rest ranks above everything that is waited for inside needs only the highest rank waited for (Result::highest). So
// the number of contexts grows with the number of flows, not with the number of ways through a stack.
// It is the algorithm of T. Reps, S. Horwitz, M. Sagiv, "Precise interprocedural dataflow analysis via graph
// reachability", POPL 1995, where one fact is all that is held of what the flow touches.
//
// The first walk keeps account of everything and checks the ranks, the rules for events and that nothing is given that
// is not held. A second walk, for each group with equations, keeps account of what the rows speak about and collects
// columns.
#pragma once

#include <array>
#include <climits>
#include <compare>
#include <deque>
#include <set>
#include <unordered_map>
#include <vector>

#include "analysis/engines/verify/claims.hpp"
#include "analysis/engines/verify/interned.hpp"

namespace dmstall::analysis::checking {

/// What a token waits for.
struct Want {
  Slot thing = no_slot;
  std::int64_t need = 1;
  bool writing = false;
  auto operator<=>(const Want&) const = default;
};

/// Tokens in the same situation: an unknown of the equations.
struct Column {
  Want want;
  Amounts held;
  std::int32_t of_class = -1;  ///< of a class that the rows count; -1: of any other
  auto operator<=>(const Column&) const = default;
};

/// How a token comes to be.
struct Root {
  models::FlowId flow = models::no_flow;
  std::int32_t of_class = -1;  ///< -1: a child
  bool submitted = false;      ///< its parent waits for its detach
  Amounts with;                ///< what travels with it, and the events it owes
  auto operator<=>(const Root&) const = default;
};

/// What the first walk finds and the others build on.
struct Roots {
  std::vector<Root> all;
  std::vector<std::vector<std::int32_t>> of_group;  ///< by rank group with cases: indices into `all`
  std::vector<std::vector<int>>
      groups_of_flow;                          ///< by flow: rank groups with cases in which it, or what it calls, waits
  std::vector<std::uint8_t> spawned_statuses;  ///< by spawn step: bit s: its child may end with status s
};

/// Counts positions over all walks. Throws Refused above the cap.
/// What refuses says nothing against the certificate: it is too large to be checked.
class TooLarge : public Refused {
 public:
  using Refused::Refused;
};

class Budget {
 public:
  explicit Budget(std::size_t cap) : cap_(cap) {}
  void spend() {
    if (++used_ > cap_) throw TooLarge({Refusal::Kind::too_many_positions});
  }
  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  std::size_t cap_, used_ = 0;
};

class Walk {
 public:
  struct Plan {
    std::vector<bool> followed;       ///< by slot: what account is kept of
    int group = unranked;             ///< collect the columns of this group; unranked: the first walk
    std::vector<bool> classes_apart;  ///< by class
  };

  Walk(const models::Machine& machine, const Slots& slots, const Survey& survey, const Claims& claims, Plan plan,
       Roots& roots, Budget& budget);

  /// The first walk: from every class, into every child. Throws Refused.
  void check_everything();
  /// From the roots that reach the plan's group.
  [[nodiscard]] std::set<Column> collect();

 private:
  using AmountsId = std::int32_t;
  using ExtraId = std::int32_t;

  /// Children of a flow not yet awaited. All ways to the same place are folded into one.
  struct Children {
    models::FlowId flow = models::no_flow;
    std::uint8_t statuses = 0;  ///< bit s: may end with status s
    bool certain = true;        ///< there is one at least
    auto operator<=>(const Children&) const = default;
  };

  /// Children, in the order of flows; batches counted down, their await still to come.
  struct Extra {
    std::vector<Children> children;
    std::vector<Slot> counted;
    bool operator==(const Extra&) const = default;
  };

  struct Context {
    models::FlowId flow = models::no_flow;
    AmountsId held = 0;
    AmountsId pending = 0;          ///< what a detach gives back
    bool children_count = false;    ///< the token awaits its children somewhere
    bool callers_children = false;  ///< its callers have some
    std::int32_t of_class = -1;
    bool operator==(const Context&) const = default;
  };

  struct Exit {
    models::Status status = models::Status::ok;
    AmountsId held = 0;
    AmountsId pending = 0;
    std::vector<Children> children;
  };

  struct Result {
    std::vector<Exit> exits;
    int highest = INT_MAX;  ///< rank group of the highest thing waited for inside
    models::NodeId highest_at = models::no_node;
    std::vector<int> groups;  ///< with cases, that are waited in; sorted
  };

  struct State {
    models::NodeId at = models::no_node;
    AmountsId held = 0;
    AmountsId pending = 0;
    ExtraId extra = 0;
    bool operator==(const State&) const = default;
  };

  struct Hashes {
    std::size_t operator()(const Amounts& amounts) const;
    std::size_t operator()(const Extra& extra) const;
    std::size_t operator()(const Context& context) const;
    std::size_t operator()(const State& state) const;
  };

  static void join(std::vector<Children>& children, const Children& more);
  /// Of two ways to the same place, one of which was taken.
  [[nodiscard]] static std::vector<Children> on_either_way(const std::vector<Children>& one,
                                                           const std::vector<Children>& other);

  class Pass;  ///< one walk through one flow in one context

  [[nodiscard]] bool first() const { return plan_.group == unranked; }
  [[nodiscard]] bool follows(Slot slot) const { return plan_.followed[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] int group_of(Slot slot) const { return claims_.group_of[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] bool waits_in_group(models::FlowId flow) const;

  const std::vector<Slot>& touches(models::FlowId flow);
  void touched_by(models::NodeId id, std::vector<Slot>& slots) const;
  std::pair<Amounts, Amounts> split(const Amounts& held, models::FlowId flow, AmountsId pending);
  [[nodiscard]] Amounts gives_of_call(const models::Node& node) const;

  const Result& run(const Context& context);
  std::uint8_t run_root(const Root& root);
  void put_aside(const Amounts& rest, const Result& inside, models::NodeId at) const;

  const models::Machine& machine_;
  const Slots& slots_;
  const Survey& survey_;
  const Claims& claims_;
  Plan plan_;
  Roots& roots_;
  Budget& budget_;
  Interned<Amounts, Hashes> amounts_;
  Interned<Extra, Hashes> extras_;
  std::unordered_map<models::FlowId, std::vector<Slot>> touches_;
  std::unordered_map<Context, const Result*, Hashes> known_;
  std::deque<Result> results_;
  std::vector<Slot> all_followed_;
  std::map<Root, std::uint8_t> known_roots_;
  std::set<Column> columns_;
};

}  // namespace dmstall::analysis::checking
