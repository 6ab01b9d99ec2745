// Documented deadlocks of reserves in Linux's stacked block devices, scaled down; names are those of the scenarios.

#include <functional>
#include <utility>

#include "tests/machine/fixed_machines.hpp"
#include "tests/oracle/builder.hpp"

namespace dmstall::tests {

using namespace steps;
using models::ResourceId;

namespace {

using Describe = std::function<void(ProgramBuilder&)>;

/// One recheck at each level: page, then io, then the read of the level below, which is verity again.
Steps rechecks(const std::vector<std::pair<ResourceId, ResourceId>>& levels) {
  Steps steps;
  for (const auto& [page, io] : levels) steps.push_back(take(page)), steps.push_back(take(io));
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    steps.push_back(give(level->second)), steps.push_back(give(level->first));
  }
  return steps;
}

Steps nested(const std::vector<ResourceId>& pools) {
  Steps steps;
  for (const auto pool : pools) steps.push_back(take(pool));
  for (auto pool = pools.rbegin(); pool != pools.rend(); ++pool) steps.push_back(give(*pool));
  return steps;
}

class Cases {
 public:
  void before(const std::string& id, bool can_complete, const std::string& story, const Describe& describe) {
    add(id, "", true, can_complete, story, describe);
  }
  void after(const std::string& id, const std::string& variant, const std::string& story, const Describe& describe) {
    add(id, variant, false, true, story, describe);
  }
  std::vector<FixedMachine> take() { return std::move(all_); }
  FixedMachine& last() { return all_.back(); }

 private:
  void add(const std::string& id, const std::string& variant, bool dead, bool can_complete, const std::string& story,
           const Describe& describe) {
    ProgramBuilder b(variant.empty() ? id : id + "." + variant);
    describe(b);
    FixedMachine machine;
    machine.program = b.program();
    machine.story = story;
    machine.dead = machine.stuck = dead;
    machine.can_complete = can_complete;
    all_.push_back(std::move(machine));
  }
  std::vector<FixedMachine> all_;
};

void verity_cases(Cases& c) {
  c.before("verity-stack-shared-recheck", false, "One page for all verity devices, two of them stacked.", [](auto& b) {
    const auto page = b.mempool("verity.recheck_pool", 1), io = b.mempool("verity.io_client.pool", 16);
    b.task("read", rechecks({{page, io}, {page, io}}));
  });
  c.after("verity-stack-shared-recheck", "private", "Private pools of 1, depth 3, three requests.", [](auto& b) {
    std::vector<std::pair<ResourceId, ResourceId>> levels;
    for (const char* name : {"upper", "middle", "lower"}) {
      const auto page = b.mempool(std::string(name) + ".recheck_pool", 1);
      levels.emplace_back(page, b.mempool(std::string(name) + ".io_client.pool", 1));
    }
    b.task("read", rechecks(levels), 3);
  });
  const auto shared_io = [](int n) {
    return [n](ProgramBuilder& b) {
      const auto io = b.mempool("verity.io_client.pool", n);
      std::vector<std::pair<ResourceId, ResourceId>> levels;
      for (const char* name : {"upper", "middle", "lower"}) levels.emplace_back(b.mempool(name, 1), io);
      b.task("read", rechecks(levels), n == 2 ? 1 : 2);
    };
  };
  c.before("verity-shared-io-only", false, "Depth 3 needs three elements of a shared pool of 2.", shared_io(2));
  c.after("verity-shared-io-only", "io-3", "The private pages admit one holder per level, so 3 are enough.",
          shared_io(3));
  const auto stacks = [](int n) {
    return [n](ProgramBuilder& b) {
      const auto io = b.mempool("verity.io_client.pool", n);
      for (int i = 0; i < 3; ++i) {
        const auto number = std::to_string(i);
        const auto upper = b.mempool("upper" + number, 1), lower = b.mempool("lower" + number, 1);
        b.task("read" + number, rechecks({{upper, io}, {lower, io}}));
      }
    };
  };
  c.before("verity-S-stacks", true, "Three pairs: each upper device holds one of 3.", stacks(3));
  c.after("verity-S-stacks", "io-4", "One more than there are pairs.", stacks(4));
  c.after("verity-unstacked-control", "shared", "No device below another: sharing harms nobody.", [](auto& b) {
    const auto page = b.mempool("verity.recheck_pool", 1), io = b.mempool("verity.io_client.pool", 1);
    b.task("read", rechecks({{page, io}}), 3);
  });
}

void bio_set_cases(Cases& c) {
  c.before("dm-core-global-bioset", false, "Three levels clone from one set of 2.", [](auto& b) {
    const auto fs = b.mempool("fs_bio_set", 2);
    b.task("io", nested({fs, fs, fs}));
  });
  c.after("dm-core-global-bioset", "private", "A set of 1 per level.", [](auto& b) {
    const auto x = b.mempool("l0", 1), y = b.mempool("l1", 1), z = b.mempool("l2", 1);
    b.task("io", nested({x, y, z}), 3);
  });
  c.before("dm-core-global-bioset-2", true, "Two levels, two requests, one set of 2.", [](auto& b) {
    const auto fs = b.mempool("fs_bio_set", 2);
    b.task("io", nested({fs, fs}), 2);
  });
  c.after("dm-core-global-bioset-2", "one-request", "One request alone finds both elements.", [](auto& b) {
    const auto fs = b.mempool("fs_bio_set", 2);
    b.task("io", nested({fs, fs}));
  });
  c.before("bio-list-multi-split", true, "Three splits each of a set of 4, started only at return.", [](auto& b) {
    const auto set = b.mempool("bio_split", 4);
    const auto split = b.flow("split", {spend(), give(set)});
    b.task("submitter", {submit_bio(times(3, {steps::take(set), park(split, {{set, 1}})}))}, 2);
  });
  c.after("bio-list-multi-split", "rescuer", "A rescuer starts what is parked: even a set of 1 is enough.",
          [](auto& b) {
            const auto set = b.mempool("bio_split", 1);
            const auto split = b.flow("split", {spend(), give(set)});
            b.task("submitter", times(3, {steps::take(set), spawn(split, false, {{set, 1}})}), 2);
          });
  c.before("bio-list-order", false, "FIFO: the rest of the bio is split again before the first part's children start.",
           [](auto& b) {
             const auto set = b.mempool("x", 1);
             const auto part = b.flow("part", {spend(), give(set)});
             b.task("submitter", {submit_bio({steps::take(set), park(part), steps::take(set), park(part)})});
           });
  c.after("bio-list-order", "depth-first", "The first part is fully submitted before the rest runs.", [](auto& b) {
    const auto set = b.mempool("x", 1);
    const auto part = b.flow("part", {spend(), detach(), spend(), give(set)});
    b.task("submitter", {submit_bio({steps::take(set), park(part)}), submit_bio({steps::take(set), park(part)})});
  });
  const auto duplicates = [](int set_size, int clones, bool mutex, int n) {
    return [=](ProgramBuilder& b) {
      const auto set = b.mempool("bs", set_size);
      const auto lock = b.mutex("table_devices_lock");
      Steps all{steps::take(set, clones), give(set, clones)};
      if (mutex) all = {steps::take(lock), steps::take(set, clones), give(lock), give(set, clones)};
      b.task("flush", all, n);
    };
  };
  c.before("dm-duplicate-bios", true, "Each holds some clones, none has all three.", duplicates(4, 3, false, 2));
  c.after("dm-duplicate-bios", "mutex", "One blocking multi-allocator at a time.", duplicates(4, 3, true, 3));
  c.before("dm-reserve-too-small", false, "A lock does not cure a reserve below one maximal request.",
           duplicates(2, 3, true, 1));
  c.after("dm-reserve-too-small", "max", "The set is as large as one flush.", duplicates(3, 3, true, 2));
  c.before("md-single-flush-slot", false, "Two flushes of one submission want the one slot.", [](auto& b) {
    const auto slot = b.semaphore("flush_bio", 1);
    const auto members = b.flow("member flushes", {spend(), give(slot)});
    b.task("submitter", {submit_bio({steps::take(slot), park(members), steps::take(slot), park(members)})});
  });
  c.after("md-single-flush-slot", "workqueue", "A worker submits the member flushes.", [](auto& b) {
    const auto slot = b.semaphore("flush_bio", 1);
    const auto members = b.flow("member flushes", {spend(), give(slot)});
    b.task("submitter", {submit_bio({steps::take(slot), spawn(members), steps::take(slot), spawn(members)})});
  });
}

void page_cases(Cases& c) {
  const auto pages = [](int pool, int each, bool mutex, bool bulk, int n) {
    return [=](ProgramBuilder& b) {
      const auto p = b.mempool("page_pool", pool);
      const auto lock = b.mutex("bio_alloc_lock");
      Steps all;
      if (mutex) all.push_back(steps::take(lock));
      all.push_back(bulk ? take_all(p, each) : steps::take(p, each));
      if (mutex) all.push_back(give(lock));
      all.push_back(give(p, each));
      b.task("write", all, n);
    };
  };
  c.before("dm-crypt-page-pool", true, "Two writers share the pool, each holds part of what it needs.",
           pages(4, 4, false, false, 2));
  c.after("dm-crypt-page-pool", "mutex", "One at a time, and the pool covers one maximal request.",
          pages(4, 4, true, false, 2));
  c.before("blk-crypto-bounce-pages", false, "One bio needs twice the pool.", pages(4, 8, false, false, 1));
  c.after("blk-crypto-bounce-pages", "bulk", "All or nothing, and the pool is large enough.",
          pages(8, 8, false, true, 2));
  c.before("blk-crypto-bounce-pages.bulk-too-small", false,
           "All or nothing does not help when all is more than the pool.", pages(4, 5, false, true, 1));
  const auto subjobs = [](int pool, int sub, int n) {
    return [=](ProgramBuilder& b) {
      const auto p = b.mempool("job_pool", pool);
      const auto thread = b.workers("kcopyd", 1);
      Steps all{steps::take(p), steps::take(thread)};
      if (sub > 0) all.push_back(steps::take(p, sub));
      for (const auto& step : Steps{give(thread), spend(), steps::take(thread), give(p, 1 + sub), give(thread)})
        all.push_back(step);
      b.task("copy", all, n);
    };
  };
  c.before("kcopyd-subjobs", true, "The thread that would free the sub-jobs waits for one.", subjobs(5, 2, 2));
  c.after("kcopyd-subjobs", "one-request", "Below floor(C/(S+1)) + 1 requests there is always enough.",
          subjobs(5, 2, 1));
  c.after("kcopyd-subjobs", "one-element", "One element holds the whole job.", subjobs(1, 0, 3));
}

void thread_cases(Cases& c) {
  const auto mirrors = [](bool shared) {
    return [=](ProgramBuilder& b) {
      const auto tio = b.mempool("B.tio", 2);
      const auto recovered = b.event("B recovered");
      const auto thread = b.workers("kcopyd", 1);
      const auto own = shared ? thread : b.workers("kcopyd of B", 1);
      b.task("write", {steps::take(tio), await(recovered), give(tio)}, 2);
      b.task("copy for A", {steps::take(thread), steps::take(tio), give(tio), give(thread)});
      b.task("copy for B", {steps::take(own), signal(recovered), give(own)});
    };
  };
  c.before("kcopyd-shared-thread", true, "The one thread works for A and waits for what only B's recovery frees.",
           mirrors(true));
  c.after("kcopyd-shared-thread", "per-device", "B's recovery has a thread of its own.", mirrors(false));
  const auto prefetch = [](bool worker) {
    return [=](ProgramBuilder& b) {
      const auto lock = b.mutex("bufio");
      const auto done = b.event("read done");
      const auto read = b.flow("read", {spend(), signal(done)});
      b.task("T1", {steps::take(lock), await(done), give(lock)});
      if (worker) {
        b.task("T2", {submit_bio({park(read)})});
        b.task("prefetch", {steps::take(lock), give(lock)});
      } else {
        b.task("T2", {submit_bio({park(read), steps::take(lock), give(lock)})});
      }
    };
  };
  c.before("verity-prefetch-in-map", true, "The read T1 waits for is parked by T2, which waits for T1's lock.",
           prefetch(false));
  c.after("verity-prefetch-in-map", "worker", "map never blocks.", prefetch(true));
  const auto offload = [](bool own_queue, int offloaded) {
    return [=](ProgramBuilder& b) {
      const auto metadata = b.workers("metadata_wq", 2);
      const auto other = own_queue ? b.workers("offload_wq", 2) : metadata;
      const auto range = b.mutex("range");
      b.task("owner", {steps::take(range), steps::take(metadata), give(metadata), give(range)});
      b.task("offloaded", {steps::take(other), steps::take(range), give(range), give(other)}, offloaded);
    };
  };
  c.before("integrity-offload-same-wq", true, "All workers wait for the range, whose owner waits for a worker.",
           offload(false, 2));
  c.after("integrity-offload-same-wq", "one-offloaded", "A worker is left for the owner.", offload(false, 1));
  c.after("integrity-offload-same-wq", "offload_wq", "One class may wait for the other, never the reverse.",
          offload(true, 2));
  const auto throttle = [](int variant) {
    return [=](ProgramBuilder& b) {
      const auto origins = b.rwsem("_origins_lock");
      const auto cow = b.semaphore("cow_count", 1);
      const auto copied = variant == 1 ? b.flow("copied", {give(cow), read_lock(origins), read_unlock(origins)})
                                       : b.flow("copied", {read_lock(origins), read_unlock(origins), give(cow)});
      if (variant == 2) {
        b.task("write", {steps::take(cow), read_lock(origins), read_unlock(origins), spawn(copied)}, 2);
      } else {
        b.task("write", {read_lock(origins), steps::take(cow), read_unlock(origins), spawn(copied)}, 2);
      }
      b.task("ctr", {write_lock(origins), write_unlock(origins)});
    };
  };
  c.before("snapshot-cow-throttle", true,
           "A queued writer keeps the completion from the lock that a throttled writer reads.", throttle(0));
  c.after("snapshot-cow-throttle", "delegate", "The element goes back before the lock is needed.", throttle(1));
  c.after("snapshot-cow-throttle", "wait-without-lock", "Throttled holding nothing.", throttle(2));
  c.before("loop-stacked-wq", false, "Two loop devices, one below the other, share one worker.", [](auto& b) {
    const auto wq = b.workers("loop", 1);
    b.task("io", nested({wq, wq}));
  });
  c.after("loop-stacked-wq", "per-device", "One worker each.", [](auto& b) {
    const auto upper = b.workers("loop1", 1), lower = b.workers("loop0", 1);
    b.task("io", nested({upper, lower}), 3);
  });
  const auto shrinker = [](int variant) {
    return [=](ProgramBuilder& b) {
      const auto lock = b.mutex("bufio");
      const auto worker = b.workers("loop", 1);
      const auto written = b.event("written"), mine = b.event("written for the worker");
      b.task("kswapd", {steps::take(lock), await(written), give(lock)});
      Steps loop{steps::take(worker)};
      if (variant == 0) loop.insert(loop.end(), {steps::take(lock), give(lock)});
      if (variant == 1)
        loop.insert(loop.end(), {try_take(lock, {signal(written), give(worker), finish()}), await(mine), give(lock)});
      loop.insert(loop.end(), {signal(written), give(worker)});
      b.task("loop", loop);
    };
  };
  c.before("bufio-shrinker-loop", true,
           "kswapd waits for a write that the loop worker does not do: it reclaims and wants the lock.", shrinker(0));
  c.before("bufio-shrinker-loop.trylock", true,
           "The worker gets the lock itself and waits for I/O that only it can serve.", shrinker(1));
  c.after("bufio-shrinker-loop", "noio", "The worker may not reclaim.", shrinker(2));
  c.before("crypt-on-loop-swapfile", false, "The filesystem under the loop allocates with no reserve.", [](auto& b) {
    const auto swap = b.semaphore("swap_bios", 2), worker = b.workers("loop", 1), mem = b.mempool("page", 0);
    b.task("swap_out", nested({swap, worker, mem}), 2);
  });
  c.after("crypt-on-loop-swapfile", "extent-map", "No allocation on the way.", [](auto& b) {
    const auto swap = b.semaphore("swap_bios", 2), worker = b.workers("loop", 1);
    b.task("swap_out", nested({swap, worker}), 2);
  });
  c.after("bulk-waiter-starvation", "unfair", "No state is dead: whoever is starved could go on.", [](auto& b) {
    const auto pool = b.mempool("pool", 4);
    b.task("bulk", {take_all(pool, 4), give(pool, 4)});
    b.daemon("s1", {forever({steps::take(pool), give(pool)})});
    b.daemon("s2", {forever({steps::take(pool), give(pool)})});
  });
  const auto plug = [](bool sleeps) {
    return [=](ProgramBuilder& b) {
      const auto slots = b.semaphore("wbt", 2);
      const auto pending = b.event("MD_SB_CHANGE_PENDING", true);
      if (sleeps) {
        b.task("raid5d", {steps::take(slots, 2), give(slots, 2), while_(pending, {spend()})});
      } else {
        b.task("raid5d", {steps::take(slots, 2), while_(pending, {spend()}), give(slots, 2)});
      }
      b.task("superblock", {steps::take(slots), clear(pending), give(slots)});
    };
  };
  c.before("raid5-journal-plug-spin", true,
           "raid5d spins with the slots in its plug; the superblock write waits for one.", plug(false));
  c.last().dead = false;
  c.last().livelock = true;
  c.after("raid5-journal-plug-spin", "sleeps", "Sleeping flushes the plug.", plug(true));
}

}  // namespace

std::vector<FixedMachine> history_machines() {
  Cases cases;
  verity_cases(cases);
  bio_set_cases(cases);
  page_cases(cases);
  thread_cases(cases);
  return cases.take();
}

}  // namespace dmstall::tests
