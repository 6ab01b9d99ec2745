// Who waits for what while holding what, over all flows and callers: the edges that ranks must follow down.
//
// Waits of a flow are gathered in *heads*, one for each way in which the flow has given back what its callers held;
// what a caller holds points at the head, and the head at what is waited for. So the graph grows with the flows, not
// with the ways to reach them.
//
// Ranks that every wait goes down are the ordering of resources that excludes the circular wait: J. W. Havender,
// "Avoiding deadlock in multitasking systems", IBM Systems Journal 7(2), 1968; E. G. Coffman, M. J. Elphick,
// A. Shoshani, "System deadlocks", ACM Computing Surveys 3(2), 1971. Completions of children are ranked like resources,
// which those papers do not have.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "analysis/engines/prove/flow_summary.hpp"
#include "analysis/engines/prove/objection.hpp"

namespace dmstall::analysis {

/// A token of its own: a request, or a child that starts with some elements.
struct Root {
  models::FlowId flow = models::no_flow;
  Holdings begins_with;
  std::int32_t request_class = -1;  ///< of a request
  auto operator<=>(const Root&) const = default;
};

class Waits {
 public:
  Waits(const Things& things, const Summaries& summaries, Deadline& deadline)
      : things_(things), summaries_(summaries), deadline_(deadline) {}

  /// Empty, or why nothing can be shown.
  [[nodiscard]] Objection build();

  /// Things in groups that wait for each other, highest first; only things that somebody waits for.
  struct Group {
    std::vector<ThingId> things;
    bool strict = true;  ///< nobody who holds it waits for it, however indirectly
  };
  [[nodiscard]] std::vector<Group> groups() const;
  /// Per thing: what those who wait for it may hold, whoever called.
  [[nodiscard]] std::vector<std::vector<ThingId>> held_by_waiters() const;
  [[nodiscard]] const std::vector<Root>& roots() const { return roots_; }
  [[nodiscard]] const std::vector<EventRule>& event_rules() const { return rules_; }
  /// Whether the flow, or one that it calls, waits for one of the things.
  [[nodiscard]] std::vector<bool> flows_waiting_for(const std::vector<ThingId>& things) const;

 private:
  struct Head {
    models::FlowId flow = models::no_flow;
    Holdings owed;
    bool detached = false;
    models::ResourceId turn = models::no_resource;  ///< waits for the turn of this order
    auto operator<=>(const Head&) const = default;
  };
  using Vertex = std::int32_t;

  void find_roots();
  [[nodiscard]] Objection check_roots() const;
  void find_edges();
  void find_edges_of(models::FlowId flow);
  void find_edges_of(const Root& root);
  [[nodiscard]] Objection choose_guards();
  [[nodiscard]] std::vector<std::map<models::ResourceId, std::int32_t>> held_for_certain(
      const std::vector<models::ResourceId>& of) const;
  Vertex head(Head head);
  void hold(const Holdings& held, Vertex to, models::ResourceId turn, bool detached);

  const Things& things_;
  const Summaries& summaries_;
  Deadline& deadline_;
  std::vector<Root> roots_;
  std::vector<EventRule> rules_;
  std::map<Head, Vertex> heads_;
  std::vector<std::vector<std::pair<Vertex, Head>>> heads_of_;  ///< flow → its heads
  std::vector<std::vector<Vertex>> edges_;
};

}  // namespace dmstall::analysis
