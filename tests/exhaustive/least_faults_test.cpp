// Stacked dm-verity devices that share their pools: how many hash mismatches it takes at least, and how many requests.
//
// The models of the devices, every schedule, and the table that was read off the kernel's code: sharing the recheck
// page (SR), or page and dm_io client (SRC), needs one mismatch above and one below; a client of n alone (SC) needs n
// holders above and one below; sharing dm-bufio's client (SB) needs none; pools per device never hang, whatever their
// size.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/replay/replay.hpp"
#include "analysis/report/reason_text.hpp"
#include "analysis/report/refusal_text.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"

namespace dmstall::tests {
namespace {

using models::VerdictKind;

struct Stack {
  std::string sharing;
  int reserved = 1;
  int levels = 2;  ///< on top of each other, the lowest on a disk
  int uppers = 1;  ///< devices beside each other on the one below
  int cpus = 1;    ///< workers of each device
  std::string cache = "warm";
  std::string memory = R"("allocator": "exhausted", "freed_by": "nothing")";
  std::string mismatches =
      "read";       ///< "on" of the forced mismatches: first reads, so that the recheck heals; empty: none at all
  int readers = 1;  ///< of each upper device
  bool threads_fail = true;  ///< any number of threads may be had, down to the one rescuer; else one for each work item
};

/// Every verity device may mismatch for a request, at the cost of one fault; its recheck then finds the data right.
std::string text_of(const Stack& stack) {
  const std::string rest = R"(, "prefetch": false, "hash_levels": 1, "hash_cache": ")" + stack.cache + R"(" })";
  std::string devices = R"({ "name": "disk", "target": "disk" })", faults, workload;
  const auto verity = [&](const std::string& name, const std::string& below) {
    devices += R"(, { "name": ")" + name + R"(", "target": "verity", "data": ")" + below + R"(", "hash": ")" + below +
               '"' + rest;
    if (!stack.mismatches.empty()) {
      faults += std::string(faults.empty() ? "" : ", ") + R"({ "device": ")" + name +
                R"(", "fault": "hash_mismatch", "on": ")" + stack.mismatches + R"(" })";
    }
  };
  std::string below = "disk";
  for (int level = 1; level < stack.levels; ++level) {
    const std::string name = "v" + std::to_string(level);
    verity(name, below);
    below = name;
  }
  for (int i = 0; i < stack.uppers; ++i) {
    const std::string name = "top" + std::to_string(i), n = std::to_string(stack.readers);
    verity(name, below);
    workload += std::string(i == 0 ? "" : ", ") + R"({ "read": ")" + name + R"(", "count": )" + n +
                R"(, "in_flight": )" + n + " }";
  }
  return R"({ "format": 1, "name": "stack", "kernel": { "cpus": )" + std::to_string(stack.cpus) +
         R"(, "reserved_bio_based_ios": )" + std::to_string(stack.reserved) + R"( }, "memory": { )" + stack.memory +
         R"( }, "faults": [ )" + faults + R"( ], "sharing": ")" + stack.sharing + R"(", "devices": [ )" + devices +
         R"( ], "workload": [ )" + workload + " ] }";
}

analysis::Exploration answer_of(const Stack& stack) {
  const models::ReadResult read = models::read_scenario_text(text_of(stack), "stack.json");
  EXPECT_TRUE(read.scenario) << models::format_diagnostics(read.diagnostics);
  if (!read.scenario) return {};
  const models::Machine all_threads = models::compile(models::build_program(*read.scenario));
  const models::Machine machine = stack.threads_fail ? analysis::any_number_of_threads(all_threads) : all_threads;
  analysis::ExploreOptions options;
  options.states = 400'000;
  options.seconds = 300;
  const analysis::Exploration found = analysis::explore(machine, options);
  if (found.verdict == VerdictKind::deadlock) {
    const analysis::Replay replayed = analysis::replay(machine, found.witness);
    EXPECT_TRUE(replayed.confirmed) << analysis::to_text(replayed.refusal);
  }
  return found;
}

void expect_least(const Stack& stack, int requests, int faults) {
  SCOPED_TRACE(stack.sharing + ", r = " + std::to_string(stack.reserved) + ", " + std::to_string(stack.levels) +
               " levels, " + std::to_string(stack.uppers) + " beside each other, " + std::to_string(stack.cpus) +
               " CPUs");
  const analysis::Exploration found = answer_of(stack);
  ASSERT_EQ(found.verdict, VerdictKind::deadlock) << to_string(found.verdict) << " " << analysis::to_text(found.bound);
  EXPECT_EQ(found.requests, requests);
  EXPECT_EQ(found.faults, faults);
  EXPECT_TRUE(found.fewest_requests && found.least);
  EXPECT_TRUE(found.relieved_by_memory);
}

/// Pages can be had, the client's elements cannot.
const std::string slabs_fail = R"("allocator": "plentiful", "fails": ["*.io_client.pool"])";

}  // namespace

TEST(LeastFaults, OfASharedPageAreTwoWhateverTheClients) {
  for (const char* sharing : {"SR", "SRC"}) {
    for (const int reserved : {1, 2, 16}) {
      for (const int cpus : {1, 4}) expect_least({.sharing = sharing, .reserved = reserved, .cpus = cpus}, 1, 2);
    }
    expect_least({.sharing = sharing, .levels = 3}, 1, 2);
  }
}

TEST(LeastFaults, OfASharedClientOfOneAreTwo) {
  for (const int cpus : {1, 4}) expect_least({.sharing = "SC", .reserved = 1, .cpus = cpus}, 1, 2);
}

/// The devices of a chain above the lowest hold one element each.
TEST(LeastFaults, OfASharedClientInAChainAreOneMoreThanItHas) {
  expect_least({.sharing = "SC", .reserved = 2, .levels = 3}, 1, 3);
  expect_least({.sharing = "SC", .reserved = 2, .levels = 3, .memory = slabs_fail}, 1, 3);
  EXPECT_EQ(answer_of({.sharing = "SC", .reserved = 2, .levels = 2}).verdict, VerdictKind::progress);
  EXPECT_EQ(answer_of({.sharing = "SC", .reserved = 3, .levels = 3}).verdict, VerdictKind::progress);
}

/// n above, one below that keeps the other reads waiting behind the one worker, be it that of one CPU or the rescuer;
/// with a worker for each read, a clean one gives its element back, so that all n must mismatch below as well.
TEST(LeastFaults, OfASharedClientBesideEachOther) {
  expect_least({.sharing = "SC", .reserved = 2, .uppers = 2, .cpus = 1}, 2, 3);
  expect_least({.sharing = "SC", .reserved = 2, .uppers = 2, .cpus = 4}, 2, 3);
  expect_least({.sharing = "SC", .reserved = 2, .uppers = 2, .cpus = 4, .threads_fail = false}, 2, 4);
  expect_least({.sharing = "SC", .reserved = 3, .uppers = 3, .cpus = 4, .threads_fail = false}, 3, 6);
  expect_least({.sharing = "SC", .reserved = 3, .uppers = 3, .cpus = 1}, 3, 4);
  EXPECT_EQ(answer_of({.sharing = "SC", .reserved = 3, .uppers = 2, .cpus = 1}).verdict, VerdictKind::progress);
}

TEST(LeastFaults, OfASharedBufioClientAreNone) {
  expect_least({.sharing = "SB", .reserved = 1, .cache = "cold", .mismatches = ""}, 1, 0);
}

TEST(LeastFaults, OfPoolsPerDeviceThereAreNone) {
  for (const int reserved : {1, 2, 16}) {
    for (const int cpus : {1, 4}) {
      for (const int levels : {2, 3}) {
        SCOPED_TRACE(std::to_string(reserved) + " " + std::to_string(cpus) + " " + std::to_string(levels));
        const analysis::Exploration found =
            answer_of({.sharing = "device", .reserved = reserved, .levels = levels, .cpus = cpus, .cache = "cold"});
        EXPECT_EQ(found.verdict, VerdictKind::progress)
            << to_string(found.verdict) << " " << analysis::to_text(found.bound);
      }
      EXPECT_EQ(answer_of({.sharing = "device", .reserved = reserved, .uppers = 2, .cpus = cpus}).verdict,
                VerdictKind::progress);
    }
  }
}

}  // namespace dmstall::tests
