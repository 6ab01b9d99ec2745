// A target says what it is (models/targets/target.hpp); no other file recognises it by its name or by the keys of
// its devices. What such a file would have to know is missing from the regions or the traits.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "models/scenario/target_description.hpp"

namespace dmstall::tests {

namespace {

namespace fs = std::filesystem;

/// A file of models/targets may know the targets of the kernel module that it models.
std::set<std::string> own_targets(const fs::path& file) {
  std::string stem = file.stem().string();
  if (stem.rfind("snapshot", 0) == 0 || stem.rfind("origin_write", 0) == 0)
    return {"snapshot", "snapshot-origin", "snapshot-merge"};
  std::replace(stem.begin(), stem.end(), '_', '-');  // as ids are spelled
  for (const auto& target : models::target_registry()) {
    if (stem.rfind(target.id, 0) == 0) return {target.id};
  }
  return {};
}

/// What a line of the file must not hold; empty: nothing. The text of a scenario (Target::walks) may name any target.
std::string recognises(const fs::path& file, const std::string& written) {
  static const std::regex in_a_scenario(R"("target": "[a-z-]+")");
  const std::string line = std::regex_replace(written, in_a_scenario, "");
  const std::string path = file.generic_string();
  const bool of_a_target = path.rfind("models/targets/", 0) == 0;
  const std::set<std::string> own = of_a_target ? own_targets(file) : std::set<std::string>{};
  for (const auto& target : models::target_registry()) {
    if (own.count(target.id) == 0 && line.find('"' + target.id + '"') != std::string::npos)
      return "the name " + target.id;
  }
  static const std::regex name(R"(target\s*[!=]=\s*")"),
      lookup(R"(parameters\s*(\.|->)\s*(find|at|count|contains)\(\s*")"),
      value(R"((\.|->)(integer|number|flag|text|devices_in)\(\s*")"),
      of_device(R"(\b(device|known|lower|below|other|user|on|of)\w*(\(\w*\))?(\.|->))"
                R"((has|integer|number|flag|text|devices_in)\(\s*")");
  if (!of_a_target && std::regex_search(line, name)) return "a comparison of targets";
  if (!of_a_target && std::regex_search(line, lookup)) return "a key of a device";
  const bool reads_json = path.rfind("models/scenario/", 0) == 0 || path.rfind("analysis/", 0) == 0;
  if (!of_a_target && !reads_json && std::regex_search(line, value)) return "a value of a device";
  if (!of_a_target && std::regex_search(line, of_device)) return "a value of a device";
  return {};
}

}  // namespace

TEST(OwnFiles, NoOtherFileRecognisesATarget) {
  const fs::path root(DMSTALL_SOURCE_DIR);
  int lines = 0;
  for (const char* folder : {"models", "sim", "analysis"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string ending = entry.path().extension().string();
      if (ending != ".cpp" && ending != ".hpp") continue;
      const fs::path file = fs::relative(entry.path(), root);
      std::ifstream text(entry.path());
      int number = 0;
      for (std::string line; std::getline(text, line); ++lines) {
        ++number;
        const std::size_t comment = line.find("//");
        const std::string found = recognises(file, line.substr(0, comment));
        EXPECT_TRUE(found.empty()) << file.generic_string() << ":" << number << " holds " << found << ": " << line;
      }
    }
  }
  EXPECT_GT(lines, 10'000);
}

TEST(OwnFiles, TheRulesFindWhatTheyAreFor) {
  for (const char* line : {R"(if (device.target == "verity") return;)", R"(if (of.has("hash")) return;)",
                           R"(stack.device(index).flag("allocates"))", R"(of.parameters.find("segments"))",
                           R"(const std::string wanted = "disk";)", R"(known->text("origin"))"}) {
    EXPECT_FALSE(recognises("models/kernel/fault_plans.cpp", line).empty()) << line;
    EXPECT_FALSE(recognises("models/scenario/check_stack.cpp", line).empty()) << line;
    EXPECT_FALSE(recognises("analysis/verdict/repairs.cpp", line).empty()) << line;
  }
  EXPECT_FALSE(recognises("models/targets/verity_fec.cpp", R"(if (device.target == "loop") return;)").empty());
  EXPECT_FALSE(recognises("models/targets/registry.cpp", R"(target.id = "linear";)").empty());
  EXPECT_FALSE(recognises("models/targets/dispatch.cpp", R"(if (target->description.id == "loop") return;)").empty());
  EXPECT_TRUE(recognises("models/targets/verity_fec.cpp", R"(device.integer("data_blocks"))").empty());
}

}  // namespace dmstall::tests
