#include "analysis/engines/prove/columns.hpp"

#include <map>
#include <set>
#include <tuple>

#include "models/machine/graph.hpp"

namespace dmstall::analysis {

using models::CallContext;
using models::FlowId;
using models::Machine;
using models::Node;

namespace {

using models::at;

/// How a flow is entered: what its caller holds, before and after a detach inside it.
struct Context {
  FlowId flow = models::no_flow;
  Holdings attached, detached;
  std::int32_t request_class = -1;
  auto operator<=>(const Context&) const = default;
};

class Unfolding {
 public:
  Unfolding(const Things& things, const Summaries& summaries, const Waits& waits, const std::vector<ThingId>& group,
            std::size_t limit, Deadline& deadline)
      : deadline_(deadline),
        things_(things),
        summaries_(summaries),
        waits_(waits),
        group_(group.begin(), group.end()),
        on_the_way_(waits.flows_waiting_for(group)),
        limit_(limit) {}

  std::optional<std::vector<Column>> run() {
    for (const Root& root : waits_.roots()) {
      Holdings attached = kept(root.begins_with), detached = attached;
      if (const ThingId submission = things_.submission(root.flow); detached.of(submission) > 0)
        detached.set(submission, 0);
      enter({root.flow, std::move(attached), std::move(detached), root.request_class}, root.request_class);
    }
    while (!todo_.empty()) {
      const auto [context, from_class] = todo_.back();
      todo_.pop_back();
      deadline_.poll();
      if (contexts_.size() > limit_ || columns_.size() > limit_) return std::nullopt;
      expand(context, from_class);
    }
    std::vector<Column> result;
    for (auto& [key, column] : columns_) result.push_back(std::move(column));
    return result;
  }

 private:
  using Key = std::tuple<Target, Holdings, std::int32_t>;

  /// Only what rows may name: the group's things, and what is only its capacity.
  [[nodiscard]] Holdings kept(const Holdings& held) const {
    Holdings result;
    for (const auto& [hold, n] : held.entries()) {
      const ThingId thing = things_.thing_of(hold);
      if (thing != no_thing && matters(thing)) result.add(hold, n);
    }
    return result;
  }

  [[nodiscard]] bool matters(ThingId thing) const {
    if (group_.count(thing) > 0) return true;
    if (!things_.is_resource(thing)) return false;
    const models::Resource& resource = things_.machine().resources[at(thing)];
    if (models::has_elements(resource.kind)) return is_hard(resource);
    const models::ResourceId announced =
        resource.kind == models::ResourceKind::counter ? things_.announced_by(thing) : models::no_resource;
    return announced != models::no_resource && group_.count(announced) > 0;
  }

  void enter(Context context, std::int32_t from_class) {
    if (!on_the_way_[at(context.flow)]) return;
    const auto [place, fresh] = contexts_.insert(std::move(context));
    if (fresh) todo_.emplace_back(*place, from_class);
  }

  void expand(const Context& context, std::int32_t from_class) {
    const Machine& machine = things_.machine();
    const FlowSummary& does = summaries_.of(context.flow);
    const auto base = [&](bool detached) { return detached ? context.detached : context.attached; };
    for (const Wait& wait : does.waits) {
      deadline_.poll();
      if (group_.count(wait.thing) == 0) continue;
      Column column;
      column.target = {things_.name(wait.thing), wait.need, wait.writing};
      column.thing = wait.thing;
      column.held = base(wait.detached);
      column.held.add(kept(wait.held));
      column.request_class = context.request_class;
      column.from_class = from_class;
      columns_.try_emplace({column.target, column.held, column.request_class}, column);
    }
    for (const Call& call : does.calls) {
      deadline_.poll();
      if (!on_the_way_[at(call.flow)]) continue;
      const Node& node = machine.nodes[at(call.node)];
      const Holdings held = kept(call.held);
      Context inside{call.flow, base(call.detached), {}, context.request_class};
      inside.attached.add(held);
      inside.detached = node.context == CallContext::inherit ? context.detached : inside.attached;
      if (node.context == CallContext::inherit) inside.detached.add(held);
      if (node.context == CallContext::async) inside.detached.add(kept(summaries_.given_at_detach(node)));
      enter(std::move(inside), from_class);
    }
  }

  Deadline& deadline_;
  const Things& things_;
  const Summaries& summaries_;
  const Waits& waits_;
  std::set<ThingId> group_;
  std::vector<bool> on_the_way_;
  std::size_t limit_;
  std::set<Context> contexts_;
  std::vector<std::pair<Context, std::int32_t>> todo_;
  std::map<Key, Column> columns_;
};

}  // namespace

std::optional<std::vector<Column>> columns_of(const Things& things, const Summaries& summaries, const Waits& waits,
                                              const std::vector<ThingId>& group, std::size_t limit,
                                              Deadline& deadline) {
  return Unfolding(things, summaries, waits, group, limit, deadline).run();
}

}  // namespace dmstall::analysis
