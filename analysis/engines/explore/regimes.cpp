#include "analysis/engines/explore/regimes.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::AllocatorRule;
using models::AlternativeKind;
using models::at;
using models::Machine;
using models::Node;
using models::node_at;
using models::Resource;

constexpr std::size_t most_kinds = 12;  // of pools, each with a regime of its own

bool is_undecided(const Resource& resource) {
  return resource.soft && resource.allocator == AllocatorRule::any;
}

template <typename Refuses>
Regime regime_where(const Machine& machine, const Refuses& refuses) {
  Regime regime;
  for (std::size_t r = 0; r < machine.resources.size(); ++r)
    regime.refuses.push_back(is_undecided(machine.resources[r]) && refuses(machine.resources[r], r));
  return regime;
}

}  // namespace

std::vector<std::vector<bool>> kinds_of_pools(const Machine& machine) {
  std::vector<std::vector<bool>> kinds;
  std::map<std::string, std::size_t> known;
  for (std::size_t r = 0; r < machine.resources.size(); ++r) {
    const Resource& resource = machine.resources[r];
    if (!is_undecided(resource)) continue;
    const auto [kind, fresh] = known.emplace(resource.pool.empty() ? resource.name : resource.pool, kinds.size());
    if (fresh) kinds.emplace_back(machine.resources.size(), false);
    kinds[kind->second][r] = true;
  }
  return kinds;
}

std::vector<Regime> regimes_of(const Machine& machine, const std::vector<bool>& open) {
  std::vector<Regime> regimes;
  if (std::none_of(machine.resources.begin(), machine.resources.end(), is_undecided)) return regimes;
  const auto add = [&](Regime regime) {
    if (std::find(regimes.begin(), regimes.end(), regime) == regimes.end()) regimes.push_back(std::move(regime));
  };
  add(regime_where(machine, [](const Resource&, std::size_t) { return true; }));
  add(regime_where(
      machine, [](const Resource& resource, std::size_t) { return resource.memory != models::MemoryClass::thread; }));
  if (!open.empty()) add(regime_where(machine, [&](const Resource&, std::size_t r) { return open[r]; }));
  const std::vector<std::vector<bool>> kinds = kinds_of_pools(machine);
  for (std::size_t k = 0; k < std::min(kinds.size(), most_kinds); ++k) add({kinds[k]});
  add(regime_where(machine, [](const Resource&, std::size_t) { return false; }));
  return regimes;
}

bool is_allowed(Space& space, const Regime& regime, const Edge& edge) {
  const Machine& machine = space.machine();
  const Node& node = machine.nodes[at(space.shapes().sites(edge.shape)[at(edge.site)].at)];
  if (node.resource == models::no_resource || !is_undecided(machine.resources[at(node.resource)])) return true;
  const bool refuses = regime.refuses[at(node.resource)];
  switch (edge.kind) {
    case AlternativeKind::allocator:
      return !refuses && edge.index == 0;
    case AlternativeKind::reserve:
    case AlternativeKind::sleep:
    case AlternativeKind::refused:
      return refuses;
    default:
      return true;
  }
}

Regime of_those_waited_for(Space& space, const State& state) {
  const Machine& machine = space.machine();
  Regime regime;
  regime.refuses.assign(machine.resources.size(), false);
  const auto look = [&](const Families& families) {
    for (const auto& [shape, count] : families) {
      for (const Site& site : space.shapes().sites(shape)) {
        const models::ResourceId resource = node_at(machine, site.at).resource;
        if (resource != models::no_resource && is_undecided(machine.resources[at(resource)]))
          regime.refuses[at(resource)] = true;
      }
    }
  };
  look(state.families);
  for (const auto& [id, count] : state.cells) look(space.cell(id).families);
  return regime;
}

}  // namespace dmstall::analysis
