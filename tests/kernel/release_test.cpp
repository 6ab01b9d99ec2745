// Releases and changes as values, and the table of changes.
#include "models/kernel/release/release.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "models/kernel/sizes.hpp"

namespace dmstall::tests {
namespace {

using models::Change;
using models::kernel_changes;
using models::KernelChange;
using models::Release;

Release release(const char* name) {
  return *Release::named(name);
}

TEST(Release, TheTableHasEveryChangeInOrder) {
  ASSERT_EQ(kernel_changes().size(), models::change_count);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < models::change_count; ++i) {
    const KernelChange& each = kernel_changes()[i];
    EXPECT_EQ(static_cast<std::size_t>(each.id), i) << each.name;
    EXPECT_TRUE(names.insert(each.name).second) << each.name;
    EXPECT_EQ(models::change_named(each.name), each.id);
    EXPECT_FALSE(each.alters.empty()) << each.name;
    EXPECT_NE(each.source.find(".c:"), std::string_view::npos) << each.name;
  }
  EXPECT_EQ(models::change_named("no_such_change"), std::nullopt);
}

TEST(Release, CommitsAndReleasesAreWrittenAsTheyAreQuoted) {
  const auto is_commit = [](std::string_view text) {
    return text.empty() || (text.size() == 12 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
                              return std::isxdigit(c) != 0 && std::isupper(c) == 0;
                            }));
  };
  const auto is_release = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0 || c == '.'; });
  };
  for (const KernelChange& each : kernel_changes()) {
    EXPECT_TRUE(is_commit(each.commit)) << each.name;
    EXPECT_TRUE(is_release(each.first)) << each.name;
    EXPECT_TRUE(each.also_in.empty() || Release::named(each.also_in)) << each.name;
  }
  for (const models::OtherChange& each : models::other_changes()) {
    EXPECT_TRUE(is_commit(each.commit)) << each.name;
    EXPECT_EQ(models::change_named(each.name), std::nullopt) << each.name;
  }
}

TEST(Release, AKernelHasWhatCameBeforeItAndWhatStableUpdatesBroughtIt) {
  EXPECT_EQ(Release{}.name(), "6.1");
  EXPECT_EQ(Release::named("6.6"), std::nullopt);
  EXPECT_TRUE(release("6.1").has(Change::mempool_poll));
  EXPECT_TRUE(release("6.1").has(Change::verity_recheck));  // 6.8, and a stable update
  EXPECT_FALSE(release("6.1").has(Change::bufio_timed_wait));
  EXPECT_FALSE(release("6.1").has(Change::flush_per_device));
  EXPECT_TRUE(release("6.12").has(Change::bufio_timed_wait));
  EXPECT_TRUE(release("6.12").has(Change::flush_per_device));
  EXPECT_TRUE(release("6.12").has(Change::rescuer_one_by_one));  // 7.0, and a stable update
  for (const char* name : {"6.1", "6.12"}) {
    EXPECT_FALSE(release(name).has(Change::verity_fec_pool)) << name;      // later
    EXPECT_FALSE(release(name).has(Change::loop_rescuer)) << name;         // never merged
    EXPECT_FALSE(release(name).has(Change::verity_module_pools)) << name;  // refused
  }
}

TEST(Release, ChangesSwitchedByHandAreNamed) {
  const Release kernel = release("6.12").with(Change::loop_rescuer).without(Change::verity_recheck);
  EXPECT_TRUE(kernel.has(Change::loop_rescuer));
  EXPECT_FALSE(kernel.has(Change::verity_recheck));
  EXPECT_EQ(kernel.text(), "6.12 with loop_rescuer, without verity_recheck");
  EXPECT_EQ(kernel.word(), "6.12+loop_rescuer-verity_recheck");
  EXPECT_EQ(release("6.1").without(Change::mempool_poll).text(), "6.1 without mempool_poll");
  // What it has already makes no difference.
  EXPECT_EQ(release("6.12").with(Change::flush_per_device), release("6.12"));
  EXPECT_EQ(release("6.12").text(), "6.12");
  EXPECT_NE(release("6.12"), release("6.1"));
}

TEST(Release, OneNumberHoldsForAllReleasesAndALaterOneFromThereOn) {
  constexpr models::ByRelease same = 7, two{1, 2};
  EXPECT_TRUE(same.same());
  EXPECT_FALSE(two.same());
  EXPECT_EQ(same.on(release("6.12")), 7);
  EXPECT_EQ(two.on(release("6.1")), 1);
  EXPECT_EQ(two.on(release("6.12")), 2);
}

/// Type information of Debian's kernel: 384 B and 64 for each lock, from kmalloc.
TEST(Release, ABufioClientGrowsWithTheProcessors) {
  const auto bytes = [](const char* name, int cpus) {
    models::MemoryLayout layout;
    layout.release = release(name);
    layout.cpus = cpus;
    return models::bytes_on(models::structure("struct dm_bufio_client"), layout);
  };
  for (const int cpus : {1, 8, 512}) EXPECT_EQ(bytes("6.1", cpus), 512);
  EXPECT_EQ(bytes("6.12", 1), 512);
  EXPECT_EQ(bytes("6.12", 2), 1024);
  EXPECT_EQ(bytes("6.12", 4), 1024);
  EXPECT_EQ(bytes("6.12", 5), 2048);
  EXPECT_EQ(bytes("6.12", 8), 2048);
  EXPECT_EQ(bytes("6.12", 16), 4096);
  EXPECT_EQ(bytes("6.12", 17), 8192);
  EXPECT_EQ(bytes("6.12", 512), 8192);
}

}  // namespace
}  // namespace dmstall::tests
