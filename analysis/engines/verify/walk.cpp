#include "analysis/engines/verify/walk.hpp"

#include <algorithm>

#include "analysis/engines/verify/pass.hpp"

namespace dmstall::analysis::checking {

using models::FlowId;
using models::Node;
using models::NodeId;
using models::NodeKind;

std::size_t Walk::Hashes::operator()(const Amounts& amounts) const {
  Mixer mixer;
  for (const auto& [slot, n] : amounts) mixer << slot << n;
  return mixer.value();
}

std::size_t Walk::Hashes::operator()(const Extra& extra) const {
  Mixer mixer;
  for (const Children& children : extra.children)
    mixer << children.flow << children.statuses << (children.certain ? 1 : 0);
  mixer << -1;
  for (const Slot event : extra.counted) mixer << event;
  return mixer.value();
}

std::size_t Walk::Hashes::operator()(const Context& context) const {
  return (Mixer() << context.flow << context.held << context.pending << (context.children_count ? 1 : 0)
                  << (context.callers_children ? 1 : 0) << context.of_class)
      .value();
}

std::size_t Walk::Hashes::operator()(const State& state) const {
  return (Mixer() << state.at << state.held << state.pending << state.extra).value();
}

Walk::Walk(const models::Machine& machine, const Slots& slots, const Survey& survey, const Claims& claims, Plan plan,
           Roots& roots, Budget& budget)
    : machine_(machine),
      slots_(slots),
      survey_(survey),
      claims_(claims),
      plan_(std::move(plan)),
      roots_(roots),
      budget_(budget) {
  for (Slot slot = 0; slot < slots.count(); ++slot) {
    if (follows(slot)) all_followed_.push_back(slot);
  }
}

void Walk::check_everything() {
  roots_.of_group.resize(claims_.certificate->groups.size());
  roots_.groups_of_flow.resize(machine_.flows.size());
  roots_.spawned_statuses.resize(machine_.nodes.size());
  for (std::size_t i = 0; i < machine_.classes.size(); ++i) {
    Root root{flow_at(machine_, machine_.class_entry[i]), static_cast<std::int32_t>(i), false, {}};
    for (Slot event = 0; event < static_cast<Slot>(machine_.resources.size()); ++event) {
      if (claims_.owed_by[static_cast<std::size_t>(event)] == root.of_class) add_to(root.with, event, 1);
    }
    run_root(root);
  }
}

std::set<Column> Walk::collect() {
  for (const std::int32_t index : roots_.of_group[static_cast<std::size_t>(plan_.group)])
    run_root(roots_.all[static_cast<std::size_t>(index)]);
  return std::move(columns_);
}

void Walk::join(std::vector<Children>& children, const Children& more) {
  const auto place = std::lower_bound(children.begin(), children.end(), more,
                                      [](const Children& a, const Children& b) { return a.flow < b.flow; });
  if (place == children.end() || place->flow != more.flow) {
    children.insert(place, more);
  } else {
    place->statuses = static_cast<std::uint8_t>(place->statuses | more.statuses);
    place->certain = place->certain || more.certain;
  }
}

std::vector<Walk::Children> Walk::on_either_way(const std::vector<Children>& one, const std::vector<Children>& other) {
  std::vector<Children> both;
  auto a = one.begin(), b = other.begin();
  while (a != one.end() || b != other.end()) {
    const bool only_a = b == other.end() || (a != one.end() && a->flow < b->flow);
    const bool only_b = a == one.end() || (b != other.end() && b->flow < a->flow);
    if (only_a || only_b) {
      both.push_back(only_a ? *a++ : *b++);
      both.back().certain = false;
      continue;
    }
    both.push_back({a->flow, static_cast<std::uint8_t>(a->statuses | b->statuses), a->certain && b->certain});
    ++a, ++b;
  }
  return both;
}

bool Walk::waits_in_group(FlowId flow) const {
  const std::vector<int>& groups = roots_.groups_of_flow[static_cast<std::size_t>(flow)];
  return !first() && std::binary_search(groups.begin(), groups.end(), plan_.group);
}

void Walk::touched_by(NodeId id, std::vector<Slot>& slots) const {
  const Node& node = machine_.nodes[static_cast<std::size_t>(id)];
  const auto add = [&](Slot slot) {
    if (slot != no_slot && follows(slot)) slots.push_back(slot);
  };
  for (std::int32_t i = 0; i < node.gives; ++i)
    add(slots_.of(machine_.gives[static_cast<std::size_t>(node.first_give + i)].resource));
  if (node.resource == models::no_resource) return;
  add(slots_.of(node.resource));
  if (slots_.is(slots_.of(node.resource), models::ResourceKind::rwsem)) add(slots_.writing(node.resource));
  const BatchRule* batch = node.kind == NodeKind::count ? claims_.batch_of_counter(slots_.of(node.resource))
                                                        : claims_.batch_of_event(slots_.of(node.resource));
  if (batch != nullptr) add(batch->event), add(batch->guard);
}

const std::vector<Slot>& Walk::touches(FlowId flow) {
  // Equations need all that is held wherever somebody waits in their group.
  if (waits_in_group(flow)) return all_followed_;
  if (const auto known = touches_.find(flow); known != touches_.end()) return known->second;
  const FlowFacts& facts = survey_.flows[static_cast<std::size_t>(flow)];
  std::vector<Slot> slots;
  for (const NodeId id : facts.nodes) touched_by(id, slots);
  for (const FlowId called : facts.calls) {
    const std::vector<Slot>& inside = touches(called);
    slots.insert(slots.end(), inside.begin(), inside.end());
  }
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  return touches_.emplace(flow, std::move(slots)).first->second;
}

/// What the flow is told of, and what its caller puts aside.
std::pair<Amounts, Amounts> Walk::split(const Amounts& held, FlowId flow, AmountsId pending) {
  std::pair<Amounts, Amounts> parts;
  if (held.empty()) return parts;
  const std::vector<Slot>& touched = touches(flow);
  for (const auto& entry : held) {
    const bool told = std::binary_search(touched.begin(), touched.end(), entry.first) ||
                      amount_of(amounts_[pending], entry.first) > 0;
    (told ? parts.first : parts.second).push_back(entry);
  }
  return parts;
}

/// What a detach in the called flow gives back, as far as account is kept of it.
Amounts Walk::gives_of_call(const Node& node) const {
  Amounts gives;
  for (std::int32_t i = 0; i < node.gives; ++i) {
    const models::GiveBack& back = machine_.gives[static_cast<std::size_t>(node.first_give + i)];
    if (follows(slots_.of(back.resource))) add_to(gives, slots_.of(back.resource), back.n);
  }
  return gives;
}

/// What is held through a call (or for a token's whole life) must rank above all that is waited for inside.
void Walk::put_aside(const Amounts& rest, const Result& inside, NodeId at) const {
  if (!first() || inside.highest == INT_MAX) return;
  for (const auto& [slot, n] : rest) {
    const int rank = group_of(slot);
    if (rank == unranked || rank < inside.highest || (rank == inside.highest && claims_.has_cases(rank))) continue;
    const std::string& waited = claims_.certificate->groups[static_cast<std::size_t>(inside.highest)].things.front();
    throw Refused({Refusal::Kind::call_holds_low,
                   {slots_.name(slot), place(machine_, at), waited, place(machine_, inside.highest_at)}});
  }
}

const Walk::Result& Walk::run(const Context& context) {
  const auto known = known_.find(context);
  if (known != known_.end()) return *known->second;
  Result result = Pass(*this, context).run();
  if (first()) {
    std::vector<int>& groups = roots_.groups_of_flow[static_cast<std::size_t>(context.flow)];
    std::vector<int> both;
    std::set_union(groups.begin(), groups.end(), result.groups.begin(), result.groups.end(), std::back_inserter(both));
    groups = std::move(both);
  }
  results_.push_back(std::move(result));
  known_.emplace(context, &results_.back());
  return results_.back();
}

/// Returns the statuses with which the token may end.
std::uint8_t Walk::run_root(const Root& root) {
  const auto known = known_roots_.find(root);
  if (known != known_roots_.end()) return known->second;
  Amounts held;
  for (const auto& [slot, n] : root.with) {
    if (follows(slot)) add_to(held, slot, n);
  }
  const Slot completion = slots_.completion(root.flow), submission = slots_.submission(root.flow);
  if (root.of_class < 0 && follows(completion)) add_to(held, completion, 1);
  AmountsId pending = 0;
  if (root.submitted && follows(submission)) {
    add_to(held, submission, 1);
    pending = amounts_.number({{submission, 1}});
  }
  if (!survey_.flows[static_cast<std::size_t>(root.flow)].detaches) pending = 0;
  const NodeId entry = machine_.flow_entry[static_cast<std::size_t>(root.flow)];
  const auto [told, rest] = split(held, root.flow, pending);
  const bool apart = root.of_class >= 0 && !first() && plan_.classes_apart[static_cast<std::size_t>(root.of_class)];
  const bool children_count = survey_.flows[static_cast<std::size_t>(root.flow)].awaits_children;
  const Result& result =
      run({root.flow, amounts_.number(told), pending, children_count, false, apart ? root.of_class : -1});
  put_aside(rest, result, entry);
  std::uint8_t statuses = 0;
  for (const Exit& exit : result.exits) {
    statuses = static_cast<std::uint8_t>(statuses | 1U << static_cast<unsigned>(exit.status));
    if (!first()) continue;
    for (const Amounts* part : {&rest, &amounts_[exit.held]}) {
      for (const auto& [slot, n] : *part) {
        if (group_of(slot) == unranked || (root.of_class < 0 && (slot == completion || slot == submission))) continue;
        throw Refused({Refusal::Kind::ends_holding,
                       {machine_.flows[static_cast<std::size_t>(root.flow)].name, slots_.name(slot)}});
      }
    }
  }
  if (first()) {
    const auto index = static_cast<std::int32_t>(roots_.all.size());
    roots_.all.push_back(root);
    for (const int group : result.groups) roots_.of_group[static_cast<std::size_t>(group)].push_back(index);
  }
  known_roots_.emplace(root, statuses);
  return statuses;
}

}  // namespace dmstall::analysis::checking
