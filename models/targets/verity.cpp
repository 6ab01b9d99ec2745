// dm-verity: reads are verified by a worker against a hash tree; a mismatch is re-read once before it is believed.
//
// Linux 6.1.192: drivers/md/dm-verity-target.c (verity_map, verity_end_io, verity_work, verity_verify_io,
// verity_hash_for_block, verity_verify_level, verity_recheck, verity_handle_err, verity_finish_io, verity_prefetch_io).
// A plain verified read touches neither recheck_pool nor the io client. In a recheck the worker takes
//   page (1) -> struct io -> bio -> read of the data device, waits, and returns bio and io before, the page after hashing.
// Leaves out: FEC, restart and panic modes, zero blocks, check_at_most_once, the tasklet (6.1 runs nothing in it), several
// mismatching blocks in one bio (one block per request is rechecked), the first look at an unverified leaf (it is read
// again at the end of the walk from the root), the uevent of verity_handle_err (GFP_KERNEL).
#include "models/targets/verity.hpp"

#include "models/kernel/bio_slab.hpp"
#include "models/kernel/dm_bufio.hpp"
#include "models/kernel/dm_core.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/workqueue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dmstall::models {

namespace {

constexpr const char* work = "verity_work";
constexpr const char* recheck = "verity_recheck < verity_verify_io < verity_work";
constexpr std::int32_t page_bytes = 4096;
constexpr int bufio_reserved_buffers = 1;   // verity_ctr: dm_bufio_client_create(..., 1, ...)
constexpr int digest_bytes = 32;            // sha256
// Compiled sizes on Debian's amd64 6.1. Every bio carries a struct dm_verity_io, a request of the hash and two digests.
constexpr int ahash_request_bytes = 80 + 112;   // struct ahash_request and sha256's own
constexpr int per_io_data_bytes = 96 + ahash_request_bytes + 2 * digest_bytes;
constexpr std::int32_t verity_bytes = 1024;     // struct dm_verity, 752 B from kmalloc-1k
constexpr std::int32_t algorithm_bytes = 8;     // v->alg_name, "sha256"

struct Verity {
  Stack& stack;
  DeviceIndex index;
  const Device& device;
  DeviceIndex data, hash;
  std::int64_t block_bytes;
  int levels;
  bool ignores;          ///< on_corruption: ignore
  Workqueue kverityd;

  std::int64_t hashes_per_block() const { return block_bytes / digest_bytes; }
};

int derived_levels(std::int64_t data_blocks, std::int64_t hashes_per_block) {
  int levels = 0;
  for (std::int64_t blocks = data_blocks; blocks > 1 || levels == 0; ++levels) {
    blocks = (blocks + hashes_per_block - 1) / hashes_per_block;
  }
  return levels;
}

Verity describe(Stack& stack, DeviceIndex index) {
  const Device& device = stack.device(index);
  Verity verity{stack, index, device, stack.index_of(device.text("data")), stack.index_of(device.text("hash")),
                device.integer("block_bytes"), 0, device.text("on_corruption") == "ignore", {}};
  verity.levels = device.has("hash_levels") ? static_cast<int>(device.integer("hash_levels")) : 0;
  if (verity.levels <= 0) verity.levels = derived_levels(device.integer("data_blocks"), verity.hashes_per_block());
  // alloc_workqueue("kverityd", WQ_MEM_RECLAIM | WQ_HIGHPRI | WQ_UNBOUND, num_online_cpus())
  verity.kverityd = device_workqueue(stack, index, "kverityd", "kverityd/" + device.name, stack.scenario().kernel.cpus);
  return verity;
}

ResourceId recheck_pool(const Verity& verity) {
  Resource page;
  page.kind = ResourceKind::mempool;
  page.capacity = 1;   // verity_ctr: mempool_init_page_pool(&v->recheck_pool, 1, 0)
  page.soft = true;
  page.memory = MemoryClass::page;
  page.reserves = {{{"pages", page_bytes}, {"mempool slots", mempool_slot_bytes}}};
  page.wait_function = "mempool_alloc";
  return verity.stack.pool(verity.index, "recheck_pool", page);
}

BufioClient hash_client(const Verity& verity) {
  return bufio_client(verity.stack, verity.index, bufio_reserved_buffers, static_cast<std::int32_t>(verity.block_bytes));
}

Steps hashing(std::int64_t bytes, const std::string& caller) {
  return spend(SpendKind::cpu_bytes, bytes, "verity_hash < " + caller);
}

Io hash_read(const Verity& verity, const Io& io) {
  Io read;
  read.bytes = verity.block_bytes;
  read.faults = io.faults;
  read.hash_of = verity.index;
  return read;
}

/// Where level 0, 1, … of the tree lies for a data address: behind the data, one area after the other.
AddressMap hash_address(const Verity& verity, int level) {
  AddressMap address;
  std::int64_t covered = verity.block_bytes;
  std::int64_t area = verity.device.integer("data_blocks") * verity.block_bytes;
  std::int64_t blocks = verity.device.integer("data_blocks");
  for (int l = 0; l <= level; ++l) {
    if (l > 0) area += blocks * verity.block_bytes;
    covered *= verity.hashes_per_block();
    blocks = (blocks + verity.hashes_per_block() - 1) / verity.hashes_per_block();
  }
  address.divide_by = covered;
  address.multiply_by = verity.block_bytes;
  address.add = area;
  return address;
}

/// Hash blocks that stay cached: all of them, unless memory is short (then what bufio may retain, plus the reserve).
std::int64_t cached_blocks(const Verity& verity) {
  const MemorySettings& memory = verity.stack.scenario().memory;
  return memory.allocator_given && memory.allocator == AllocatorMode::plentiful ? 0 : 65;
}

/// One level of the tree: ok, error (EIO), or bad: the block does not verify, but ignore mode goes on with it.
FlowId hash_level(const Verity& verity, const Io& io) {
  const Io read = hash_read(verity, io);
  const FlowId lower = verity.stack.flow(verity.hash, read);
  const std::string name = fmt::format("hash block of {} via {}", verity.device.name, verity.stack.program().flows[static_cast<std::size_t>(lower)].name);
  return verity.stack.flow(name, verity.index, [&] {
    const std::string caller = "verity_verify_level < verity_hash_for_block < verity_work";
    const TableId cached = verity.stack.table({verity.device.name + " hash blocks", verity.block_bytes, cached_blocks(verity), 0});
    const Steps miss = bufio_read(hash_client(verity), lower, caller,
                                  seq({hashing(verity.block_bytes, caller), remember(cached, "dm_bufio_read")}));
    return lookup(cached, {branch("cached", finish(Status::ok)), branch("not cached", miss)}, "dm_bufio_read < " + caller);
  });
}

/// verity_hash_for_block: level 0 if it is cached and verified; else from the root down, one buffer at a time.
FlowId hash_for_block(const Verity& verity, const Io& io) {
  const FlowId level = hash_level(verity, io);
  const std::string name = fmt::format("hashes for a block of {} by {}", verity.device.name, verity.stack.program().flows[static_cast<std::size_t>(level)].name);
  return verity.stack.flow(name, verity.index, [&] {
    const std::string function = "verity_hash_for_block < verity_work";
    const TableId verified =
        verity.stack.table({verity.device.name + " verified level 0", verity.block_bytes * verity.hashes_per_block(), cached_blocks(verity), 0});
    Steps walk;
    for (int l = verity.levels - 1; l >= 0; --l) {
      CallOptions options;
      options.address = hash_address(verity, l);
      options.note = fmt::format("hash level {}", l);
      walk = seq({walk, call(level, function, {branch("error", finish(Status::error)),
                                               branch("bad", finish(verity.ignores ? Status::bad : Status::error))},
                             options)});
    }
    return lookup(verified, {branch("verified", finish(Status::ok)), branch("not verified", seq({walk, remember(verified, function), finish(Status::ok)}))},
                  function);
  });
}

/// verity_finish_io: bio_endio frees the element and tells the upper level, then the work function returns.
Steps deliver(const Verity& verity, Status status) {
  return seq({give(io_bs(verity.stack, verity.index), "__dm_io_complete < clone_endio < verity_finish_io"),
              leave(verity.kverityd, work), finish(status)});
}

/// verity_handle_err, then the end of the bio. `data` is what would be delivered where corruption is ignored.
Steps mismatch_stays(const Verity& verity, Status data) {
  return deliver(verity, verity.ignores ? data : Status::error);
}

/// verity_recheck. `data` is what the first read delivered; `wrong_digest`: nothing can match, the wanted digest is garbage.
Steps recheck_block(const Verity& verity, const Io& io, Status data, bool wrong_digest) {
  Io again = io;
  again.reread = true;
  again.rewritten = false;    // the re-read goes to a page of its own
  again.bytes = verity.block_bytes;
  const ResourceId page = recheck_pool(verity);
  const Steps compare = hashing(verity.block_bytes, recheck);
  const Steps page_back = give(page, recheck);
  const bool never_matches = wrong_digest || verity.stack.mismatch_forced(io.faults, verity.index, true);
  const Steps still_bad = seq({compare, page_back, mismatch_stays(verity, data)});
  const Steps good_now = seq({compare, page_back, deliver(verity, Status::ok)});
  const Steps read_failed = seq({page_back, mismatch_stays(verity, data)});
  return seq({take(page, recheck),
              dm_io_sync(dm_io_client(verity.stack, verity.index, "io_client"), verity.stack.flow(verity.data, again), recheck,
                         {.ok = never_matches ? still_bad : good_now, .bad = still_bad, .error = read_failed})});
}

Steps verify(const Verity& verity, const Io& io, Status arrived) {
  // A rewritten buffer is the application's own doing: what arrived was good.
  const bool mismatch = arrived == Status::bad || io.rewritten || verity.stack.mismatch_forced(io.faults, verity.index, false);
  const Steps hash_data = hashing(io.bytes, "verity_verify_io < verity_work");
  const Steps verdict = seq({hash_data, mismatch ? recheck_block(verity, io, arrived, false) : deliver(verity, Status::ok)});
  if (verity.device.text("hash_cache") == "warm") return seq({enter(verity.kverityd, work), verdict});
  std::vector<Branch> on{branch("ok", verdict), branch("error", deliver(verity, Status::error))};
  // Ignore mode uses a corrupted hash block as it is, so the data block fails its check and is rechecked.
  if (verity.ignores) on.push_back(branch("bad", seq({hash_data, recheck_block(verity, io, arrived, true)})));
  return seq({enter(verity.kverityd, work), call(hash_for_block(verity, io), "verity_verify_io < verity_work", on)});
}

/// The prefetch work of verity_map: one hash block, from a worker that does not wait for it.
FlowId prefetch(const Verity& verity, const Io& io) {
  Io clean = io;
  clean.faults.clear();
  const Io read = hash_read(verity, clean);
  return verity.stack.flow(fmt::format("prefetch for {} of {}", verity.device.name, read.hash_of), verity.index, [&] {
    const std::string caller = "verity_prefetch_io";
    const TableId cached = verity.stack.table({verity.device.name + " hash blocks", verity.block_bytes, cached_blocks(verity), 0});
    const FlowId body = verity.stack.flow(fmt::format("prefetched block of {} of {}", verity.device.name, read.hash_of), verity.index, [&] {
      return lookup(cached,
                    {branch("cached", seq({leave(verity.kverityd, caller), finish(Status::ok)})),
                     branch("not cached",
                            bufio_prefetch(hash_client(verity), verity.stack.flow(verity.hash, read), caller,
                                           {{verity.kverityd.thread, 1}, {verity.kverityd.slot, 1}}, leave(verity.kverityd, caller),
                                           remember(cached, caller)))},
                    "dm_bufio_prefetch < " + caller);
    });
    CallOptions options;
    options.address = hash_address(verity, 0);
    return seq({enter(verity.kverityd, caller), call(body, caller, {}, options)});
  });
}

/// verity_submit_prefetch: a work item from kmalloc, without it no prefetch. Skipped when the block is cached.
Steps submit_prefetch(const Verity& verity, const Io& io) {
  // verity_prefetch_io begins below the root: a tree of one level is never read ahead.
  if (!verity.device.flag("prefetch") || verity.device.text("hash_cache") == "warm" || verity.levels < 2) return {};
  Resource item;
  item.name = verity.device.name + ".prefetch_work (kmalloc)";
  item.kind = ResourceKind::mempool;
  item.soft = true;
  item.memory = MemoryClass::slab;
  item.pool = "prefetch_work";
  item.owner = verity.device.name;
  item.wait_function = "kmalloc";
  const ResourceId work_item = verity.stack.resource(item);
  const TableId verified =
      verity.stack.table({verity.device.name + " verified level 0", verity.block_bytes * verity.hashes_per_block(), cached_blocks(verity), 0});
  const std::string function = "verity_submit_prefetch < verity_map";
  return lookup(verified, {branch("verified", {}), branch("not verified",
                                                         try_take(work_item, function,
                                                                  seq({give(work_item, "kfree < verity_prefetch_io"), spawn(prefetch(verity, io), function)}), {}))},
                function);
}

Steps read(Stack& stack, DeviceIndex index, const Io& io) {
  const Verity verity = describe(stack, index);
  Io below = io;
  below.rewritten = false;    // the buffer changes when everything below has verified it
  const Steps bad = verify(verity, io, Status::bad);
  return one_clone(stack, index,
                   seq({submit_prefetch(verity, io),
                        call(stack.flow(verity.data, below), "verity_map < __map_bio < dm_submit_bio",
                             {branch("ok", verify(verity, io, Status::ok)), branch("bad", bad),
                              branch("error", end_io(stack, index, Status::error))})}));
}

/// DM_MAPIO_KILL: verity is read-only.
Steps write(Stack& stack, DeviceIndex index, const Io&) {
  return one_clone(stack, index, seq({detach("dm_io_dec_pending < __map_bio"), end_io(stack, index, Status::error)}));
}

/// Not reached: a verity device has no write cache, so no flush is sent to it.
Steps flush(Stack&, DeviceIndex, const Io&) { return finish(Status::ok); }

int num_flush_bios(const Stack&, DeviceIndex) { return 0; }   // verity_ctr sets none
bool has_write_cache(const Stack&, DeviceIndex) { return false; }

/// verity_ctr.
DeviceReserves reserves(Stack& stack, DeviceIndex index) {
  const Verity verity = describe(stack, index);
  DeviceReserves all = core_reserves(stack, index);
  all.pools.insert(all.pools.end(), {recheck_pool(verity), verity.kverityd.slot, verity.kverityd.thread});
  add_reserves(all, dm_io_client(stack, index, "io_client"));
  add_reserves(all, hash_client(verity));
  all.fixed.push_back({"struct dm_verity", verity_bytes});
  all.fixed.push_back({"algorithm name", algorithm_bytes});
  ++all.rescuers;                                      // kverityd
  return all;
}

}  // namespace

const TargetModel verity_model{"verity", read, write, flush, num_flush_bios, has_write_cache, reserves, per_io_data_bytes};

}  // namespace dmstall::models
