#include "analysis/engines/prove/wait_graph.hpp"

#include <algorithm>
#include <set>

#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::at;

}  // namespace

std::vector<RankedWait> in_words(const Things& things, const Summaries& summaries, const Waits& waits,
                                 const std::vector<Waits::Group>& groups) {
  const models::Machine& machine = things.machine();
  std::vector<std::set<std::string>> functions(things.things());
  for (const models::FlowId flow : summaries.order()) {
    for (const Wait& wait : summaries.of(flow).waits) {
      const models::Resource* resource = things.is_resource(wait.thing) ? &machine.resources[at(wait.thing)] : nullptr;
      std::string text = machine.function_of(wait.node);
      if (resource != nullptr && !resource->wait_function.empty())
        text = text.empty() ? resource->wait_function : resource->wait_function + " < " + text;
      if (!text.empty()) functions[at(wait.thing)].insert(std::move(text));
    }
  }
  std::vector<std::size_t> rank(things.things(), 0);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const ThingId thing : groups[g].things) rank[at(thing)] = g + 1;
  }
  const std::vector<std::vector<ThingId>> held = waits.held_by_waiters();
  std::vector<RankedWait> result;
  for (const Waits::Group& group : groups) {
    for (const ThingId thing : group.things) {
      RankedWait words;
      words.thing = things.name(thing);
      words.rank = rank[at(thing)];
      words.round = !group.strict;
      words.functions.assign(functions[at(thing)].begin(), functions[at(thing)].end());
      std::vector<ThingId> holders = held[at(thing)];
      std::sort(holders.begin(), holders.end(), [&](ThingId a, ThingId b) { return rank[at(a)] > rank[at(b)]; });
      for (const ThingId holder : holders) words.held.push_back(things.name(holder));
      result.push_back(std::move(words));
    }
  }
  return result;
}

namespace {

void fill(const models::Machine& machine, Deadline& deadline, WaitGraph& graph) {
  Things things(machine);
  if ((graph.objection = things.objection())) return;
  Summaries summaries(things, deadline);
  if ((graph.objection = summaries.walk())) return;
  things.keep_waited(summaries.waited_for());
  Waits waits(things, summaries, deadline);
  graph.objection = waits.build();
  if (!graph.objection) graph.things = in_words(things, summaries, waits, waits.groups());
}

}  // namespace

WaitGraph wait_graph(const models::Machine& machine) {
  constexpr double most_seconds = 20;
  WaitGraph graph;
  Deadline deadline(most_seconds);
  try {
    fill(machine, deadline, graph);
  } catch (const OutOfTime&) {
    graph.things.clear();
    graph.objection = {.kind = Objection::Kind::ways_out_of_time, .seconds = most_seconds};
  }
  return graph;
}

}  // namespace dmstall::analysis
