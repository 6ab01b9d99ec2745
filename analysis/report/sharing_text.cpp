#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/objection_text.hpp"
#include "analysis/report/sharing_report.hpp"
#include "analysis/report/wrapped.hpp"
#include "analysis/verdict/stack_levels.hpp"

namespace dmstall::analysis {

namespace {

constexpr std::size_t most_devices = 24;  // more: only what is shared
constexpr std::size_t most_names = 8;

std::string some(const std::vector<std::string>& names) {
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), most_names));
  return fmt::format("{}{}", fmt::join(names.begin(), end, ", "),
                     names.size() > most_names ? fmt::format(" and {} more", names.size() - most_names) : "");
}

std::string own_pools(const models::Program& program, const StackLevels& levels, const std::string& device) {
  std::vector<std::string> words;
  for (const models::Resource& resource : program.resources) {
    const auto takers = levels.takers.find(resource.name);
    if (takers == levels.takers.end() || takers->second.size() != 1 || *takers->second.begin() != device ||
        resource.capacity <= 0)
      continue;
    const bool prefixed = resource.name.rfind(device + ".", 0) == 0;
    words.push_back(
        fmt::format("{} {}", prefixed ? resource.name.substr(device.size() + 1) : resource.name, resource.capacity));
  }
  for (std::size_t i = 0; i + 1 < words.size(); ++i) words[i] += ",";
  std::string out;
  add_wrapped(words, "      ", out);
  return words.empty() ? "" : out;
}

std::string levels_text(const models::Program& program, const StackLevels& levels) {
  if (levels.devices.empty()) return "";
  std::string out = "levels, from the top, and the pools that serve each alone\n";
  if (levels.devices.size() > most_devices)
    return fmt::format("levels: {} devices (more than {}: not listed)\n", levels.devices.size(), most_devices);
  for (const std::string& device : levels.devices) {
    const auto below = levels.on.find(device);
    const bool bottom = below == levels.on.end() || below->second.empty();
    out += fmt::format("  {}{}\n", device, bottom ? "" : fmt::format(" on {}", fmt::join(below->second, ", ")));
    out += own_pools(program, levels, device);
  }
  return out;
}

/// Pairs of devices that share a pool and stand on each other.
std::vector<std::string> along_the_stack(const StackLevels& levels, const std::set<std::string>& devices) {
  std::vector<std::string> pairs;
  for (const std::string& upper : devices) {
    for (const std::string& lower : devices) {
      if (upper != lower && levels.stands_on(upper, lower))
        pairs.push_back(fmt::format("{} stands on {}", upper, lower));
    }
  }
  return pairs;
}

std::string shared_text(const models::Program& program, const StackLevels& levels) {
  std::string out;
  for (const models::Resource& resource : program.resources) {
    const auto takers = levels.takers.find(resource.name);
    if (takers == levels.takers.end() || takers->second.size() < 2) continue;
    const std::vector<std::string> devices(takers->second.begin(), takers->second.end());
    const std::vector<std::string> pairs = along_the_stack(levels, takers->second);
    out +=
        fmt::format("  {} ({}): {}\n      {}\n", resource.name, resource.capacity, some(devices),
                    pairs.empty() ? "none of them stands on another" : fmt::format("along the stack: {}", some(pairs)));
  }
  if (out.empty()) return levels.devices.empty() ? "" : "shared between devices: nothing\n";
  return "shared between devices\n" + out;
}

std::string waits_text(const WaitGraph& graph) {
  if (graph.objection) return fmt::format("waits: not ordered: {}\n", to_text(graph.objection));
  if (graph.things.empty()) return "waits: nobody waits for anything\n";
  std::string out = "waits: who holds one of these may wait for those behind it; (in brackets): waits go round\n";
  std::vector<std::string> words;
  for (std::size_t i = 0; i < graph.things.size(); ++i) {
    const RankedWait& each = graph.things[i];
    const bool first = i == 0 || graph.things[i - 1].rank != each.rank,
               last = i + 1 == graph.things.size() || graph.things[i + 1].rank != each.rank;
    words.push_back(fmt::format("{}{}{}", each.round && first ? "(" : "", each.thing, each.round && last ? ")" : ""));
    if (i + 1 < graph.things.size()) words.back() += last ? " >" : ",";
  }
  add_wrapped(words, "  ", out);
  std::string round;
  for (const RankedWait& each : graph.things) {
    if (!each.round) continue;
    std::vector<std::string> holders;
    for (const RankedWait& other : graph.things) {
      if (other.rank == each.rank && std::find(each.held.begin(), each.held.end(), other.thing) != each.held.end())
        holders.push_back(other.thing);
    }
    round += fmt::format("  {}\n      by who may hold  {}\n", each.thing, some(holders));
    for (const std::string& function : each.functions) round += fmt::format("      in               {}\n", function);
  }
  return out + (round.empty() ? "no wait goes up the stack or round\n"
                              : "waits that go up the stack or round: waited for\n" + round);
}

}  // namespace

std::string sharing_text(const models::Program& program, const WaitGraph& graph) {
  const StackLevels levels = stack_levels(program);
  return levels_text(program, levels) + shared_text(program, levels) + waits_text(graph);
}

}  // namespace dmstall::analysis
