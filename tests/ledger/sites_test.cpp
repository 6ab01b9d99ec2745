// Every place in a modelled kernel file that takes memory or makes a pool is a resource, an entry of the ledger, or
// setup. The places come from the packaged source by a script; where the source is there, the script compares.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "analysis/use/check/find_scenarios.hpp"
#include "models/scenario/reader.hpp"
#include "models/scenario/target_description.hpp"
#include "models/targets/build.hpp"
#include "tests/ledger/ledger.hpp"

namespace dmstall::tests {

namespace {

namespace fs = std::filesystem;

const fs::path sites_folder = fs::path(DMSTALL_SOURCE_DIR) / "tests" / "ledger" / "sites";

struct Site {
  std::string file, function, call, flags, times, what;
};

std::vector<Site> all_sites() {
  std::vector<Site> sites;
  for (const auto& entry : fs::recursive_directory_iterator(sites_folder)) {
    if (entry.path().extension() != ".tsv") continue;
    std::string file = fs::relative(entry.path(), sites_folder).string();
    file.resize(file.size() - 4);
    std::ifstream stream(entry.path());
    for (std::string line; std::getline(stream, line);) {
      if (line.empty() || line[0] == '#') continue;
      std::istringstream columns(line);
      Site site{file, {}, {}, {}, {}, {}};
      for (std::string* column : {&site.function, &site.call, &site.flags, &site.times, &site.what})
        std::getline(columns, *column, '\t');
      sites.push_back(site);
    }
  }
  return sites;
}

/// Names of resources as a site can call them: the pool, or the name without its device.
std::set<std::string> resources_of_the_models() {
  std::set<std::string> names;
  for (const std::string& file : analysis::find_scenarios({std::string(DMSTALL_SOURCE_DIR) + "/scenarios"}).files) {
    models::ReadResult read = models::read_scenario_file(file);
    if (!read.scenario || read.scenario->devices.empty() || read.scenario->devices.size() > 12) continue;
    read.scenario->memory.unpooled = models::Outcome::fails;
    for (const models::Resource& resource : models::build_program(*read.scenario).resources) {
      names.insert(resource.pool);
      names.insert(resource.name.substr(resource.name.find('.') + 1));
    }
  }
  return names;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part.substr(part.find_first_not_of(' ')));
  return parts;
}

}  // namespace

TEST(Sites, EachIsAResourceAnEntryOrSetup) {
  const std::vector<Site> sites = all_sites();
  ASSERT_GE(sites.size(), 200U);
  const std::set<std::string> resources = resources_of_the_models();
  std::set<std::string> ids;
  for (const models::Omission& omission : whole_ledger()) ids.insert(omission.id);
  for (const Site& site : sites) {
    SCOPED_TRACE(site.file + ":" + site.function + " " + site.call + " " + site.flags);
    const std::string kind = site.what.substr(0, site.what.find(' '));
    const std::string name = site.what.size() > kind.size() ? site.what.substr(kind.size() + 1) : "";
    if (kind == "resource") {
      EXPECT_FALSE(name.empty());
      for (const std::string& each : split(name))
        EXPECT_EQ(resources.count(each), 1U) << "no resource is called " << each;
    } else if (kind == "omission") {
      EXPECT_EQ(ids.count(name), 1U) << "no entry is called " << name;
    } else {
      // inner: mempool and bio_set code itself, which takes what its caller asks for; the caller has a line of its own.
      EXPECT_TRUE(site.what == "setup" || site.what == "inner") << site.what;
      static const std::set<std::string> insides = {"block/bio.c", "block/bio-integrity.c", "block/blk-merge.c",
                                                    "mm/mempool.c"};
      EXPECT_TRUE(site.what == "setup" || insides.count(site.file) != 0);
    }
    // Constructors may reclaim with I/O; GFP_NOIO is for code that others wait for.
    EXPECT_TRUE(site.what != "setup" || site.flags.find("GFP_NOIO") == std::string::npos);
  }
}

TEST(Sites, EveryFileThatAnEntryOrAPartNamesForItsPoolsIsListed) {
  std::set<std::string> listed;
  for (const Site& site : all_sites()) listed.insert(site.file);
  for (const models::TargetDescription& target : models::target_registry()) {
    for (const models::ModelPart* part : target.parts) {
      std::istringstream files(part->source);
      for (std::string word; std::getline(files, word, ',');) {
        word.erase(0, word.find_first_not_of(' '));
        if (word.size() < 3 || word.substr(word.size() - 2) != ".c") continue;
        const bool has_sites = listed.count(word) != 0;
        EXPECT_TRUE(has_sites || word == "mm/filemap.c" || word == "block/blk-mq.c")
            << part->name << " was read from " << word << ", which has no list of sites";
      }
    }
  }
}

TEST(Sites, AreThoseOfThePackagedSource) {
  const char* linux_source = std::getenv("DMSTALL_LINUX_SOURCE");
  if (linux_source == nullptr) GTEST_SKIP() << "DMSTALL_LINUX_SOURCE names no unpacked source of Linux 6.1";
  const std::string command =
      "python3 " + std::string(DMSTALL_SOURCE_DIR) + "/tests/kernel_sites.py " + linux_source + " --check";
  const int status = std::system(command.c_str());
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace dmstall::tests
