// A flow's identity is a value: equal keys are one flow, every part of a key counts, and no two flows have one name.

#include "models/kernel/flow_key.hpp"

#include <unordered_set>

#include "models/kernel/stack.hpp"
#include "models/kernel/steps.hpp"
#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {
namespace {

using models::AskedIo;
using models::FlowId;
using models::FlowKey;
using models::FlowRole;
using models::Io;
using models::IoOp;

constexpr FlowRole first_role{"of this test"};
constexpr FlowRole other_role{"of this test"};

class FlowKeyTest : public ::testing::Test {
 protected:
  models::Scenario scenario_ = scenario_of(R"("faults": [], "devices": [ { "name": "disk", "target": "disk" },
    { "name": "other", "target": "disk" }, { "name": "v", "target": "verity", "data": "disk", "hash": "other" } ],
    "workload": [ { "read": "v" } ])");
  models::Stack stack_{scenario_};

  FlowId open(const FlowKey& key, const std::string& label) {
    return stack_.flow(
        key, [&] { return label; }, [] { return models::finish(Status::ok); });
  }

  /// Two requests of a device for each value that a field can have, in all combinations.
  static std::vector<Io> all_kinds() {
    std::vector<Io> all(1);
    const auto times = [&](const auto& values, const auto& set) {
      std::vector<Io> more;
      for (const Io& io : all) {
        for (const auto& value : values) {
          more.push_back(io);
          set(more.back(), value);
        }
      }
      all = std::move(more);
    };
    using enum models::FileAccess;
    times(std::vector{IoOp::read, IoOp::write, IoOp::flush, IoOp::discard, IoOp::write_zeroes},
          [](Io& io, IoOp op) { io.op = op; });
    times(std::vector{0, 4096, 4608}, [](Io& io, int bytes) { io.bytes = bytes; });
    times(std::vector{0, 65536}, [](Io& io, int bytes) { io.bio_bytes = bytes; });
    times(std::vector{direct, buffered, writeback}, [](Io& io, models::FileAccess access) { io.access = access; });
    times(std::vector{-1, 2}, [](Io& io, int owner) { io.hash_of = owner; });
    times(std::vector{-1, 2}, [](Io& io, int owner) { io.parity_of = owner; });
    times(std::vector{0, 1}, [](Io& io, int yes) { io.reread = yes != 0; });
    times(std::vector{Status::ok, Status::bad, Status::error}, [](Io& io, Status seen) { io.seen = seen; });
    times(std::vector{0, 1}, [](Io& io, int yes) { io.rewritten = yes != 0; });
    return all;
  }
};

TEST_F(FlowKeyTest, EqualKeysAreOneFlowThatIsBuiltOnce) {
  int labelled = 0, built = 0;
  const auto get = [&] {
    return stack_.flow(
        {.role = &first_role, .device = 1, .asked = {{1, Io{}}}, .number = 7},
        [&] {
          ++labelled;
          return std::string("seven");
        },
        [&] {
          ++built;
          return models::finish(Status::ok);
        });
  };
  const FlowId flow = get();
  EXPECT_EQ(get(), flow);
  EXPECT_EQ(labelled, 1);
  EXPECT_EQ(built, 1);
  EXPECT_EQ(stack_.label(flow), "seven");
  EXPECT_EQ(stack_.program().flows[static_cast<std::size_t>(flow)].device, "other");
}

TEST_F(FlowKeyTest, EveryPartOfAKeyMakesAnotherFlow) {
  Io faulty, bad;
  faulty.faults = {0};
  bad.faults = {1};
  const FlowKey plain{.role = &first_role};
  std::vector<FlowKey> keys(13, plain);
  keys[1].role = &other_role;
  keys[2].device = 0;
  keys[3].user = 0;
  keys[4].asked = {{0, Io{}}};
  keys[5].asked = {{1, Io{}}};
  keys[6].asked = {{0, faulty}};
  keys[7].asked = {{0, bad}};
  keys[8].lower = 0;
  keys[9].then = 0;
  keys[10].resource = 0;
  keys[11].function = 0;
  keys[12].number = 1;
  std::set<FlowId> flows;
  for (std::size_t i = 0; i < keys.size(); ++i) flows.insert(open(keys[i], "flow " + std::to_string(i)));
  EXPECT_EQ(flows.size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(open(keys[i], "not asked for"), static_cast<FlowId>(i)) << "its key finds flow " << i;
  }
}

TEST_F(FlowKeyTest, ASecondFlowOfOneNameIsAMistakeThatIsNoticed) {
  open({.role = &first_role, .number = 1}, "the same");
  const std::size_t flows = stack_.program().flows.size();
  try {
    open({.role = &first_role, .number = 2}, "the same");
    FAIL() << "two flows of one name";
  } catch (const std::logic_error& error) {
    EXPECT_NE(std::string(error.what()).find("\"the same\""), std::string::npos) << error.what();
  }
  EXPECT_EQ(stack_.program().flows.size(), flows);
}

TEST_F(FlowKeyTest, TextTellsRequestsApartExactlyWhereTheValueDoes) {
  std::map<std::string, AskedIo> by_text;
  std::unordered_set<FlowKey, models::FlowKeyHash> by_value;
  for (const models::DeviceIndex device : {0, 1}) {
    for (const Io& io : all_kinds()) {
      const AskedIo asked = stack_.asked(device, io);
      const auto [known, fresh] = by_text.emplace(stack_.describe(asked), asked);
      EXPECT_TRUE(known->second == asked) << known->first << " is the name of two values";
      by_value.insert({.role = &first_role, .asked = {asked}});
    }
  }
  EXPECT_EQ(by_text.size(), by_value.size());
}

TEST_F(FlowKeyTest, AFaultThatCannotShowTellsNothingApart) {
  models::PlacedFault placed;
  placed.label = "io_error@disk";
  Io io;
  io.faults = {
      stack_.add_fault(models::FaultKind::io_error, 0, -1, placed, models::FaultOn::both, models::FaultArea::data)};
  EXPECT_TRUE(stack_.asked(1, io) == stack_.asked(1, Io{})) << "it lies on another disk";
  EXPECT_FALSE(stack_.asked(0, io) == stack_.asked(0, Io{}));
  EXPECT_EQ(stack_.flow(1, io), stack_.flow(1, Io{}));
  EXPECT_NE(stack_.flow(0, io), stack_.flow(0, Io{}));
}

}  // namespace
}  // namespace dmstall::tests
