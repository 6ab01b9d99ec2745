// The ledger of omissions: well formed, complete in itself, and in every place where a reader needs it.
#include "tests/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "analysis/use/check/find_scenarios.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/scenario/target_description.hpp"
#include "models/targets/build.hpp"
#include "models/targets/target.hpp"

namespace dmstall::tests {

namespace {

namespace fs = std::filesystem;

using models::Effect;
using models::ModelPart;
using models::Omission;

std::string read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::set<std::string> names_of(const std::vector<const ModelPart*>& parts) {
  std::set<std::string> names;
  for (const ModelPart* part : parts) names.insert(part->name);
  return names;
}

/// What no scenario of the tree does: merging a snapshot, and chunks above the size of a sub-job, to each of the
/// targets.
const std::map<std::string, std::string> further = {{"merge", R"({"format": 1, "name": "merge", "devices": [
  {"name": "base", "target": "disk"}, {"name": "cow", "target": "disk"},
  {"name": "m", "target": "snapshot-merge", "origin": "base", "cow": "cow", "allocated_chunks": 1, "chunk_kib": 1024}],
  "workload": [{"write": "m", "count": 1}, {"flush": "m", "count": 1}]})"},
                                                    {"large chunks", R"({"format": 1, "name": "chunks", "devices": [
  {"name": "base", "target": "disk"}, {"name": "cow", "target": "disk"},
  {"name": "o", "target": "snapshot-origin", "device": "base"},
  {"name": "s", "target": "snapshot", "origin": "base", "cow": "cow", "chunk_kib": 1024}],
  "workload": [{"write": "s", "count": 1}, {"write": "o", "count": 1}]})"}};

/// Parts that a workload uses on any target: submitters take bios of the machine's own sets.
const std::set<std::string> of_the_workload = {"accounted-memory", "administration", "machine-bio-sets", "mempool",
                                               "workload"};

}  // namespace

TEST(Ledger, EveryEntrySaysWhereWhatAndWhy) {
  const std::regex where(R"(([a-z0-9_]+/)+[A-Za-z0-9_.-]+(\.[ch])?(:[A-Za-z_0-9]+(, [A-Za-z_0-9]+)*)?)");
  const std::regex id("[a-z]+(-[a-z0-9]+)*\\.[a-z0-9]+(-[a-z0-9]+)*");
  std::set<std::string> ids;
  for (const Omission& omission : whole_ledger()) {
    EXPECT_TRUE(std::regex_match(omission.id, id)) << omission.id;
    EXPECT_TRUE(ids.insert(omission.id).second) << omission.id << " is there twice";
    EXPECT_GT(omission.what.size(), 5U) << omission.id;
    EXPECT_GT(omission.reason.size(), 20U) << omission.id;
    EXPECT_NE(omission.reason.back(), '.') << omission.id;
    std::stringstream places(omission.function);
    for (std::string place; std::getline(places, place, ';');) {
      place.erase(0, place.find_first_not_of(' '));
      std::stringstream files(place);
      EXPECT_TRUE(std::regex_match(place, where) || place.find(", ") != std::string::npos)
          << omission.id << ": " << place;
    }
    if (omission.only_where.matters != nullptr) {
      EXPECT_NE(omission.effect, Effect::none) << omission.id << ": nothing to restrict";
      EXPECT_STRNE(omission.only_where.otherwise, "") << omission.id;
    }
  }
  EXPECT_GE(ids.size(), 100U);
}

TEST(Ledger, AnEntryIsNamedAfterItsPart) {
  std::set<std::string> names;
  for (const ModelPart* part : models::all_parts()) {
    EXPECT_TRUE(names.insert(part->name).second) << part->name;
    EXPECT_FALSE(part->omissions.empty()) << part->name;
    for (const Omission& omission : part->omissions) EXPECT_EQ(omission.part(), part->name);
  }
}

// Where a part is written its entries are; who is in no list is a part that nobody is told of.
TEST(Ledger, EveryPartThatIsWrittenIsInTheList) {
  std::size_t written = 0;
  const std::regex definition("static const ModelPart [a-z_]+\\{");
  for (const char* folder : {"models/kernel", "models/targets"}) {
    for (const auto& file : fs::recursive_directory_iterator(fs::path(DMSTALL_SOURCE_DIR) / folder)) {
      const std::string text = file.path().extension() == ".cpp" ? read(file.path()) : "";
      written +=
          static_cast<std::size_t>(std::distance(std::sregex_iterator(text.begin(), text.end(), definition), {}));
    }
  }
  EXPECT_EQ(models::all_parts().size(), written);
}

// A target lists the parts that it is made of, and a part is noted where its resources are made. Each list checks the
// other: what is noted is listed, and what is listed is noted by some scenario.
TEST(Ledger, TargetsAreMadeOfThePartsThatTheirScenariosUse) {
  std::map<std::string, std::set<std::string>> listed, noted_with;
  for (const models::TargetDescription& target : models::target_registry()) listed[target.id] = names_of(target.parts);
  std::set<std::string> noted_anywhere;
  auto files = analysis::find_scenarios({std::string(DMSTALL_SOURCE_DIR) + "/scenarios"}).files;
  ASSERT_GE(files.size(), 200U);
  for (const auto& [name, text] : further) files.push_back(name);
  for (const std::string& file : files) {
    const auto text = further.find(file);
    const models::ReadResult read =
        text == further.end() ? models::read_scenario_file(file) : models::read_scenario_text(text->second, file);
    ASSERT_TRUE(read.scenario) << file << models::format_diagnostics(read.diagnostics);
    std::set<std::string> used, allowed = of_the_workload;
    for (const Omission& omission : models::build_program(*read.scenario).omissions) used.emplace(omission.part());
    bool own_targets = false;
    for (const models::Device& device : read.scenario->devices) {
      if (listed.count(device.target) == 0) own_targets = true;
      allowed.insert(listed[device.target].begin(), listed[device.target].end());
      noted_with[device.target].insert(used.begin(), used.end());
    }
    noted_anywhere.insert(used.begin(), used.end());
    for (const std::string& part : used)
      EXPECT_TRUE(own_targets || allowed.count(part) != 0)
          << file << " uses " << part << ", which no target of it lists";
  }
  for (const models::TargetDescription& target : models::target_registry()) {
    for (const std::string& part : listed[target.id])
      EXPECT_TRUE(noted_with[target.id].count(part) != 0)
          << target.id << " lists " << part << ", which no scenario with one uses";
  }
  EXPECT_EQ(noted_anywhere, names_of(models::all_parts()))
      << "a part that nothing uses is a part whose omissions nobody is told of";
}

// What is left out is an entry, not a comment.
TEST(Ledger, NoCommentOfTheModelsLeavesSomethingOut) {
  const std::regex phrase("[Ll]ea(ves?|ving) out|[Ll]eft out|[Nn]ot modelled|[Oo]mit(s|ted)|[Ss]implif");
  std::size_t looked_at = 0;
  std::vector<fs::path> files;
  for (const char* folder : {"models/kernel", "models/targets"}) {
    for (const auto& file : fs::recursive_directory_iterator(fs::path(DMSTALL_SOURCE_DIR) / folder))
      files.push_back(file.path());
  }
  for (const fs::path& file : files) {
    const std::string extension = file.extension().string();
    if (extension != ".cpp" && extension != ".hpp") continue;
    if (file.parent_path().filename() == "omissions") continue;
    ++looked_at;
    std::istringstream lines(read(file));
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      const std::size_t comment = line.find("//");
      if (comment == std::string::npos) continue;
      const std::string text = line.substr(comment);
      if (!std::regex_search(text, phrase)) continue;
      bool has_entry = false;
      for (const Omission& omission : whole_ledger())
        has_entry = has_entry || text.find(omission.id) != std::string::npos;
      EXPECT_TRUE(has_entry) << file << ":" << number << ": " << text
                             << "\n(an entry of the ledger, or its id beside the words)";
    }
  }
  EXPECT_GE(looked_at, 60U);
}

TEST(Ledger, AScenarioIsToldWhatCouldMatterFirstAndOnlyWhatItUses) {
  const auto omissions_of = [](const std::string& text) {
    const models::ReadResult read = models::read_scenario_text(text, "x.json");
    EXPECT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
    const models::Program program = models::build_program(*read.scenario);
    EXPECT_EQ(models::compile(program).omissions, program.omissions);
    return program.omissions;
  };
  const std::string disk = R"({"name": "d", "target": "disk"})";
  const std::string head = R"({"format": 1, "name": "x", "devices": [)";
  const auto plain = omissions_of(head + disk + R"(], "workload": [{"read": "d", "count": 1}]})");
  const auto has = [](const std::vector<Omission>& all, const std::string& id, Effect effect) {
    return std::any_of(all.begin(), all.end(),
                       [&](const Omission& each) { return each.id == id && each.effect == effect; });
  };
  EXPECT_TRUE(has(plain, "disk.tags", Effect::none));
  EXPECT_FALSE(std::any_of(plain.begin(), plain.end(), [](const Omission& each) { return each.part() == "dm-bufio"; }));
  const std::string stack =
      head + disk + R"(, {"name": "v", "target": "verity", "data": "d", "hash": "d", "data_blocks": 1000}],)";
  const std::string workload = R"("workload": [{"read": "v", "count": 1}]})";
  const auto apart = omissions_of(stack + workload);
  const auto shared = omissions_of(stack + R"("sharing": "module",)" + workload);
  EXPECT_TRUE(has(apart, "dm-bufio.eviction-under-lock", Effect::none));
  EXPECT_TRUE(has(shared, "dm-bufio.eviction-under-lock", Effect::hides_deadlock));
  EXPECT_TRUE(std::is_sorted(shared.begin(), shared.end(), [](const Omission& a, const Omission& b) {
    const auto weight = [](Effect effect) {
      return effect == Effect::hides_deadlock ? 0 : effect == Effect::invents_deadlock ? 1 : 2;
    };
    return std::pair(weight(a.effect), a.id) < std::pair(weight(b.effect), b.id);
  }));
  EXPECT_TRUE(omissions_of(
                  R"({"format": 1, "name": "x", "resources": {"p": {"mempool": 1}}, "tasks": [{"name": "t",
              "steps": [{"take": "p"}, {"give": "p"}]}]})")
                  .empty())
      << "tasks are their own model";
}

// An entry says for the kernel and the devices at hand whether it matters.
TEST(Ledger, AnEntryMayMatterOnOneReleaseAlone) {
  const auto effect = [](const std::string& id, const std::string& kernel, const std::string& verity = "") {
    const std::string text = R"({"format": 1, "name": "x", "kernel": {)" + kernel +
                             R"(}, "devices": [{"name": "d", "target": "disk"},
        {"name": "v", "target": "verity", "data": "d", "hash": "d")" +
                             verity + R"(}], "workload": [{"read": "v", "count": 1}, {"writeback": "d", "pages": 1}]})";
    const models::ReadResult read = models::read_scenario_text(text, "x.json");
    EXPECT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
    for (const Omission& omission : models::build_program(*read.scenario).omissions) {
      if (omission.id == id) return omission.effect;
    }
    ADD_FAILURE() << id << " is not there";
    return Effect::invents_deadlock;
  };
  const std::string old = R"("release": "6.1")", later = R"("release": "6.12")";
  EXPECT_EQ(effect("machine-bio-sets.per-cpu-cache", old), Effect::hides_deadlock);
  EXPECT_EQ(effect("machine-bio-sets.per-cpu-cache", later), Effect::none);
  EXPECT_EQ(effect("workqueue.node-shares", old), Effect::none);
  EXPECT_EQ(effect("workqueue.node-shares", later), Effect::hides_deadlock);
  EXPECT_EQ(effect("verity.error-mode", old), Effect::none);
  EXPECT_EQ(effect("verity.error-mode", later), Effect::hides_deadlock) << "faults are any";
  EXPECT_EQ(effect("verity.kverityd-cpus", later), Effect::none) << "6 reserves of 16";
  EXPECT_EQ(effect("verity.kverityd-cpus", later + R"(, "reserved_bio_based_ios": 64)"), Effect::hides_deadlock);
  EXPECT_EQ(effect("verity.kverityd-cpus", later + R"(, "reserved_bio_based_ios": 64, "cpus": 1)"), Effect::none);
  EXPECT_EQ(effect("verity.kverityd-cpus", old + R"(, "reserved_bio_based_ios": 64)"), Effect::none);
}

}  // namespace dmstall::tests
