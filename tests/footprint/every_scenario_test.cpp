// What the flows of a scenario take from must be what its footprint counts: same pool, same size.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"
#include "models/targets/reserved_memory.hpp"

namespace dmstall::tests {
namespace {

namespace fs = std::filesystem;

bool is_pool(const models::Resource& resource) {
  const bool memory =
      resource.kind == models::ResourceKind::mempool || resource.kind == models::ResourceKind::bio_set ||
      resource.kind == models::ResourceKind::page_pool || resource.kind == models::ResourceKind::buffer_pool;
  return memory && !resource.pool.empty();
}

/// kmalloc and the like: the allocator alone, no reserve behind it.
bool has_no_reserve(const models::Resource& resource) {
  return resource.name.find("(kmalloc)") != std::string::npos;
}

TEST(EveryScenarioFile, TakesFromPoolsThatTheFootprintCounts) {
  int files = 0, pools = 0;
  for (const auto& entry : fs::recursive_directory_iterator(std::string(DMSTALL_SOURCE_DIR) + "/scenarios")) {
    if (entry.path().extension() != ".json" || entry.path().string().find(".schema.") != std::string::npos) continue;
    const models::ReadResult read = models::read_scenario_file(entry.path().string());
    ASSERT_TRUE(read.scenario) << entry.path();
    ++files;
    std::map<std::string, const models::ReservedPool*> counted;
    const models::ReservedMemory memory = models::reserved_memory(*read.scenario);
    for (const models::ReservedPool& pool : memory.pools) {
      EXPECT_TRUE(counted.emplace(pool.name, &pool).second) << pool.name << " twice in " << entry.path();
    }
    for (const models::Resource& resource : models::build_program(*read.scenario).resources) {
      if (!is_pool(resource) || has_no_reserve(resource)) continue;
      ++pools;
      const std::string kind = resource.pool.substr(0, resource.pool.find('.'));
      const std::string name = resource.owner.empty() ? kind : resource.owner + "." + kind;
      const auto found = counted.find(name);
      // A set that the whole machine has is there whatever the stack; it is counted where a device of the stack uses
      // it.
      if (found == counted.end() && resource.owner.empty()) continue;
      ASSERT_NE(found, counted.end()) << name << " in " << entry.path();
      EXPECT_EQ(found->second->elements, resource.capacity) << name << " in " << entry.path();
      EXPECT_EQ(found->second->owner, resource.owner);
    }
  }
  EXPECT_GT(files, 50);
  EXPECT_GT(pools, 500);
}

}  // namespace
}  // namespace dmstall::tests
