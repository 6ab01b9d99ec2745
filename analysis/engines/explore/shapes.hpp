// Families of tokens by shape: what a request and its children look like, without saying which request it is.
//
// Two requests whose families have equal shapes behave alike, so a state of the search counts them. A shape is a tree:
// where a token stands, the calls it is in, its flags and tickets, and the shapes of its children as a multiset.
// Shapes are interned and a step on one is computed once: afterwards the search handles numbers only.
//
// A multiset of children sorted by their numbers is the canonical form of an unordered tree (A. V. Aho, J. E. Hopcroft,
// J. D. Ullman, "The Design and Analysis of Computer Algorithms", 1974, example 3.2), and interning is hash consing
// (A. P. Ershov, "On programming of arithmetic operations", Communications of the ACM 1(8), 1958).
//
// Steps done at once and local choices are partial order reduction. A step that nobody can hinder or notice, and that
// hinders nobody, moves to the front of every schedule: it is a left mover in R. J. Lipton, "Reduction: a method of
// proving properties of parallel programs", Communications of the ACM 18(12), 1975. A state from which only the
// alternatives of one token are followed has a persistent (stubborn, ample) set of that token's steps: A. Valmari,
// "Stubborn sets for reduced state space generation", Advances in Petri Nets 1990; P. Godefroid, "Partial-order methods
// for the verification of concurrent systems" (LNCS 1032), 1996. Which steps qualify is read off the machine before the
// search (`Hurry`), as in R. Kurshan, V. Levin, M. Minea, D. Peled, H. Yenigun, "Static partial order reduction", TACAS
// 1998. No sleep sets, and nothing is learned during the search.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/machine/semantics.hpp"

namespace dmstall::analysis {

using ShapeId = std::int32_t;

/// A chain of calls, interned: the innermost call and what lies below it.
using StackId = std::int32_t;
inline constexpr StackId empty_stack = 0;

struct Shape {
  models::NodeId at = models::no_node;
  StackId stack = empty_stack;
  std::int32_t request_class = -1;  ///< of a request; -1: a child, or a child that outlived its parent
  bool submitting = false, being_submitted = false, awoken = false, daemon = false;
  models::Status worst = models::Status::ok;
  std::vector<std::pair<models::ResourceId, std::int32_t>> tickets;  ///< counted from the one being served
  std::vector<ShapeId> children;                                     ///< ascending
};

/// A token in a shape that may act: siblings of equal shape are listed once.
struct Site {
  std::vector<std::uint16_t> path;  ///< index of the child at each level
  models::NodeId at = models::no_node;
  models::Asker asker;                             ///< its turn not included
  models::ResourceId order = models::no_resource;  ///< await_turn, ticket, pass_turn: the order
  std::int32_t ticket = -1;                        ///< its oldest ticket of `order`; INT32_MIN: none
  bool daemon = false;
};

/// What a step needs to know of its site. Most steps of a search are done at once, one shape after the other, so this
/// is kept beside that of other shapes and not in the sites, which lie all over the memory.
struct Mover {
  int site = -1;  ///< -1: none
  models::NodeId at = models::no_node;
  std::int32_t ticket = -1;  ///< as Site::ticket
};

/// What a step makes of a family, apart from the levels that models::apply changes.
struct Transition {
  std::vector<ShapeId> families;        ///< what is left: none, one, or with children that outlived their parent more
  std::vector<models::GiveBack> gives;  ///< given back outside a step of their own (after_detach)
};

/// Which steps are done at once because no order of them matters.
struct Hurry {
  bool empty_steps = true;  ///< steps that touch nothing: time, calls, returns, starting a child
  bool releases = true;     ///< gives, unlocks, signals of resources that nobody reads negatively
  bool choices = true;      ///< a choice that is nobody else's business is made before others move
  std::vector<bool> never;  ///< resources whose releases wait their turn all the same
};

class Shapes {
 public:
  /// The machine must outlive this.
  Shapes(const models::Machine& machine, Hurry hurry);

  [[nodiscard]] ShapeId request(std::int32_t request_class);
  [[nodiscard]] const Shape& shape(ShapeId id) const { return shapes_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const std::vector<Site>& sites(ShapeId id) const {
    return derived_[static_cast<std::size_t>(id)].sites;
  }
  [[nodiscard]] Mover mover(ShapeId id, std::size_t site) const {
    const Site& of = sites(id)[site];
    return {static_cast<int>(site), of.at, of.ticket};
  }
  /// Whose step is to be done at once, whatever the levels are.
  [[nodiscard]] const Mover& hurried(ShapeId id) const { return hurried_[static_cast<std::size_t>(id)]; }
  /// A site whose alternatives nobody can change and that change nothing for anybody: all of them from here are enough,
  /// whatever the others could do meanwhile; -1: none.
  [[nodiscard]] int local_choice(ShapeId id) const { return derived_[static_cast<std::size_t>(id)].local; }
  [[nodiscard]] bool has_tickets(ShapeId id) const { return derived_[static_cast<std::size_t>(id)].tickets; }
  /// Whether some token of the family, children included, is no daemon.
  [[nodiscard]] bool counts(ShapeId id) const { return derived_[static_cast<std::size_t>(id)].counts; }
  [[nodiscard]] std::size_t size() const { return shapes_.size(); }

  /// `next`: what models::apply answered. `ticket`: the number drawn, counted from the one being served.
  const Transition& step(ShapeId id, int site, models::NodeId next, std::int32_t ticket);
  /// Tokens that await the event, or sleep until somebody gives the resource, have been woken.
  ShapeId woken(ShapeId id, models::ResourceId event);
  /// The order serves the next ticket.
  ShapeId turned(ShapeId id, models::ResourceId order);

  /// The same family in `other`, whose machine has the same nodes; for the replayer's look at individual tokens.
  [[nodiscard]] ShapeId intern(Shape shape);
  [[nodiscard]] StackId push(StackId below, models::NodeId call, bool left);
  struct StackEntry {
    StackId below = empty_stack;
    models::NodeId call = models::no_node;
    bool left = false;
  };
  [[nodiscard]] const StackEntry& top(StackId id) const { return stacks_[static_cast<std::size_t>(id)]; }

 private:
  struct Derived {
    std::vector<Site> sites;
    int hurried = -1, local = -1;
    bool tickets = false, counts = false;
    std::vector<std::pair<std::uint64_t, std::int32_t>> steps;  ///< (site, next, ticket) → transition, small
    std::vector<std::pair<models::ResourceId, ShapeId>> woken, turned;
  };
  struct WordsHash {
    std::size_t operator()(const std::vector<std::int32_t>& words) const;
  };

  [[nodiscard]] bool is_woken_by(const Shape& token, models::ResourceId event) const;
  void derive(ShapeId id);
  void collect(ShapeId id, std::vector<std::uint16_t>& path, Derived& out) const;
  [[nodiscard]] bool done_at_once(const Site& site) const;
  [[nodiscard]] bool is_local_choice(const Site& site) const;
  [[nodiscard]] bool may_hurry(models::ResourceId resource) const;
  [[nodiscard]] bool gives_may_hurry(models::NodeId call) const;
  /// Whether arriving there is an event in itself: who awaits a broadcast must be there when it comes.
  [[nodiscard]] bool arrival_matters(models::NodeId node) const;
  /// Where the token goes when its step is one of those that have one way to go on.
  [[nodiscard]] models::NodeId destination(const Shape& token) const;
  /// The first call from the top that is not `inherit`; its depth from the top, -1: none.
  [[nodiscard]] int submitter(StackId stack) const;
  [[nodiscard]] StackId leave(StackId stack, int depth, std::vector<models::GiveBack>& gives);
  /// The token's own step: where it stands afterwards, what it gives back, which children outlive it, what its parent
  /// hears.
  void advance(Shape& token, models::NodeId next, std::int32_t ticket, Transition& out, struct ParentNews& news);
  /// The family with the token at the path replaced, or gone where `token` is empty; its parent hears the news.
  ShapeId replace(ShapeId id, const std::vector<std::uint16_t>& path, std::size_t depth, const Shape* token,
                  const struct ParentNews& news);

  const models::Machine* machine_;
  Hurry hurry_;
  std::vector<bool> broadcast_;  ///< events that some step broadcasts
  std::vector<Shape> shapes_;
  std::vector<Derived> derived_;
  std::vector<Mover> hurried_;  ///< same index
  std::unordered_map<std::vector<std::int32_t>, ShapeId, WordsHash> known_;
  std::vector<StackEntry> stacks_;
  std::unordered_map<std::uint64_t, StackId> known_stacks_;
  std::deque<Transition> transitions_;  ///< never moved: callers hold references
};

}  // namespace dmstall::analysis
