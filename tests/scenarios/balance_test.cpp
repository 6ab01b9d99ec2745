// The models keep the rules that files are held to: in every program that is built, what is taken is given on every
// path, and nothing waits where there is no thread. And a scenario with one step less is noticed.
#include "models/machine/balance.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "models/machine/compile.hpp"
#include "models/targets/build.hpp"
#include "tests/scenarios/folder.hpp"
#include "tests/stacks/stacks.hpp"

namespace dmstall::tests {

namespace {

using Json = nlohmann::ordered_json;

const std::string root = std::string(DMSTALL_SOURCE_DIR) + "/scenarios";
constexpr std::size_t fewest_files = 290, fewest_with_tasks = 80;

std::string in_words(const models::Program& program, const models::PathProblem& problem) {
  static constexpr const char* kinds[] = {"kept", "not held", "grows", "sleeps in no thread", "too many ways"};
  const std::string of = problem.resource < 0 ? "" : program.resources[static_cast<std::size_t>(problem.resource)].name;
  return fmt::format("{} {}: {}, in {}", kinds[static_cast<std::size_t>(problem.kind)], of,
                     problem.step == nullptr ? "" : problem.step->function,
                     program.flows[static_cast<std::size_t>(problem.flow)].name);
}

bool is_give(const Json& step) {
  for (const char* verb : {"give", "leave", "unlock", "read_unlock", "write_unlock", "pass_turn"}) {
    if (step.contains(verb)) return true;
  }
  return false;
}

/// Calls `visit` with every list of steps of the value.
void each_list(Json& value, const std::function<void(Json&)>& visit) {
  if (value.is_array() && !value.empty() && value.front().is_object()) visit(value);
  if (!value.is_structured()) return;
  for (Json& inner : value) each_list(inner, visit);
}

bool is_handed_over(const Json& file, const Json& step) {
  for (const auto& [key, value] : step.items()) {
    if (!value.is_string() || !file.at("resources").contains(value.get<std::string>())) continue;
    return file.at("resources").at(value.get<std::string>()).value("handed_over", false);
  }
  return false;
}

}  // namespace

TEST(Balance, EveryShippedScenario) {
  for (const auto& [name, scenario] : scenarios_of(root, fewest_files)) {
    SCOPED_TRACE(name);
    const models::Program program = models::build_program(scenario);
    for (const models::PathProblem& problem : models::follow_paths(program).problems) {
      ADD_FAILURE() << in_words(program, problem);
    }
  }
}

/// A sample of the sweep's stacks of up to three targets, or with DMSTALL_SWEEP all of them; and random ones, with
/// sharing, small reserves and any memory.
TEST(Balance, StacksOfTargets) {
  std::size_t built = 0;
  const auto look = [&](const std::string& text) {
    const models::ReadResult read = models::read_scenario_text(text, "stack.json");
    if (!read.scenario) return;  // not every verb, role and value go together
    SCOPED_TRACE(text);
    try {
      const models::Program program = models::build_program(*read.scenario);
      ++built;
      for (const models::PathProblem& problem : models::follow_paths(program).problems)
        ADD_FAILURE() << in_words(program, problem);
    } catch (const models::CompileError&) {  // more combinations of faults than are searched
    }
  };
  const std::vector<Variant> variants = all_variants();
  const bool all = std::getenv("DMSTALL_SWEEP") != nullptr;
  std::size_t question = 0;
  for (std::size_t targets = 1; targets <= 3; ++targets) {
    each_stack(variants, targets, targets < 3 ? 1 : 0, [&](const StackOfTargets& stack) {
      for (const char* verb : {"read", "write", "flush", "swap_out"}) {
        if (!all && question++ % 61 != 0) continue;
        const WrittenStack devices = written(stack);
        look(fmt::format(R"({{ "format": 1, "name": "stack", "devices": [ {} ],
  "memory": {{ "allocator": "exhausted", "freed_by": "nothing", "unpooled": "fails" }}, "faults": "any",
  "workload": [ {{ "{}": "{}", "count": 2, "in_flight": 2 }} ] }})",
                         joined(devices.devices), verb, devices.top));
      }
    });
  }
  const std::size_t listed = built;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) look(random_scenario(seed));
  std::printf("%zu stacks and %zu random ones\n", listed, built - listed);
  EXPECT_GE(listed, 60u);
  EXPECT_GE(built - listed, 50u);
}

/// Each give of each task is left out once: whoever took it, or counted on it, is told.
TEST(Balance, AGiveLessIsRefused) {
  std::size_t files = 0, gone = 0, refused = 0;
  for (const std::string& path : analysis::find_scenarios({root}).files) {
    std::ifstream stream(path);
    Json file = Json::parse(stream);
    if (!file.contains("tasks")) continue;
    ++files;
    each_list(file["tasks"], [&](Json& steps) {
      for (std::size_t i = 0; i < steps.size(); ++i) {
        if (!is_give(steps[i]) || is_handed_over(file, steps[i])) continue;
        const Json whole = steps;
        steps.erase(i);
        const models::ReadResult read = models::read_scenario_text(file.dump(), "mutant.json");
        steps = whole;
        ++gone;
        const std::string said = models::format_diagnostics(read.diagnostics);
        const bool told = !read.scenario && (said.find("given back") != std::string::npos ||
                                             said.find("give it back") != std::string::npos);
        refused += told ? 1 : 0;
        EXPECT_TRUE(told) << path << ": without " << steps[i] << "\n" << said;
      }
    });
  }
  std::printf("%zu files, %zu gives left out, %zu refused\n", files, gone, refused);
  EXPECT_GE(files, fewest_with_tasks);
  EXPECT_GE(gone, files);
}

/// The same the other way round: a give twice is more than was taken.
TEST(Balance, AGiveMoreIsRefused) {
  std::size_t more = 0;
  for (const std::string& path : analysis::find_scenarios({root}).files) {
    std::ifstream stream(path);
    Json file = Json::parse(stream);
    if (!file.contains("tasks")) continue;
    each_list(file["tasks"], [&](Json& steps) {
      for (std::size_t i = 0; i < steps.size(); ++i) {
        if (!is_give(steps[i]) || is_handed_over(file, steps[i])) continue;
        const Json whole = steps;
        steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(i), whole[i]);
        const models::ReadResult read = models::read_scenario_text(file.dump(), "mutant.json");
        steps = whole;
        ++more;
        EXPECT_FALSE(read.scenario) << path << ": twice " << steps[i];
      }
    });
  }
  EXPECT_GE(more, fewest_with_tasks);
}

}  // namespace dmstall::tests
