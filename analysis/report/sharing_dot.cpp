#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/dot_text.hpp"
#include "analysis/report/objection_text.hpp"
#include "analysis/report/sharing_report.hpp"
#include "analysis/verdict/stack_levels.hpp"

namespace dmstall::analysis {

namespace {

using Rows = std::vector<std::vector<bool>>;

/// Arrows by place in `things`; those that two others imply are left out, unless waits go round there.
Rows arrows(const std::vector<RankedWait>& things) {
  std::map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < things.size(); ++i) place[things[i].thing] = i;
  Rows all(things.size(), std::vector<bool>(things.size(), false));
  for (std::size_t to = 0; to < things.size(); ++to) {
    for (const std::string& held : things[to].held) {
      if (const auto from = place.find(held); from != place.end()) all[from->second][to] = true;
    }
  }
  Rows kept = all;
  for (std::size_t from = 0; from < things.size(); ++from) {
    for (std::size_t between = 0; between < things.size(); ++between) {
      if (!all[from][between] || things[between].rank == things[from].rank) continue;
      for (std::size_t to = 0; to < things.size(); ++to) {
        if (all[between][to] && things[to].rank != things[between].rank && things[to].rank != things[from].rank)
          kept[from][to] = false;
      }
    }
  }
  return kept;
}

/// The one device that takes it, or nothing when several do.
std::string home(const StackLevels& levels, const std::string& thing) {
  const auto takers = levels.takers.find(thing);
  return takers != levels.takers.end() && takers->second.size() == 1 ? *takers->second.begin() : "";
}

}  // namespace

std::string sharing_dot(const models::Program& program, const WaitGraph& graph) {
  const StackLevels levels = stack_levels(program);
  std::string out = fmt::format(
      "// an arrow leads from what is held to what is waited for meanwhile; red: waits go round\ndigraph {} {{\n",
      dot_quoted(program.name));
  out += "  rankdir=TB; node [shape=box, fontname=\"sans-serif\", fontsize=10]; edge [arrowsize=0.6];\n";
  if (graph.objection)
    out += fmt::format("  label={};\n", dot_quoted("waits are not ordered: " + to_text(graph.objection)));
  const auto node = [](const RankedWait& each) {
    return fmt::format("{}{};", dot_quoted(each.thing), each.round ? " [color=red, fontcolor=red]" : "");
  };
  std::size_t boxes = 0;
  for (const std::string& device : levels.devices) {
    out += fmt::format("  subgraph cluster_{} {{ label={}; color=gray;", boxes++, dot_quoted(device));
    for (const RankedWait& each : graph.things) {
      if (home(levels, each.thing) == device) out += " " + node(each);
    }
    out += " }\n";
  }
  for (const RankedWait& each : graph.things) {
    if (home(levels, each.thing).empty()) out += "  " + node(each) + "\n";
  }
  const Rows all = arrows(graph.things);
  for (std::size_t from = 0; from < all.size(); ++from) {
    for (std::size_t to = 0; to < all.size(); ++to) {
      if (!all[from][to]) continue;
      const bool round = graph.things[from].round && graph.things[from].rank == graph.things[to].rank;
      out += fmt::format("  {} -> {}{};\n", dot_quoted(graph.things[from].thing), dot_quoted(graph.things[to].thing),
                         round ? " [color=red]" : "");
    }
  }
  return out + "}\n";
}

}  // namespace dmstall::analysis
