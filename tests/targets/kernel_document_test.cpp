// models/KERNEL.md knows every call that a shipped scenario makes: the small stacks that it is made from walk through
// all of the models.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "analysis/report/kernel_markdown.hpp"
#include "models/machine/each_step.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"

namespace dmstall::tests {
namespace {

TEST(KernelDocument, HasEveryCallOfTheShippedScenarios) {
  const std::string document = analysis::kernel_markdown();
  std::string words;  // lines are folded
  for (const char c : document) words += c == '\n' ? ' ' : c;
  for (std::size_t at = 0; (at = words.find("   ", at)) != std::string::npos;) words.erase(at, 2);
  std::map<std::string, std::string> missing;  // the call, and a scenario that makes it
  std::size_t calls = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::string(DMSTALL_SOURCE_DIR) + "/scenarios")) {
    if (entry.path().extension() != ".json" || entry.path().string().find("schema") != std::string::npos) continue;
    const models::ReadResult read = models::read_scenario_file(entry.path().string());
    ASSERT_TRUE(read.scenario) << entry.path();
    if (read.scenario->devices.empty() || read.scenario->devices.size() > 50) continue;
    // The document is about releases as they are.
    if (read.scenario->kernel.release.text() != read.scenario->kernel.release.name()) continue;
    const models::Program program = models::build_program(*read.scenario);
    for (const models::Flow& flow : program.flows) {
      const models::Device* device = read.scenario->find_device(flow.device);
      if (device != nullptr && models::find_target(device->target) == nullptr) continue;  // the scenario's own
      models::for_each_step(flow.steps, [&](const models::Step& step) {
        const bool acts = step.resource != models::no_resource;
        if (step.function.empty() || !acts) return;
        ++calls;
        if (words.find("`" + step.function + "`") == std::string::npos)
          missing.emplace(step.function, entry.path().filename().string());
      });
    }
  }
  EXPECT_GT(calls, 1000u);
  for (const auto& [call, file] : missing) ADD_FAILURE() << call << " of " << file;
}

}  // namespace
}  // namespace dmstall::tests
