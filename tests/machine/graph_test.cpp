// Helpers of the graph against the definitions: who reaches whom, asked of every pair.
#include "models/machine/graph.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace dmstall::tests {
namespace {

using models::Machine;
using models::NodeId;

using Edges = std::vector<std::vector<std::uint32_t>>;

/// reaches[a][b]: b can be reached from a, or is a (Warshall).
std::vector<std::vector<bool>> closure(const Edges& out) {
  std::vector<std::vector<bool>> reaches(out.size(), std::vector<bool>(out.size(), false));
  for (std::size_t v = 0; v < out.size(); ++v) {
    reaches[v][v] = true;
    for (const std::uint32_t to : out[v]) reaches[v][to] = true;
  }
  for (std::size_t k = 0; k < out.size(); ++k)
    for (std::size_t a = 0; a < out.size(); ++a)
      for (std::size_t b = 0; b < out.size(); ++b)
        if (reaches[a][k] && reaches[k][b]) reaches[a][b] = true;
  return reaches;
}

Edges random_graph(std::mt19937& random, std::size_t vertices) {
  Edges out(vertices);
  const auto edges = random() % (2 * vertices + 1);
  for (std::size_t e = 0; e < edges; ++e)
    out[random() % vertices].push_back(static_cast<std::uint32_t>(random() % vertices));
  return out;
}

TEST(Graph, ComponentsAreThoseThatReachEachOther) {
  std::mt19937 random(1);
  int larger = 0;
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(round);
    const Edges out = random_graph(random, 1 + random() % 12);
    const auto reaches = closure(out);
    const models::Components components = models::strong_components(out);
    std::set<std::int32_t> numbers(components.of.begin(), components.of.end());
    ASSERT_EQ(static_cast<std::int32_t>(numbers.size()), components.count);
    for (std::size_t a = 0; a < out.size(); ++a) {
      for (std::size_t b = 0; b < out.size(); ++b) {
        EXPECT_EQ(components.of[a] == components.of[b], reaches[a][b] && reaches[b][a]);
        if (reaches[a][b]) {
          EXPECT_GE(components.of[a], components.of[b]) << "who is reached has the smaller number";
        }
        larger += a != b && components.of[a] == components.of[b] ? 1 : 0;
      }
    }
  }
  EXPECT_GT(larger, 1000);
}

// A recursive walk would need a stack as deep as the graph.
TEST(Graph, ComponentsOfALongLineNeedNoStack) {
  Edges out(1'000'000);
  for (std::uint32_t v = 0; v + 1 < out.size(); ++v) out[v].push_back(v + 1);
  EXPECT_EQ(models::strong_components(out).count, 1'000'000);
  out.back().push_back(0);
  EXPECT_EQ(models::strong_components(out).count, 1);
}

/// A machine whose nodes are the vertices: edges go round the places of a node that can name another.
Machine machine_of(const Edges& out) {
  Machine machine;
  machine.nodes.resize(out.size());
  for (std::size_t v = 0; v < out.size(); ++v) {
    models::Node& node = machine.nodes[v];
    node.kind = models::NodeKind::take;
    node.first_choice = static_cast<std::int32_t>(machine.choices.size());
    for (std::size_t e = 0; e < out[v].size(); ++e) {
      const auto to = static_cast<NodeId>(out[v][e]);
      if (e < 4) {
        NodeId* const places[] = {&node.next, &node.other, &node.reserve_next, &node.entry};
        *places[e] = to;
      } else if (e < 7) {
        node.by_status[e - 4] = to;
      } else {
        models::Choice choice;
        choice.next = to;
        machine.choices.push_back(choice);
        ++node.choices;
      }
    }
  }
  return machine;
}

TEST(Graph, ReachFindsWhatTheEdgesLeadToTimeAndAgain) {
  std::mt19937 random(2);
  bool all_places = false;
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    Edges out = random_graph(random, 2 + random() % 10);
    for (int more = 0; more < 10; ++more) out[0].push_back(static_cast<std::uint32_t>(random() % out.size()));
    all_places = all_places || out[0].size() > 8;
    const Machine machine = machine_of(out);
    const auto reaches = closure(out);
    models::Reach reach(machine);
    for (std::size_t from = 0; from < out.size(); ++from) {
      const std::vector<NodeId> found = reach.from({static_cast<NodeId>(from)});
      EXPECT_EQ(found.front(), static_cast<NodeId>(from));
      const std::set<NodeId> once(found.begin(), found.end());
      EXPECT_EQ(once.size(), found.size());
      for (std::size_t to = 0; to < out.size(); ++to)
        EXPECT_EQ(once.count(static_cast<NodeId>(to)) != 0, reaches[from][to]) << from << " to " << to;
    }
  }
  EXPECT_TRUE(all_places);
}

TEST(Graph, AnEmptyStepGoesOnOneWay) {
  Machine machine;
  machine.nodes.resize(3);
  machine.nodes[0].kind = models::NodeKind::spend;
  machine.nodes[0].next = 1;
  machine.nodes[0].other = machine.nodes[0].reserve_next = 2;
  EXPECT_EQ(models::Reach(machine).from({0}), (std::vector<NodeId>{0, 1}));
  machine.nodes[0].kind = models::NodeKind::take;
  EXPECT_EQ(models::Reach(machine).from({0}).size(), 3U);
}

// A call goes on where it returns to; what it calls is another flow.
TEST(Graph, NextIsWhereTheTokenItselfGoesOn) {
  Machine machine;
  machine.nodes.resize(4);
  machine.nodes[0].kind = models::NodeKind::call;
  machine.nodes[0].entry = 3;
  machine.nodes[0].by_status = {1, 2, models::no_node};
  std::vector<NodeId> next, all;
  for_each_next(machine, machine.nodes[0], [&](NodeId to) { next.push_back(to); });
  for_each_successor(machine, machine.nodes[0], [&](NodeId to) { all.push_back(to); });
  EXPECT_EQ(next, (std::vector<NodeId>{1, 2}));
  EXPECT_EQ(all, (std::vector<NodeId>{3, 1, 2}));
}

}  // namespace
}  // namespace dmstall::tests
