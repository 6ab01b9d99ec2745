// What one token holds along its own paths: the most at any place, and what it may give without holding it.
//
// A place is a node and the stack of calls that leads there. Each is visited again while the bounds of what is held
// there move: a data flow analysis over intervals (P. Cousot, R. Cousot, "Abstract interpretation: a unified lattice
// model for static analysis of programs", POPL 1977). Calls are told apart by their whole stack, the call strings of
// M. Sharir and A. Pnueli (prove/flow_summary.hpp). A bound that keeps growing is widened to `unbounded_demand`.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "models/machine/machine.hpp"

namespace dmstall::analysis {

/// There are more ways through a request than can be walked in time.
struct DemandOutOfTime {};

/// Saturated there: more than any machine has.
inline constexpr std::int64_t unbounded_demand = 1'000'000'000;

/// Elements held, by resource; children that run, by the node they start at (`child_key`).
using Load = std::map<std::int64_t, std::int64_t>;

inline constexpr std::int64_t first_child_key = std::int64_t{1} << 40;
[[nodiscard]] constexpr std::int64_t child_key(models::NodeId entry) {
  return first_child_key + entry;
}

/// Between 0 and unbounded_demand.
void add(Load& load, std::int64_t key, std::int64_t n);

class PathLoads {
 public:
  /// `passages`: gives that end a passage (see is_passed_through). All must outlive this.
  PathLoads(const models::Machine& machine, const std::vector<bool>& passages,
            std::chrono::steady_clock::time_point ends)
      : machine_(machine), passages_(passages), ends_(ends) {}

  /// All paths of a token that starts at `entry` with what travels with it. Throws DemandOutOfTime.
  void walk(models::NodeId entry, const Load& travels);

  /// The most of each over all places. Elements are all unbounded where there are too many places.
  [[nodiscard]] const Load& peak() const { return peak_; }
  /// Given by a token that may not hold it.
  [[nodiscard]] const std::set<models::ResourceId>& given_unheld() const { return given_unheld_; }

 private:
  struct Place {
    models::NodeId at;
    std::vector<models::NodeId> calls;  ///< innermost last; ~call: what is due when its submitter leaves was given back
    bool operator<(const Place& other) const { return std::tie(at, calls) < std::tie(other.at, other.calls); }
  };
  /// At a place: the most and the least that is held, over all paths that lead there.
  struct Bounds {
    Load most, least;
    int raises = 0;
  };
  static constexpr int most_raises = 64;
  static constexpr std::size_t most_places = 200'000, most_calls = 1000;

  void reach(Place place, const Bounds& held);
  void step(const Place& from, Bounds held);
  void take(const Place& from, const models::Node& node, Bounds& held);
  void give(Bounds& held, models::ResourceId resource, std::int32_t n);
  /// The submitter that made the call returns from it.
  void leave(Place& from, std::size_t depth, Bounds& held);
  void finish(const Place& from, const models::Node& node, Bounds& held);
  void detach(const Place& from, const models::Node& node, Bounds& held);
  /// The give that ends a passage; such a give has no other way to be reached.
  [[nodiscard]] bool passed_through(models::NodeId give) const { return passages_[static_cast<std::size_t>(give)]; }

  const models::Machine& machine_;
  const std::vector<bool>& passages_;
  std::chrono::steady_clock::time_point ends_;
  std::size_t visits_ = 0;
  std::map<Place, Bounds> loads_;
  std::vector<Place> work_;
  Load peak_;
  std::set<models::ResourceId> given_unheld_;
  bool too_many_ = false;
};

}  // namespace dmstall::analysis
