// dm-verity: reads are verified by a worker against a hash tree; a mismatch is re-read once before it is believed.
//
// Linux 6.1.192: drivers/md/dm-verity-target.c (verity_map, verity_end_io, verity_work, verity_verify_io,
// verity_hash_for_block, verity_verify_level, verity_recheck, verity_handle_err, verity_finish_io, verity_prefetch_io).
// A plain verified read touches neither recheck_pool nor the io client. In a recheck the worker takes
//   page (1) -> struct io -> bio -> read of the data device, waits, and returns bio and io before, the page after
//   hashing.
// With forward error correction (verity_fec.cpp) a block that still does not match is decoded, also one that the data
// device could not read (verity_end_io queues the work on errors, too); a hash block is decoded as soon as it does not
// match, never re-read. verity_handle_err tells udev before anything else, in every mode and in the worker
// (models/kernel/uevent): the first 100 times (DM_VERITY_MAX_CORRUPTED_ERRS), here every time, for the first is enough
// to wait in. on_corruption restart and panic end the machine (kernel_restart, panic) where the others return EIO or go
// on. A block of the tree that does not verify ends the walk at the first level where the fault has a block; one that
// error correction decodes stands for those of the levels above. Where the tree lies: verity_tree.hpp.
#include "models/targets/verity.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/bio_slab.hpp"
#include "models/kernel/delivered.hpp"
#include "models/kernel/dm_core.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/uevent.hpp"
#include "models/targets/verity_parts.hpp"

namespace dmstall::models {

namespace verity {

namespace {

constexpr const char* work = work_function;
constexpr const char* recheck = "verity_recheck < verity_verify_io < verity_work";
constexpr std::int32_t page_bytes = 4096;
constexpr int bufio_reserved_buffers = 1;  // verity_ctr: dm_bufio_client_create(..., 1, ...)
// Compiled sizes on Debian's amd64 6.1. Every bio carries a struct dm_verity_io, a request of the hash and two digests.
constexpr int ahash_request_bytes = 80 + 112;  // struct ahash_request and sha256's own
constexpr int per_io_data_bytes = 96 + ahash_request_bytes + 2 * digest_bytes;
constexpr std::int32_t verity_bytes = 1024;  // struct dm_verity, 752 B from kmalloc-1k
constexpr std::int32_t algorithm_bytes = 8;  // v->alg_name, "sha256"

}  // namespace

Verity describe(Stack& stack, DeviceIndex index) {
  const Device& device = stack.device(index);
  Verity verity{stack,
                index,
                device,
                stack.index_of(device.text("data")),
                stack.index_of(device.text("hash")),
                hash_tree(device),
                {},
                fec_of(device)};
  // alloc_workqueue("kverityd", WQ_MEM_RECLAIM | WQ_HIGHPRI | WQ_UNBOUND, num_online_cpus())
  verity.kverityd = device_workqueue(stack, index, "kverityd", "kverityd/" + device.name, stack.scenario().kernel.cpus);
  return verity;
}

namespace {

ResourceId recheck_pool(const Verity& verity) {
  Resource page;
  page.kind = ResourceKind::mempool;
  page.capacity = 1;  // verity_ctr: mempool_init_page_pool(&v->recheck_pool, 1, 0)
  page.soft = true;
  page.memory = MemoryClass::page;
  page.reserves = {{{"pages", page_bytes}, {"mempool slots", mempool_slot_bytes}}};
  page.wait_function = "mempool_alloc";
  return verity.stack.pool(verity.index, "recheck_pool", page);
}

}  // namespace

BufioClient hash_client(const Verity& verity) {
  return bufio_client(verity.stack, verity.index, "", bufio_reserved_buffers,
                      static_cast<std::int32_t>(verity.tree.block_bytes));
}

Steps hashing(std::int64_t bytes, const std::string& caller) {
  return spend(SpendKind::cpu_bytes, bytes, "verity_hash < " + caller);
}

bool meets_bad_hash(const Verity& verity, const FaultSet& faults) {
  return std::any_of(faults.begin(), faults.end(), [&](std::int32_t id) {
    return verity.stack.fault_kind(id) != FaultKind::io_error && verity.stack.has_hash_fault({id}, verity.index);
  });
}

FaultSet without_hash_faults(const Verity& verity, const FaultSet& faults) {
  FaultSet others;
  std::copy_if(faults.begin(), faults.end(), std::back_inserter(others),
               [&](std::int32_t id) { return !verity.stack.has_hash_fault({id}, verity.index); });
  return others;
}

Io hash_read(const Verity& verity, const Io& io) {
  Io read;
  read.bytes = verity.tree.block_bytes;
  read.faults = io.faults;
  read.hash_of = verity.index;
  return read;
}

std::int64_t cached_blocks(const Verity& verity) {
  const MemorySettings& memory = verity.stack.scenario().memory;
  return memory.allocator_given && memory.allocator == AllocatorMode::plentiful ? 0 : 65;
}

TableId cached_hash_blocks(const Verity& verity) {
  return verity.stack.table({verity.device.name + " hash blocks", verity.tree.block_bytes, cached_blocks(verity), 0});
}

namespace {

/// Whether a path can be taken: with these faults a block may match in the end, whatever is prepared for one that does
/// not.
enum class Possible : bool { no, yes };

/// What verity_handle_err does first, in every mode. Nobody says so where no block can be corrupt.
Steps corruption_found(const Verity& verity, const std::string& caller, Possible possible) {
  if (possible == Possible::no) return {};
  return send_uevent(verity.stack, verity.index, "verity_handle_err < " + caller);
}

}  // namespace

Steps stop_on_corruption(const Verity& verity, const std::string& caller) {
  const std::string& mode = verity.device.text("on_corruption");
  if (mode == "restart") return stop("kernel_restart < verity_handle_err < " + caller, mode);
  if (mode == "panic") return stop("panic < verity_handle_err < " + caller, mode);
  return {};
}

namespace {

/// How a level ends when its block does not verify, the buffer still held.
Steps hash_block_mismatches(const Verity& verity, const Io& io, const std::string& caller, Possible possible) {
  const BufioClient client = hash_client(verity);
  const bool fec = verity.fec != nullptr;
  const Steps told = corruption_found(verity, caller, possible);
  const Steps ends = stop_on_corruption(verity, caller);
  Steps stays = seq({told, ends});
  if (ends.empty()) {
    stays = seq({told, bufio_release(client),
                 verity.ignores() ? Steps{}
                 : fec            ? fec_finish_io(verity)
                                  : Steps{},
                 finish(verity.ignores() ? Status::bad : Status::error)});
  }
  if (!fec) return stays;
  const Steps repaired =
      seq({remember(cached_hash_blocks(verity), "dm_bufio_read"), bufio_release(client), finish(Status::bad)});
  return call(fec_decode(verity, io, FecBlock::hash, false, false), "verity_fec_decode < " + caller,
              {branch("ok", repaired), branch("error", stays)});
}

/// One level of the tree: ok, error (EIO), or bad. Without error correction bad is a block that does not verify, but
/// ignore mode goes on with it; with it, the bio has been through verity_fec_decode and holds its elements.
FlowId hash_level(const Verity& verity, const Io& io, const std::string& walked_by) {
  const Io read = hash_read(verity, io);
  const FlowId lower = verity.stack.flow(verity.hash, read);
  // What becomes of a bad block depends on faults that its own read does not meet: of the parity, of data in the
  // codeword.
  const bool decoded = verity.fec != nullptr && meets_bad_hash(verity, io.faults);
  const std::string name = fmt::format("hash block of {} via {}{}", verity.device.name,
                                       verity.stack.program().flows[static_cast<std::size_t>(lower)].name,
                                       decoded             ? " for " + verity.stack.describe(verity.index, io)
                                       : walked_by != work ? " in " + walked_by
                                                           : "");
  return verity.stack.flow(name, verity.index, [&] {
    const std::string caller = "verity_verify_level < verity_hash_for_block < " + walked_by;
    const TableId cached = cached_hash_blocks(verity);
    const Steps hash = hashing(verity.tree.block_bytes, caller);
    const BufioClient client = hash_client(verity);
    const Steps good = seq({hash, remember(cached, "dm_bufio_read"), bufio_release(client), finish(Status::ok)});
    // Without a fault the block below is never bad; what happens then is left to those who have one.
    const bool may_mismatch = verity.fec == nullptr || decoded;
    const Possible corrupt = delivered(verity.stack.program(), lower).bad ? Possible::yes : Possible::no;
    const Steps bad = may_mismatch ? seq({hash, hash_block_mismatches(verity, io, caller, corrupt)}) : good;
    const Steps miss =
        bufio_read(client, lower, caller,
                   OnStatus{.ok = good, .bad = bad, .error = seq({bufio_release(client), finish(Status::error)})});
    // A block that is bad on the disk never verifies: the cache may have it, but it does not help.
    if (!decoded && verity.stack.has_hash_fault(io.faults, verity.index)) return miss;
    return lookup(cached, {branch("cached", finish(Status::ok)), branch("not cached", miss)},
                  "dm_bufio_read < " + caller);
  });
}

/// The levels at which a request with these faults comes to a bad block of the tree. The first one met ends the walk;
/// one that is decoded does not, and stands for those above.
std::vector<bool> bad_levels(const Verity& verity, const FaultSet& faults) {
  std::vector<bool> bad(static_cast<std::size_t>(verity.tree.levels), false);
  for (const std::int32_t id : faults) {
    if (!verity.stack.has_hash_fault({id}, verity.index)) continue;
    const PlacedFault& fault = verity.stack.program().faults[static_cast<std::size_t>(id)];
    for (int l = 0; l < verity.tree.levels; ++l) {
      if (fault.seeded || verity.tree.has_block_of(fault, l)) bad[static_cast<std::size_t>(l)] = true;
      if (verity.fec != nullptr && bad[static_cast<std::size_t>(l)]) break;
    }
  }
  return bad;
}

/// verity_prefetch_io begins below the root: a tree of one level is never read ahead.
bool reads_ahead(const Verity& verity) {
  return verity.device.flag("prefetch") && !verity.warm() && verity.tree.levels >= 2;
}

/// The faults without those that hit nothing of the tree but its root.
FaultSet met_ahead(const Verity& verity, const FaultSet& faults) {
  FaultSet met;
  std::copy_if(faults.begin(), faults.end(), std::back_inserter(met), [&](std::int32_t id) {
    const PlacedFault& fault = verity.stack.program().faults[static_cast<std::size_t>(id)];
    bool below_root = fault.seeded || !verity.stack.has_hash_fault({id}, verity.index);
    for (int l = 0; l < verity.tree.levels - 1 && !below_root; ++l) below_root = verity.tree.has_block_of(fault, l);
    return below_root;
  });
  return met;
}

}  // namespace

FlowId hash_for_block(const Verity& verity, const Io& io, const std::string& caller) {
  const std::vector<bool> bad = bad_levels(verity, io.faults);
  const bool any_bad = std::find(bad.begin(), bad.end(), true) != bad.end();
  Io clean = io;
  clean.faults = without_hash_faults(verity, io.faults);
  const FlowId good_level = hash_level(verity, clean, caller);
  const FlowId bad_level = any_bad ? hash_level(verity, io, caller) : good_level;
  std::string name =
      fmt::format("hashes for a block of {} by {}", verity.device.name,
                  verity.stack.program().flows[static_cast<std::size_t>(any_bad ? bad_level : good_level)].name);
  for (std::size_t l = 0; any_bad && l < bad.size(); ++l) {
    if (!bad[l]) name += fmt::format(", level {} good", l);
  }
  return verity.stack.flow(name, verity.index, [&] {
    const std::string function = "verity_hash_for_block < " + caller;
    const TableId verified =
        verity.stack.table({verity.device.name + " verified level 0",
                            verity.tree.block_bytes * verity.tree.hashes_per_block(), cached_blocks(verity), 0});
    Steps walk;
    for (int l = verity.tree.levels - 1; l >= 0; --l) {
      CallOptions options;
      options.address = verity.tree.address(l);
      options.note = fmt::format("hash level {}", l);
      walk = seq({walk, call(bad[static_cast<std::size_t>(l)] ? bad_level : good_level, function,
                             {branch("error", finish(Status::error)), branch("bad", finish(Status::bad))}, options)});
    }
    walk = seq({walk, remember(verified, function), finish(Status::ok)});
    const bool never_verifies =
        any_bad && !(verity.fec != nullptr && meets_bad_hash(verity, io.faults));  // it is bad on the disk
    Steps own =
        never_verifies
            ? walk
            : lookup(verified, {branch("verified", finish(Status::ok)), branch("not verified", walk)}, function);
    const bool ahead = caller == work && reads_ahead(verity) &&
                       verity.stack.has_hash_fault(met_ahead(verity, io.faults), verity.index);
    if (!ahead) return own;
    // verity_prefetch_io reads a cluster of hash blocks: the bad one may be another than those that the block needs.
    Step which;
    which.kind = StepKind::choose;
    which.function = function;
    which.branches = {branch("its own hash block is bad", std::move(own)),
                      branch("one is bad that was only read ahead",
                             call(hash_for_block(verity, clean, caller), function,
                                  {branch("error", finish(Status::error)), branch("bad", finish(Status::bad))}))};
    which.branches[1].weight = 0;  // timed runs place the fault on the blocks of the request
    return Steps{which};
  });
}

namespace {

/// What error correction has left in the bio's hands.
enum class Kept : std::uint8_t { nothing, fec_elements };

/// verity_finish_io: the elements of error correction go back, bio_endio frees the element and tells the upper level,
/// then the work function returns.
Steps deliver(const Verity& verity, Status status, Kept kept) {
  return seq({kept == Kept::fec_elements ? fec_finish_io(verity) : Steps{},
              give(io_bs(verity.stack, verity.index), "__dm_io_complete < clone_endio < verity_finish_io"),
              leave(verity.kverityd, work), finish(status)});
}

/// verity_handle_err, then the end of the bio. `data` is what would be delivered where corruption is ignored; a bio
/// that the data device could not read ends in that error, whatever the mode.
Steps mismatch_stays(const Verity& verity, Status data, Kept kept, Possible possible) {
  if (data == Status::error) return deliver(verity, Status::error, kept);
  const std::string caller = "verity_verify_io < verity_work";
  const Steps told = corruption_found(verity, caller, possible);
  if (const Steps ends = stop_on_corruption(verity, caller); !ends.empty()) return seq({told, ends});
  return seq({told, deliver(verity, verity.ignores() ? data : Status::error, kept)});
}

/// After a recheck that did not help.
Steps correct(const Verity& verity, const Io& io, Status data, bool never_matches, Kept kept, Possible possible) {
  if (verity.fec == nullptr) return mismatch_stays(verity, data, kept, possible);
  return call(fec_decode(verity, io, FecBlock::data, kept == Kept::fec_elements, never_matches),
              "verity_fec_decode < verity_verify_io < verity_work",
              {branch("ok", deliver(verity, Status::ok, Kept::fec_elements)),
               branch("error", mismatch_stays(verity, data, Kept::fec_elements, possible))});
}

/// verity_recheck. `data` is what the first read delivered; `wrong_digest`: nothing can match, the wanted digest is
/// garbage.
Steps recheck_block(const Verity& verity, const Io& io, Status data, bool wrong_digest, Kept kept, Possible asked) {
  Io again = io;
  again.reread = true;
  again.seen = data;
  again.rewritten = false;  // the re-read goes to a page of its own
  again.bytes = verity.tree.block_bytes;
  const ResourceId page = recheck_pool(verity);
  const Steps compare = hashing(verity.tree.block_bytes, recheck);
  const Steps page_back = give(page, recheck);
  const bool never_matches = wrong_digest || verity.stack.mismatch_forced(io.faults, verity.index, true);
  const FlowId second = verity.stack.flow(verity.data, again);
  const Delivered ends = delivered(verity.stack.program(), second);
  const bool in_vain = asked == Possible::yes && (never_matches || ends.bad || ends.error);
  const Steps no_help = correct(verity, io, data, never_matches, kept, in_vain ? Possible::yes : Possible::no);
  const Steps still_bad = seq({compare, page_back, no_help});
  const Steps good_now = seq({compare, page_back, deliver(verity, Status::ok, kept)});
  const Steps read_failed = seq({page_back, no_help});
  return seq({take(page, recheck),
              dm_io_sync(dm_io_client(verity.stack, verity.index, "io_client", BioVectors::few), second, recheck,
                         {.ok = never_matches ? still_bad : good_now, .bad = still_bad, .error = read_failed})});
}

/// `arrives`: whether the data device can end its read so.
Steps verify(const Verity& verity, const Io& io, Status arrived, bool arrives) {
  const Possible possible = arrives ? Possible::yes : Possible::no;
  // A rewritten buffer is the application's own doing: what arrived was good.
  const bool mismatch =
      arrived != Status::ok || io.rewritten || verity.stack.mismatch_forced(io.faults, verity.index, false);
  const Steps hash_data = hashing(io.bytes, "verity_verify_io < verity_work");
  const auto verdict = [&](Kept kept) {
    return seq({hash_data, mismatch ? recheck_block(verity, io, arrived, false, kept, possible)
                                    : deliver(verity, Status::ok, kept)});
  };
  // verity_hash_for_block without levels: the digest is that of the table.
  if (verity.warm() || verity.tree.levels == 0) return seq({enter(verity.kverityd, work), verdict(Kept::nothing)});
  const FlowId hashes = hash_for_block(verity, io, work);
  std::vector<Branch> on{branch("ok", verdict(Kept::nothing)),
                         branch("error", deliver(verity, Status::error, Kept::nothing))};
  const bool decoded = verity.fec != nullptr && meets_bad_hash(verity, io.faults);
  // Ignore mode goes on with a hash block only if there is one that does not verify.
  const bool wrong = arrives && delivered(verity.stack.program(), hashes).bad;
  const Possible wrong_digest = wrong ? Possible::yes : Possible::no;
  const Kept kept = decoded ? Kept::fec_elements : Kept::nothing;
  if (decoded && fec_repairs(verity, io.faults)) {
    on.push_back(branch("bad", verdict(kept)));
  } else if (verity.ignores()) {
    // Ignore mode uses a corrupted hash block as it is, so the data block fails its check and is rechecked.
    on.push_back(branch("bad", seq({hash_data, recheck_block(verity, io, arrived, true, kept, wrong_digest)})));
  }
  return seq({enter(verity.kverityd, work), call(hashes, "verity_verify_io < verity_work", on)});
}

/// The prefetch work of verity_map: one hash block, from a worker that does not wait for it.
FlowId prefetch(const Verity& verity, const Io& io) {
  Io ahead = io;
  ahead.faults = met_ahead(verity, io.faults);
  const FlowId lower = verity.stack.flow(verity.hash, hash_read(verity, ahead));
  const std::string block = verity.stack.program().flows[static_cast<std::size_t>(lower)].name;
  return verity.stack.flow(fmt::format("prefetch for {} of {}", verity.device.name, block), verity.index, [&] {
    const std::string caller = "verity_prefetch_io";
    const TableId cached = cached_hash_blocks(verity);
    const FlowId body =
        verity.stack.flow(fmt::format("prefetched block of {} of {}", verity.device.name, block), verity.index, [&] {
          return lookup(
              cached,
              {branch("cached", seq({leave(verity.kverityd, caller), finish(Status::ok)})),
               branch("not cached", bufio_prefetch(hash_client(verity), lower, caller,
                                                   {{verity.kverityd.thread, 1}, {verity.kverityd.slot, 1}},
                                                   leave(verity.kverityd, caller), remember(cached, caller)))},
              "dm_bufio_prefetch < " + caller);
        });
    CallOptions options;
    options.address = verity.tree.address(0);
    return seq({enter(verity.kverityd, caller), call(body, caller, {}, options)});
  });
}

/// verity_submit_prefetch: a work item from kmalloc, without it no prefetch. Skipped when the block is cached.
Steps submit_prefetch(const Verity& verity, const Io& io) {
  if (!reads_ahead(verity)) return {};
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
      verity.stack.table({verity.device.name + " verified level 0",
                          verity.tree.block_bytes * verity.tree.hashes_per_block(), cached_blocks(verity), 0});
  const std::string function = "verity_submit_prefetch < verity_map";
  return lookup(
      verified,
      {branch("verified", {}), branch("not verified", try_take(work_item, function,
                                                               seq({give(work_item, "kfree < verity_prefetch_io"),
                                                                    spawn(prefetch(verity, io), function)}),
                                                               {}))},
      function);
}

Steps read(Stack& stack, DeviceIndex index, const Io& io) {
  const Verity verity = describe(stack, index);
  Io below = io;
  below.rewritten = false;  // the buffer changes when everything below has verified it
  const FlowId data = stack.flow(verity.data, below);
  const Delivered ends = delivered(stack.program(), data);
  const Steps bad = verify(verity, io, Status::bad, ends.bad);
  // verity_end_io: without error correction an error ends the bio at once.
  const Steps failed =
      verity.fec != nullptr ? verify(verity, io, Status::error, ends.error) : end_io(stack, index, Status::error);
  return one_clone(stack, index,
                   seq({submit_prefetch(verity, io), call(data, "verity_map < __map_bio < dm_submit_bio",
                                                          {branch("ok", verify(verity, io, Status::ok, ends.ok)),
                                                           branch("bad", bad), branch("error", failed)})}));
}

/// DM_MAPIO_KILL: verity is read-only.
Steps write(Stack& stack, DeviceIndex index, const Io&) {
  return one_clone(stack, index, seq({detach("dm_io_dec_pending < __map_bio"), end_io(stack, index, Status::error)}));
}

/// Not reached: a verity device has no write cache, so no flush is sent to it.
Steps flush(Stack&, DeviceIndex, const Io&) {
  return finish(Status::ok);
}

int num_flush_bios(const Stack&, DeviceIndex) {
  return 0;
}  // verity_ctr sets none
bool has_write_cache(const Stack&, DeviceIndex) {
  return false;
}

std::int64_t span_bytes(const Stack& stack, DeviceIndex index) {
  const HashTree tree = hash_tree(stack.device(index));
  return tree.data_blocks * tree.block_bytes;
}

/// verity_ctr.
DeviceReserves reserves(Stack& stack, DeviceIndex index) {
  const Verity verity = describe(stack, index);
  DeviceReserves all = core_reserves(stack, index);
  all.pools.insert(all.pools.end(), {recheck_pool(verity), verity.kverityd.slot, verity.kverityd.thread});
  add_reserves(all, dm_io_client(stack, index, "io_client", BioVectors::few));
  add_reserves(all, hash_client(verity));
  add_fec_reserves(verity, all);
  all.fixed.push_back({"struct dm_verity", verity_bytes});
  all.fixed.push_back({"algorithm name", algorithm_bytes});
  ++all.rescuers;  // kverityd
  return all;
}

}  // namespace

}  // namespace verity

const TargetModel verity_model{.id = "verity",
                               .read = verity::read,
                               .write = verity::write,
                               .flush = verity::flush,
                               .regions = verity::regions,
                               .num_flush_bios = verity::num_flush_bios,
                               .has_write_cache = verity::has_write_cache,
                               .reserves = verity::reserves,
                               .per_io_data_bytes = verity::per_io_data_bytes,
                               .more_per_io_data = verity::fec_per_io_data,
                               .span_bytes = verity::span_bytes};

}  // namespace dmstall::models
