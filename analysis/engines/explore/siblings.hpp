// Classes of requests that differ only in which devices they run on: 59 verity devices over one disk are one device
// seen 59 times.
//
// Two classes are siblings when their flows are the same graph up to nodes and resources that only one of them reaches,
// and everything else is the very same. The search then keeps what is private to a sibling (its pools, its requests) in
// a cell, counts equal cells, and reads the flows of the first sibling only.
//
// This is symmetry reduction with one representative for each orbit: C. N. Ip, D. L. Dill, "Better verification through
// symmetry", Formal Methods in System Design 9, 1996; E. A. Emerson, A. P. Sistla, "Symmetry and model checking", in
// the same volume. A group acts by permuting whole siblings, so the sorted multiset of cells is the representative, and
// no orbit problem has to be solved.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "models/machine/machine.hpp"

namespace dmstall::analysis {

struct SiblingGroup {
  std::vector<std::int32_t> classes;    ///< the first is read, the others are like it
  std::vector<models::ResourceId> own;  ///< resources private to the first
  /// Per sibling: its nodes and resources → those of the first; only private ones are listed.
  std::vector<std::unordered_map<models::NodeId, models::NodeId>> node_of_first;
  std::vector<std::unordered_map<models::ResourceId, models::ResourceId>> resource_of_first;
};

/// Groups of two and more. Daemons and classes with more than one reader of a private resource stay alone.
[[nodiscard]] std::vector<SiblingGroup> find_siblings(const models::Machine& machine);

/// Resources that some node reachable from the class touches, ascending.
[[nodiscard]] std::vector<models::ResourceId> resources_of_class(const models::Machine& machine,
                                                                 std::int32_t request_class);

}  // namespace dmstall::analysis
