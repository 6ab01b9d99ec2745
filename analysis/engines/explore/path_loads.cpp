#include "analysis/engines/explore/path_loads.hpp"

#include <algorithm>
#include <utility>

#include "analysis/engines/explore/demand.hpp"
#include "models/machine/graph.hpp"

namespace dmstall::analysis {

using models::GiveBack;
using models::no_node;
using models::Node;
using models::node_at;
using models::NodeId;
using models::NodeKind;
using models::ResourceId;

namespace {

/// The larger of both, per key; whether `into` grew.
bool raise_load(Load& into, const Load& by) {
  bool grew = false;
  for (const auto& [key, n] : by) {
    std::int64_t& value = into[key];
    if (n <= value) continue;
    value = n;
    grew = true;
  }
  return grew;
}

/// Keeps what both hold for certain; whether `into` shrank.
bool lower_load(Load& into, const Load& by) {
  bool shrank = false;
  for (auto each = into.begin(); each != into.end();) {
    const auto other = by.find(each->first);
    const std::int64_t n = other == by.end() ? 0 : std::min(each->second, other->second);
    shrank = shrank || n < each->second;
    each->second = n;
    each = n == 0 ? into.erase(each) : std::next(each);
  }
  return shrank;
}

NodeId call_of(NodeId entry) {
  return entry < 0 ? ~entry : entry;
}

}  // namespace

void add(Load& load, std::int64_t key, std::int64_t n) {
  if (n == 0) return;
  std::int64_t& value = load[key];
  value = std::clamp<std::int64_t>(value + n, 0, unbounded_demand);
  if (value == 0) load.erase(key);
}

void PathLoads::walk(NodeId entry, const Load& travels) {
  constexpr std::size_t looks_once_in = 256;
  reach({entry, {}}, {travels, travels});
  while (!work_.empty() && !too_many_) {
    const Place place = std::move(work_.back());
    work_.pop_back();
    if (visits_++ % looks_once_in == 0 && std::chrono::steady_clock::now() > ends_) throw DemandOutOfTime{};
    step(place, loads_.at(place));
  }
  if (!too_many_) return;
  for (std::size_t r = 0; r < machine_.resources.size(); ++r) peak_[static_cast<std::int64_t>(r)] = unbounded_demand;
}

void PathLoads::reach(Place place, const Bounds& held) {
  if (place.at == no_node) return;
  const auto [found, fresh] = loads_.try_emplace(place);
  Bounds& there = found->second;
  if (fresh) there.least = held.least;
  const bool grew = raise_load(there.most, held.most);
  const bool shrank = !fresh && lower_load(there.least, held.least);
  if (!fresh && !grew && !shrank) return;
  // A loop that takes more each time round has no bound.
  if (grew && ++there.raises > most_raises) {
    for (auto& [key, n] : there.most) n = unbounded_demand;
  }
  if (there.raises > most_raises + 2 && !shrank) return;
  if (loads_.size() > most_places || place.calls.size() > most_calls) {
    too_many_ = true;
    return;
  }
  work_.push_back(std::move(place));
}

void PathLoads::give(Bounds& held, ResourceId resource, std::int32_t n) {
  const auto sure = held.least.find(resource);
  if (sure == held.least.end() || sure->second < n) given_unheld_.insert(resource);
  add(held.most, resource, -static_cast<std::int64_t>(n));
  add(held.least, resource, -static_cast<std::int64_t>(n));
}

void PathLoads::leave(Place& from, std::size_t depth, Bounds& held) {
  NodeId& call = from.calls[depth];
  if (call < 0 || node_at(machine_, call).context != models::CallContext::async) return;
  for (const GiveBack& back : gives_of(machine_, node_at(machine_, call))) give(held, back.resource, back.n);
  call = ~call;
}

void PathLoads::take(const Place& from, const Node& node, Bounds& held) {
  if (is_always_refused(machine_, node)) return reach({node.other, from.calls}, held);
  if (node.other != no_node) reach({node.other, from.calls}, held);
  if (!(is_passed_through(machine_, node) && passed_through(node.next))) {
    add(held.most, node.resource, node.n);
    add(held.least, node.resource, node.n);
  }
  raise_load(peak_, held.most);
  if (node.reserve_next != no_node && node.reserve_next != node.next) reach({node.reserve_next, from.calls}, held);
  reach({node.next, from.calls}, held);
}

void PathLoads::finish(const Place& from, const Node& node, Bounds& held) {
  if (from.calls.empty()) return;
  Place back = from;
  leave(back, back.calls.size() - 1, held);
  const Node& call = node_at(machine_, call_of(back.calls.back()));
  back.calls.pop_back();
  back.at = call.by_status[static_cast<std::size_t>(node.status)];
  reach(std::move(back), held);
}

void PathLoads::detach(const Place& from, const Node& node, Bounds& held) {
  Place after{node.next, from.calls};
  for (std::size_t depth = after.calls.size(); depth-- > 0;) {
    if (node_at(machine_, call_of(after.calls[depth])).context == models::CallContext::inherit) continue;
    leave(after, depth, held);
    break;
  }
  reach(std::move(after), held);
}

void PathLoads::step(const Place& from, Bounds held) {
  const Node& node = node_at(machine_, from.at);
  const auto to = [&](NodeId next) { reach({next, from.calls}, held); };
  raise_load(peak_, held.most);
  switch (node.kind) {
    case NodeKind::take:
    case NodeKind::take_asleep:
    case NodeKind::try_take:
      return take(from, node, held);
    case NodeKind::give:
      if (!passed_through(from.at)) give(held, node.resource, node.n);
      return to(node.next);
    case NodeKind::call: {
      Place inside{node.entry, from.calls};
      inside.calls.push_back(from.at);
      return reach(std::move(inside), held);
    }
    case NodeKind::finish:
      return finish(from, node, held);
    case NodeKind::detach:
      return detach(from, node, held);
    case NodeKind::spawn:
    case NodeKind::spawn_submit:
      for (const GiveBack& with : gives_of(machine_, node)) {
        give(held, with.resource, with.n);  // a child that brings what nobody took gives it all the same
      }
      add(held.most, child_key(from.at), 1);
      return to(node.next);
    case NodeKind::await_children:
      held.most.erase(held.most.lower_bound(first_child_key), held.most.end());
      for (const NodeId next : node.by_status) to(next);
      return;
    case NodeKind::choose:
      for (const models::Choice& choice : choices_of(machine_, node)) to(choice.next);
      return;
    default:
      to(node.next);
      if (node.other != no_node && node.other != node.next) to(node.other);
      return;
  }
}

}  // namespace dmstall::analysis
