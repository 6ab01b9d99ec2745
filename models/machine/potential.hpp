// What a token could still give: the most that any path of its remaining steps can add to a resource, net of what it
// takes on the way. The question behind "can the others ever help this waiter?".
//
// Gives, unlocks, signals and decrements add; takes, locks and increments of the same resource subtract. The answer
// is the largest prefix sum over all paths, so a request that takes before it gives counts for nothing while one that
// holds an element counts for one. Over-approximates: choices are free, children run in parallel, and the
// elements of after_detach are always given. Cost: one pass over the flows that touch the resource.
//
// A bound from a relaxed problem, not a potential (ranking) function of a proof that something ends: what ranks is in
// analysis/engines/prove.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/machine/world.hpp"

namespace dmstall::models {

class Potential {
 public:
  static constexpr std::int64_t unlimited = INT64_MAX / 4;

  explicit Potential(const Machine& machine);

  /// `takes_are_free`: elements may come from free pages, so takes do not subtract.
  [[nodiscard]] std::int64_t gain(const Token& token, ResourceId resource, bool takes_are_free);
  /// The same for a request that has not started.
  [[nodiscard]] std::int64_t gain_from(NodeId entry, ResourceId resource, bool takes_are_free);
  [[nodiscard]] bool may_free_pages(const Token& token);
  [[nodiscard]] bool may_free_pages_from(NodeId entry);
  /// Whether some path of it stops the machine.
  [[nodiscard]] bool may_stop(const Token& token);
  [[nodiscard]] bool may_stop_from(NodeId entry);

  static std::int64_t add(std::int64_t a, std::int64_t b) {
    return a >= unlimited || b >= unlimited ? unlimited : a + b;
  }

 private:
  /// Largest prefix sum, and largest sum, of the paths from a node to the end of its flow.
  struct Value {
    std::int64_t best = 0, total = 0;
  };
  /// Only flows from which a giving step can be reached are kept; all other nodes count for 0.
  using Values = std::unordered_map<FlowId, std::vector<Value>>;

  const Values& values(ResourceId resource, bool takes_are_free);
  [[nodiscard]] Value at(const Values& values, NodeId node) const;
  [[nodiscard]] std::int64_t effect(const Node& node, ResourceId resource, bool takes_are_free) const;
  [[nodiscard]] Value evaluate(NodeId id, ResourceId resource, bool takes_are_free, const Values& values) const;

  const Machine* machine_;
  std::map<std::pair<ResourceId, bool>, std::unique_ptr<Values>> known_;
  std::vector<std::vector<NodeId>> givers_;   ///< resource → nodes that add to it
  std::vector<std::vector<FlowId>> callers_;  ///< flow → flows that call or spawn it
  std::vector<std::vector<NodeId>> nodes_of_flow_;
  std::vector<std::int32_t> place_in_flow_;  ///< node → index in nodes_of_flow_
  std::vector<FlowId> flows_that_clean_;     ///< contain end_writeback
  std::vector<FlowId> flows_that_stop_;      ///< contain stop
};

}  // namespace dmstall::models
