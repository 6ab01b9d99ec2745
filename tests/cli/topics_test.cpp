// `dmstall help TOPIC`: every target, key, exit code, release and change has a text, made of the tables, that fits a
// screen; what the texts name is there.
#include "analysis/cli/help/topics.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/cli/help/exit_codes.hpp"
#include "analysis/cli/help/format_keys.hpp"
#include "analysis/cli/help/subjects.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"
#include "models/kernel/release/release.hpp"
#include "models/scenario/format_tables.hpp"
#include "models/scenario/target_description.hpp"
#include "tests/cli/program_test.hpp"

namespace dmstall::tests {

namespace {

using analysis::command_line;
using analysis::FormatKey;
using analysis::FormatObject;

std::string topic(const std::string& name) {
  return analysis::topic_text(command_line(), name);
}

std::vector<std::string> lines_in(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Lines joined.
std::string unwrapped(const std::string& text) {
  return std::regex_replace(text, std::regex("\\n *"), " ");
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class Topics : public ProgramTest {};

}  // namespace

TEST_F(Topics, EachHasATextThatFitsAScreen) {
  constexpr std::size_t most_lines = 24, most_of_a_list = 50, columns = 80;
  // What lists a whole table is as long as the table.
  const std::set<std::string> lists = {"topics",     "keys",   "exit-codes", "releases", "formats",   "memory",
                                       "workload",   "steps",  "targets",    "kernel",   "resources", "faults",
                                       "memory.hog", "expect", "sharing",    "pressure"};
  std::set<std::string> verbs;
  for (const analysis::Verb& verb : command_line().verbs) verbs.insert(verb.name);
  const std::vector<std::string> names = analysis::topic_names(command_line());
  EXPECT_GT(names.size(), 200U);
  for (const std::string& name : names) {
    const std::string text = topic(name);
    const std::vector<std::string> lines = lines_in(text);
    ASSERT_FALSE(lines.empty()) << name;
    EXPECT_EQ(text.back(), '\n') << name;
    if (verbs.count(name) > 0) continue;
    EXPECT_LE(lines.size(), lists.count(name) > 0 ? most_of_a_list : most_lines) << name << ":\n" << text;
    for (const std::string& line : lines) {
      const bool one_word = line.find(' ', line.find_first_not_of(' ')) == std::string::npos;
      const auto code_points = std::count_if(line.begin(), line.end(),
                                             [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
      EXPECT_TRUE(one_word || static_cast<std::size_t>(code_points) <= columns) << name << ": " << line;
    }
  }
}

TEST_F(Topics, SubjectsFitTwentyFourLines) {
  std::set<std::string> names;
  for (const analysis::Subject& subject : analysis::subjects()) {
    names.insert(subject.name);
    EXPECT_LE(lines_in(subject.text).size() + 2, 26U) << subject.name;
    EXPECT_LE(lines_in(subject.text).size(), 24U) << subject.name;
    EXPECT_EQ(dmstall("help " + subject.name).out, topic(subject.name));
  }
  for (const char* name : {"circle", "memory", "faults", "sharing", "pressure"})
    EXPECT_EQ(names.count(name), 1U) << name;
}

/// Files, verbs, options and topics that the texts name.
TEST_F(Topics, WhatTheyNameIsThere) {
  const std::regex file("scenarios/[a-z0-9/.-]+\\.json"), help("dmstall help ([a-z0-9][a-z0-9_.-]*[a-z0-9_])"),
      option("dmstall ([a-z]+) (--[a-z-]+)");
  std::size_t named = 0;
  for (const std::string& name : analysis::topic_names(command_line())) {
    const std::string text = topic(name);
    for (std::sregex_iterator each(text.begin(), text.end(), file), end; each != end; ++each) {
      ++named;
      EXPECT_TRUE(fs::exists(fs::path(DMSTALL_SOURCE_DIR) / each->str())) << name << ": " << each->str();
    }
    for (std::sregex_iterator each(text.begin(), text.end(), help), end; each != end; ++each) {
      ++named;
      EXPECT_NO_THROW((void)topic((*each)[1])) << name << ": " << each->str();
    }
    for (std::sregex_iterator each(text.begin(), text.end(), option), end; each != end; ++each) {
      ++named;
      EXPECT_NE(command_line().find((*each)[1]).find((*each)[2]), nullptr) << name << ": " << each->str();
    }
  }
  EXPECT_GT(named, 80U);
}

/// The tables of the reader are the only source: each of their rows is found, with its help and its default.
TEST_F(Topics, EveryKeyOfTheFormatIsOne) {
  const std::map<std::string, const models::KeyTable*> tables = {
      {"", &models::top_level_keys()},      {"kernel.", &models::kernel_keys()},
      {"devices.", &models::device_keys()}, {"workload.", &models::workload_keys()},
      {"memory.", &models::memory_keys()},  {"hog.", &models::hog_keys()},
      {"faults.", &models::fault_keys()},   {"bounds.", &models::bounds_keys()},
      {"expect.", &models::expect_keys()},  {"tasks.", &models::task_keys()},
      {"targets.", &models::target_keys()}, {"admin.", &models::admin_keys()},
      {"fec.", &models::fec_keys()},        {"segments.", &models::segment_keys()}};
  std::size_t keys = 0;
  const auto expect_row = [&](const std::string& path, const models::Parameter& of) {
    ++keys;
    const std::vector<const FormatKey*> found = analysis::find_keys(path);
    const bool there = std::any_of(found.begin(), found.end(), [&](const FormatKey* key) {
      return key->path == path && key->help == of.help && key->preset == of.default_text &&
             key->required == of.required;
    });
    EXPECT_TRUE(there) << path;
    for (const FormatKey* key : found) {
      for (const std::string& choice : of.choices) EXPECT_TRUE(key->path != path || has(key->value, choice)) << path;
    }
    EXPECT_NO_THROW((void)topic(path)) << path;
    EXPECT_NO_THROW((void)topic(of.name)) << of.name;
  };
  for (const auto& [prefix, table] : tables) {
    for (const models::Parameter& of : *table) expect_row(prefix + of.name, of);
  }
  for (const models::TargetDescription& target : models::target_registry()) {
    if (!target.modelled) continue;
    for (const models::Parameter& of : target.parameters) expect_row(target.id + "." + of.name, of);
  }
  EXPECT_GT(keys, 120U);
  for (const models::Verb& verb : models::verbs()) EXPECT_TRUE(has(topic("steps." + verb.name), "steps")) << verb.name;
  for (const models::ResourceForm& form : models::resource_forms())
    EXPECT_TRUE(has(topic("resources." + form.key), form.key));
}

TEST_F(Topics, AKeyByItsLastNameAndByItsPath) {
  EXPECT_TRUE(has(topic("memory.allocator"), "plentiful, exhausted, adversary, accounted"));
  EXPECT_EQ(topic("allocator"), topic("memory.allocator"));
  EXPECT_TRUE(has(topic("reserve"), "elements in reserve"));
  const std::string device = topic("device");
  for (const char* path : {"admin.device", "faults.device", "filesystem.device"})
    EXPECT_TRUE(has(device, path)) << path;
}

TEST_F(Topics, EveryTargetReleaseAndChange) {
  for (const models::TargetDescription& target : models::target_registry()) {
    const std::string text = topic(target.id);
    if (!target.modelled) continue;
    for (const models::Parameter& of : target.parameters)
      EXPECT_TRUE(has(text, of.name)) << target.id << " " << of.name;
    for (const models::PoolDescription& pool : target.pools)
      EXPECT_TRUE(has(text, pool.name)) << target.id << " " << pool.name;
  }
  for (const std::string& release : models::release_names()) EXPECT_TRUE(has(topic(release), "has not")) << release;
  for (const models::KernelChange& change : models::kernel_changes()) {
    const std::string text = topic(std::string(change.name));
    EXPECT_TRUE(has(text, "With it:")) << change.name;
    EXPECT_TRUE(change.commit.empty() || has(text, std::string(change.commit))) << change.name;
  }
}

/// The contract is the enumeration in models/machine/verdict.hpp, and nothing else.
TEST_F(Topics, EveryExitCodeOfTheContract) {
  const std::string header = read(fs::path(DMSTALL_SOURCE_DIR) / "models/machine/verdict.hpp");
  const std::size_t begin = header.find("enum class ExitCode"), end = header.find("};", begin);
  const std::string body = header.substr(begin, end - begin);
  std::set<int> declared, told;
  const std::regex number("= ([0-9]+),");
  for (std::sregex_iterator each(body.begin(), body.end(), number), none; each != none; ++each)
    declared.insert(std::stoi((*each)[1]));
  for (const analysis::ExitCodeText& text : analysis::exit_code_texts()) told.insert(static_cast<int>(text.code));
  EXPECT_EQ(told, declared);
  EXPECT_GT(declared.size(), 10U);
  const std::string help = dmstall("--help").out;
  for (const int code : declared) {
    EXPECT_TRUE(has(topic(std::to_string(code)), "exit code " + std::to_string(code))) << code;
    EXPECT_TRUE(has(topic("exit-codes"), "  " + std::to_string(code) + " ")) << code;
    EXPECT_TRUE(has(unwrapped(help), " " + std::to_string(code) + " ")) << code;
  }
  EXPECT_TRUE(has(unwrapped(topic("exit-codes")), "70, 21, 65, 64, 10, 12, 11, 20, 66, 130, 1, 0"));
}

TEST_F(Topics, TheManPageOfTheFormatHasEveryKey) {
  const std::string page = dmstall("help --man-scenario").out;
  std::size_t keys = 0;
  for (const FormatObject& object : analysis::format_objects()) {
    for (const FormatKey& key : object.keys) {
      ++keys;
      EXPECT_TRUE(has(page, "\\fB" + std::regex_replace(key.name(), std::regex("-"), "\\-") + "\\fR")) << key.path;
    }
  }
  EXPECT_GT(keys, 150U);
  // Its example is a scenario.
  const std::size_t begin = page.find(".nf\n") + 4, end = page.find(".fi\n", begin);
  std::string example = page.substr(begin, end - begin);
  example = std::regex_replace(example, std::regex("\\\\-"), "-");
  const fs::path file = write("example.json", example);
  EXPECT_EQ(dmstall("run " + file.string()).code, 0) << example;
}

/// What completion offers as settings and pools of a target is what the verbs take of a stack of these targets.
TEST_F(Topics, OfferedSettingsAndPoolsAreTaken) {
  const std::string file = scenario("seed/reserved-1.json");
  std::size_t settings = 0, pools = 0;
  for (const std::string& word : analysis::setting_words()) {
    const bool of_stack = word.rfind("verity.", 0) == 0 || word.find('.') == std::string::npos;
    if (!of_stack) continue;
    ++settings;
    // No row is run: either the key is unknown, or the value, which no key takes, is refused.
    const Outcome outcome = dmstall("compare --vary '" + word + "={\"no\": \"value\"}' " + file);
    EXPECT_NE(outcome.code, 0) << word;
    EXPECT_FALSE(has(outcome.err, "no value of this scenario is called")) << word << ": " << outcome.err;
  }
  for (const std::string& word : analysis::pool_words()) {
    if (word != "verity.recheck_pool" && word != "verity.io_client" && word != "verity.io_bs") continue;
    ++pools;
    const Outcome outcome = dmstall("size --range 9999999 --pool " + word + " --timeout 0.01 " + file);
    EXPECT_FALSE(has(outcome.err, "no pool")) << word << ": " << outcome.err;
  }
  EXPECT_GT(settings, 20U);
  EXPECT_EQ(pools, 3U);
}

}  // namespace dmstall::tests
