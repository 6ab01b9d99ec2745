#include "analysis/report/program_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "models/machine/describe.hpp"

namespace dmstall::analysis {

namespace {

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string resources_text(const models::Program& program, const DeviceFolding& folding) {
  std::string out = "resources\n";
  std::unordered_set<std::string> seen;
  for (const models::Resource& resource : program.resources) {
    if (seen.insert(folding.of(resource.name)).second) out += "  " + models::describe_resource(resource) + "\n";
  }
  return out;
}

/// Each flow as text, one of each kind.
std::vector<std::string> flow_texts(const models::Program& program, const DeviceFolding& folding) {
  std::vector<std::string> texts;
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < program.flows.size(); ++i) {
    if (!seen.insert(folding.of(program.flows[i].name)).second) continue;
    texts.push_back(models::describe_flow(program, static_cast<models::FlowId>(i)));
  }
  return texts;
}

/// "\nread lv\n  step\n  …" → "read lv"
std::string name_in(const std::string& flow) {
  return flow.substr(1, flow.find('\n', 1) - 1);
}

std::string flows_text(const std::vector<std::string>& flows, std::size_t most_lines) {
  std::string all;
  for (const std::string& flow : flows) all += flow;
  if (most_lines == 0 || lines_in(all) <= most_lines) return all;
  std::string out = "\nflows, and how many lines they have (--all prints them)\n";
  for (const std::string& flow : flows) out += fmt::format("  {:>4}  {}\n", lines_in(flow) - 2, name_in(flow));
  return out;
}

std::string requests_text(const models::Program& program, const DeviceFolding& folding) {
  struct Alike {
    std::string text, last;
    std::size_t count = 0;
  };
  std::vector<Alike> all;
  std::unordered_map<std::string, std::size_t> known;
  for (const models::RequestClass& of : program.classes) {
    const std::string text = models::describe_requests(program, of);
    const auto [at, fresh] = known.emplace(folding.of(text), all.size());
    if (fresh) all.push_back({text, {}, 0});
    all[at->second].last = of.name;
    ++all[at->second].count;
  }
  std::string out = "\nrequests\n";
  for (const Alike& each : all) {
    out += fmt::format("  {}{}\n", each.text,
                       each.count > 1 ? fmt::format("   ×{}, up to {}", each.count, each.last) : "");
  }
  return out;
}

}  // namespace

std::string program_text(const models::Program& shown, const models::Program& whole, const DeviceFolding& folding,
                         std::size_t most_lines) {
  return resources_text(shown, folding) + flows_text(flow_texts(shown, folding), most_lines) +
         requests_text(whole, folding);
}

}  // namespace dmstall::analysis
