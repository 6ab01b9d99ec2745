// A search for one stuck set of several: the first that is wanted is found, and confirmed; none is no answer.
#include <gtest/gtest.h>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/replay/replay.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"

namespace dmstall::tests {

namespace {

using analysis::Exploration;
using models::VerdictKind;

/// Two devices with flushes that can each get stuck: a flush of three segments takes two clones beside its own, and the
/// set of each device has one in reserve (scenarios/findings/flush-r1-three-disks.json).
const models::Machine& machine() {
  static const models::Machine compiled = [] {
    const auto linear = [](const std::string& name) {
      return R"({"name": ")" + name + R"(", "target": "linear", "segments": [ {"to": "a", "size_mib": 8},
                 {"to": "b", "size_mib": 8}, {"to": "c", "size_mib": 8} ]})";
    };
    const std::string text = R"({ "format": 1, "name": "flushes", "kernel": { "reserved_bio_based_ios": 1 },
      "devices": [ {"name": "a", "target": "disk"}, {"name": "b", "target": "disk"},
                   {"name": "c", "target": "disk"}, )" +
                             linear("x") + ", " + linear("y") + R"( ],
      "memory": { "allocator": "adversary" }, "workload": [ {"flush": "x"}, {"flush": "y"} ] })";
    models::ReadResult read = models::read_scenario_text(text, "flushes.json");
    if (!read.scenario) throw std::runtime_error(models::format_diagnostics(read.diagnostics));
    return analysis::any_number_of_threads(models::compile(models::build_program(*read.scenario)));
  }();
  return compiled;
}

bool waits_for(const models::StuckReport& stuck, const std::string& resource) {
  return std::any_of(stuck.threads.begin(), stuck.threads.end(), [&](const models::BlockedThread& thread) {
    return thread.waits_for.find(resource) != std::string::npos;
  });
}

Exploration search_for(const std::string& resource) {
  analysis::ExploreOptions options;
  if (!resource.empty())
    options.wanted = [resource](const models::StuckReport& stuck) { return waits_for(stuck, resource); };
  return explore(machine(), options);
}

}  // namespace

TEST(WantedStuckSet, IsFoundThoughAnotherOneComesFirst) {
  for (const char* resource : {"x.bs", "y.bs"}) {
    const Exploration found = search_for(resource);
    ASSERT_EQ(found.verdict, VerdictKind::deadlock) << resource;
    EXPECT_TRUE(waits_for(found.stuck, resource));
    EXPECT_TRUE(analysis::replay(machine(), found.witness).confirmed);
  }
  const Exploration any = search_for("");
  ASSERT_EQ(any.verdict, VerdictKind::deadlock);
  EXPECT_NE(waits_for(any.stuck, "x.bs"), waits_for(any.stuck, "y.bs")) << "the least has one of them";
}

TEST(WantedStuckSet, ThatIsNotThereIsNoDeadlock) {
  EXPECT_NE(search_for("z.bs").verdict, VerdictKind::deadlock);
}

}  // namespace dmstall::tests
