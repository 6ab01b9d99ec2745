// The states of a search and the steps between them: levels, counted families, counted cells of siblings.
//
// Counting alike tokens instead of naming them is known as counter abstraction or generic representatives: S. M.
// German, A. P. Sistla, "Reasoning about systems with many processes", Journal of the ACM 39(3), 1992; E. A. Emerson,
// R. J. Trefler, "From asymmetry to full symmetry: new techniques for symmetry reduction in model checking", CHARME
// 1999. The number of requests is fixed and the counts are exact: nothing is abstracted away.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/engines/explore/ample.hpp"
#include "analysis/engines/explore/reductions.hpp"
#include "analysis/engines/explore/shapes.hpp"
#include "analysis/engines/explore/siblings.hpp"

namespace dmstall::analysis {

/// Shape and how many there are; ascending by shape where alike requests are counted.
using Families = std::vector<std::pair<ShapeId, std::int32_t>>;

using CellId = std::int32_t;

/// What is private to one sibling.
struct Cell {
  std::int32_t group = 0;
  std::vector<std::int32_t> words;
  Families families;
};

struct State {
  std::vector<std::int32_t> words;  ///< of resources that are nobody's own, those that can matter
  std::int32_t free_pages = 0;
  Families families;
  std::vector<std::pair<CellId, std::int32_t>> cells;
};

/// One step of one token, as the search takes it; the steps done at once after it follow from the state.
struct Edge {
  CellId cell = -1;  ///< -1: none, a family outside the cells
  ShapeId shape = 0;
  std::int32_t site = 0;
  models::AlternativeKind kind = models::AlternativeKind::go_on;
  std::int32_t index = 0;
  bool needs_allocator = false;
  std::int32_t faults = 0, failures = 0, steps = 0;  ///< what the step and those done at once after it cost
};

struct Successor {
  Edge edge;
  State state;
};

/// Requests of each class that run at the same time; every class of a machine has an entry.
using Composition = std::vector<std::int64_t>;

/// More steps that touch nothing follow from one than can be taken at once: the search has come to its end.
class TooMuchAtOnce : public std::runtime_error {
 public:
  TooMuchAtOnce() : std::runtime_error("a request takes more steps at once than can be followed") {}
};

class Space {
 public:
  /// `groups`: the siblings of the machine where these are reduced, otherwise none; they must outlive this.
  Space(const models::Machine& machine, const std::vector<SiblingGroup>& groups, Demand& demand,
        Composition composition, Reductions reductions);

  /// `cost`: of what is done at once, before anybody chooses.
  [[nodiscard]] State initial(Edge& cost);
  /// All steps from the state. A step that cannot be (a counter below 0) is left out and kept in `error`.
  void successors(const State& state, std::vector<Successor>& out);
  /// Who can move without the allocator in this state is nobody, and somebody has not finished.
  [[nodiscard]] bool is_dead(const State& state);
  /// Every request has finished, or the machine has stopped.
  [[nodiscard]] bool is_complete(const State& state) const;

  void encode(const State& state, std::string& out) const;
  [[nodiscard]] State decode(const char* bytes) const;

  [[nodiscard]] const models::Machine& machine() const { return slim_.machine; }
  [[nodiscard]] const Slim& reduced() const { return slim_; }
  /// Whether a token that waits at the node is told apart from one that has been woken there.
  [[nodiscard]] bool sees_waking(models::NodeId node) const;
  [[nodiscard]] const Composition& composition() const { return composition_; }
  [[nodiscard]] const std::vector<SiblingGroup>& groups() const { return groups_; }
  [[nodiscard]] Shapes& shapes() { return shapes_; }
  [[nodiscard]] const Cell& cell(CellId id) const { return cells_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const std::optional<std::string>& error() const { return error_; }

 private:
  void load_words(const std::vector<models::ResourceId>& resources, const std::vector<std::int32_t>& words);
  void save_words(const std::vector<models::ResourceId>& resources, std::vector<std::int32_t>& words) const;
  void expand(const State& state, CellId cell, const Families& families, std::vector<Successor>& out);
  void expand_site(const State& state, CellId cell, std::size_t family, ShapeId shape, std::size_t site,
                   std::vector<Successor>& out);
  bool take_step(State& state, Cell* cell, std::size_t family, Mover mover, const models::Alternative& alternative,
                 Edge& edge);
  bool settle(State& state, Cell* cell, Edge& edge);
  void put_back(State& state, Cell&& cell);
  void add_family(Families& families, ShapeId shape, std::size_t place) const;
  [[nodiscard]] State nobody_left() const;
  template <typename Change>
  void change_all(State& state, Cell* cell, models::ResourceId resource, const Change& change);
  void wake_sleepers(State& state, Cell* cell, models::ResourceId resource);
  CellId intern(Cell cell);
  void alternatives(const Site& site, std::vector<models::Alternative>& out) const;
  void load(const State& state);

  Composition composition_;
  Reductions reductions_;
  const std::vector<SiblingGroup>& groups_;
  Slim slim_;
  Shapes shapes_;
  std::vector<models::ResourceId> shared_;            ///< resources in State::words, in this order
  std::vector<std::vector<models::ResourceId>> own_;  ///< per group: resources in Cell::words
  bool pages_matter_ = false;
  std::vector<Cell> cells_;
  std::unordered_map<std::string, CellId> known_cells_;
  models::Levels levels_;
  std::vector<models::Alternative> enabled_;
  std::optional<std::string> error_;
};

}  // namespace dmstall::analysis
