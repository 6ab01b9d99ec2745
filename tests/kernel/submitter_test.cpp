// What a submitter takes of its own, step by step: block/fops.c, block/bio.c, fs/buffer.c, mm/page_io.c, fs/ext4.
#include "tests/kernel/search.hpp"
#include "tests/kernel/stacks.hpp"

namespace dmstall::tests {

namespace {

constexpr const char* refused = R"("allocator": "exhausted", "freed_by": "nothing")";

std::string on_disk(const std::string& item, const std::string& filesystem_keys = "",
                    const std::string& memory = refused) {
  return R"("devices": [ { "name": "d", "target": "disk" }, { "name": "fs", "target": "filesystem", "device": "d")" +
         filesystem_keys + R"( } ], "memory": { )" + memory + R"( }, "faults": [], "workload": [ )" + item + " ]";
}

/// Runs a request and all that it starts, until nothing of it moves.
class Settling {
 public:
  explicit Settling(Walk& walk) : walk_(&walk) {}

  void operator()(TokenId id, std::int64_t serial) {
    std::size_t steps = 0;
    do {
      steps = moved_;
      move(id, serial);
      for (std::size_t i = 0; i < walk_->spawned().size(); ++i) {
        if (serials_.size() == i) serials_.push_back(walk_->world().token(walk_->spawned()[i]).serial);
        move(walk_->spawned()[i], serials_[i]);
      }
    } while (steps != moved_);
  }

 private:
  void move(TokenId id, std::int64_t serial) {
    while (!walk_->finished(serial) && walk_->step(id)) ++moved_;
  }

  Walk* walk_;
  std::vector<std::int64_t> serials_;
  std::size_t moved_ = 0;
};

struct Alone {
  explicit Alone(const std::string& body) : machine(machine_of(body)), walk(machine) {
    id = walk.start();
    serial = walk.world().token(id).serial;
    Settling settle(walk);
    settle(id, serial);
  }
  [[nodiscard]] bool done() const { return walk.finished(serial); }
  [[nodiscard]] Story sets() const {
    return only(walk.story(),
                {"take fs_bio_set", "give fs_bio_set", "take blkdev_dio_pool", "give blkdev_dio_pool", "disk d"});
  }

  Machine machine;
  Walk walk;
  TokenId id = models::no_token;
  std::int64_t serial = 0;
};

constexpr const char* fs_take = "take fs_bio_set";
constexpr const char* fs_give = "give fs_bio_set";

}  // namespace

TEST(Submitter, WritebackAndSwapTakeABioOfTheMachine) {
  for (const char* verb : {"writeback", "swap_out", "swap_in"}) {
    const Alone request(on_disk(R"({ ")" + std::string(verb) + R"(": "d" })"));
    EXPECT_TRUE(request.done()) << verb;
    EXPECT_EQ(request.sets(), (Story{fs_take, "disk d", fs_give})) << verb;
  }
}

TEST(Submitter, ThroughThePageCacheOfABlockDeviceToo) {
  EXPECT_EQ(Alone(on_disk(R"({ "read": "d", "direct": false })")).sets(), (Story{fs_take, "disk d", fs_give}));
  EXPECT_EQ(Alone(on_disk(R"({ "write": "d", "direct": false })")).sets(), (Story{fs_take, "disk d", fs_give}));
}

TEST(Submitter, DirectIoTakesWhatItsSizeAndItsThreadSay) {
  // blkdev_direct_IO: at most BIO_MAX_VECS pages and synchronous: on the stack.
  EXPECT_EQ(Alone(on_disk(R"({ "read": "d", "write_kib": 1024 })")).sets(), Story{"disk d"});
  const Story asynchronous{"take blkdev_dio_pool", "disk d", "give blkdev_dio_pool"};
  EXPECT_EQ(Alone(on_disk(R"({ "read": "d", "aio": true })")).sets(), asynchronous);
  EXPECT_EQ(Alone(on_disk(R"({ "write": "d", "count": 2, "in_flight": 2, "threads": 1 })")).sets(), asynchronous);
  EXPECT_EQ(Alone(on_disk(R"({ "write": "d", "count": 2, "in_flight": 2 })")).sets(), Story{"disk d"});
  // A flush has its bio on the stack.
  EXPECT_EQ(Alone(on_disk(R"({ "flush": "d" })")).sets(), Story{"disk d"});
}

TEST(Submitter, AboveThePagesOfABioTheFirstStaysUntilAllAreDone) {
  const Alone request(on_disk(R"({ "write": "d", "write_kib": 3072 })"));
  EXPECT_TRUE(request.done());
  const Story sets = request.sets();
  EXPECT_EQ(std::count(sets.begin(), sets.end(), "take blkdev_dio_pool"), 1);
  EXPECT_EQ(std::count(sets.begin(), sets.end(), fs_take), 2) << "three bios of 256 pages";
  EXPECT_EQ(std::count(sets.begin(), sets.end(), "disk d"), 3);
  EXPECT_EQ(sets.front(), "take blkdev_dio_pool");
  EXPECT_EQ(sets.back(), "give blkdev_dio_pool");
}

TEST(Submitter, FilesAreReadAndWrittenInBiosOf256Pages) {
  const Alone read(on_disk(R"({ "read": "fs", "write_kib": 3072 })"));
  const Story sets = read.sets();
  EXPECT_TRUE(read.done());
  EXPECT_EQ(std::count(sets.begin(), sets.end(), fs_take), 3);
  EXPECT_EQ(std::count(sets.begin(), sets.end(), "disk d"), 3);
}

TEST(Submitter, TheNextBioIsTakenBeforeTheOneInHandIsSubmitted) {
  // ubd zeroes 64 sectors in one command: 64 KiB are two bios.
  const Alone zeroes(on_disk(R"({ "zero_out": "d", "discard_kib": 64 })"));
  EXPECT_TRUE(zeroes.done());
  EXPECT_EQ(zeroes.sets(), (Story{fs_take, fs_take, "disk d", fs_give, "disk d", fs_give}));
  const Alone one(on_disk(R"({ "zero_out": "d", "discard_kib": 32 })"));
  EXPECT_EQ(one.sets(), (Story{fs_take, "disk d", fs_give}));
  EXPECT_FALSE(search(on_disk(R"({ "zero_out": "d", "count": 4 })")).dead);
  EXPECT_TRUE(search(on_disk(R"({ "zero_out": "d" }, { "zero_out": "d" })")).dead);
}

TEST(Submitter, ADiscardIsCutAtTheFirstUnit) {
  EXPECT_EQ(Alone(on_disk(R"({ "discard": "d" })")).sets().size(), 6U) << "two bios";
  const auto with = [](const std::string& granularity, const std::string& kib) {
    return R"("devices": [ { "name": "d", "target": "disk", "discard_granularity_kib": )" + granularity +
           R"( } ], "memory": { "allocator": "exhausted" }, "faults": [], "workload": [ { "discard": "d",
               "discard_kib": )" +
           kib + " } ]";
  };
  EXPECT_EQ(Alone(with("64", "1024")).sets(), (Story{fs_take, "disk d", fs_give}));
  EXPECT_EQ(Alone(with("64", "1000")).sets().size(), 6U) << "the second range does not begin at a unit";
}

TEST(Submitter, BiosOfAnUnwrittenExtentStayUntilItIsConverted) {
  const Alone two(on_disk(R"({ "writeback": "fs", "write_kib": 2048 })"));
  EXPECT_TRUE(two.done());
  EXPECT_EQ(two.sets(), (Story{fs_take, "disk d", fs_take, "disk d", fs_give}))
      << "both are put after both are complete: ext4_release_io_end";
  const Alone locked(on_disk(R"({ "writeback": "fs", "write_kib": 2048 })", R"(, "dioread_nolock": false)"));
  EXPECT_EQ(locked.sets(), (Story{fs_take, "disk d", fs_give, fs_take, "disk d", fs_give}));
  const Alone three(on_disk(R"({ "writeback": "fs", "write_kib": 3072 })"));
  EXPECT_FALSE(three.done());
  EXPECT_EQ(three.walk.name_at(three.id), "fs_bio_set");
  EXPECT_EQ(three.walk.level("fs_bio_set"), 0);
}

TEST(Submitter, AnExtentEndsAfter2048Blocks) {
  // With memory, 16 MiB are two extents; the second is not part of the first one's io_end.
  const std::string memory = R"("allocator": "plentiful")";
  const Program program = program_of(on_disk(R"({ "writeback": "fs", "write_kib": 16384 })", "", memory));
  const auto extents = std::count_if(program.flows.begin(), program.flows.end(),
                                     [](const models::Flow& flow) { return flow.name.rfind("extent: ", 0) == 0; });
  EXPECT_EQ(extents, 1) << "both alike: 8 MiB";
}

TEST(Submitter, ACommitWaitsForTheHandleOfAnExtentThatWaitsForABio) {
  // Seen on a real kernel: jbd2 in jbd2_journal_wait_updates beside a flusher in bio_alloc.
  const Machine machine =
      machine_of(on_disk(R"({ "writeback": "fs", "write_kib": 3072 }, { "fsync": "fs", "write_kib": 4 })", "",
                         R"("allocator": "adversary", "threads": "succeed")"));
  Walk walk(machine);
  Settling settle(walk);
  const TokenId flusher = walk.start(0);
  const std::int64_t of_flusher = walk.world().token(flusher).serial;
  settle(flusher, of_flusher);
  EXPECT_EQ(walk.name_at(flusher), "fs_bio_set");
  walk.allocating("fs_bio_set");
  const TokenId fsync = walk.start(1);
  const std::int64_t of_fsync = walk.world().token(fsync).serial;
  walk.run(fsync);
  ASSERT_FALSE(walk.finished(of_fsync));
  EXPECT_EQ(walk.name_at(fsync), "fs.journal");
  EXPECT_TRUE(walk.waits(fsync));
  settle(flusher, of_flusher);
  walk.run(fsync);
  EXPECT_TRUE(walk.finished(of_fsync)) << "the last bio is taken: the handle is stopped";
}

}  // namespace dmstall::tests
