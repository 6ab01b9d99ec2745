// dm-verity: reads are verified by a worker against a hash tree; a mismatch is re-read once before it is believed.
//
// Linux 6.1.192 and 6.12.117: drivers/md/dm-verity-target.c (verity_map, verity_end_io, verity_work, verity_verify_io,
// verity_hash_for_block, verity_verify_level, verity_recheck, verity_handle_err, verity_finish_io, verity_prefetch_io).
// A plain verified read touches neither recheck_pool nor the io client. In a recheck the worker takes
//   page (1) -> struct io -> bio -> read of the data device, waits, and returns bio and io before, the page after
//   hashing.
// With forward error correction (verity_fec.cpp) a block that still does not match is decoded, also one that the data
// device could not read (verity_end_io queues the work on errors, too); a hash block is decoded as soon as it does not
// match, never re-read. verity_handle_err tells udev before anything else, in every mode and in the worker
// (models/kernel/uevent): the first 100 times (DM_VERITY_MAX_CORRUPTED_ERRS), here every time, for the first is enough
// to wait in. on_corruption restart and panic end the machine (kernel_restart, panic) where the others return EIO or go
// on.
#include "models/targets/verity.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/delivered.hpp"
#include "models/kernel/dm_core.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"
#include "models/scenario/declare.hpp"
#include "models/targets/verity_parts.hpp"

namespace dmstall::models {

namespace verity {

namespace {

using declare::choice;
using declare::client;
using declare::flag;
using declare::one_with;
using declare::role;
using declare::whole;

constexpr const char* work = work_function;
constexpr const char* recheck = "verity_recheck < verity_verify_io < verity_work";
/// Every bio carries a struct dm_verity_io, a request of the hash and two digests, and what error correction needs.
std::int64_t per_io_data(const Stack& stack, DeviceIndex device, const MemoryLayout& layout) {
  return bytes_on(structure("struct dm_verity_io"), layout) + bytes_on(structure("ahash_request"), layout) +
         bytes_on(structure("digests"), layout) + fec_per_io_data(stack, device, layout);
}

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
  // alloc_workqueue("kverityd", WQ_MEM_RECLAIM | WQ_HIGHPRI | WQ_UNBOUND, num_online_cpus()); per CPU it is one without
  // WQ_UNBOUND, with max_active 0, and the reads of a device end on one CPU (verity.kverityd-cpus).
  const bool per_cpu = stack.has(Change::kverityd_per_cpu);
  verity.kverityd = device_workqueue(stack, index, "kverityd", "kverityd/" + device.name,
                                     per_cpu ? default_max_active : stack.scenario().kernel.cpus);
  return verity;
}

namespace {

ResourceId recheck_pool(const Verity& verity) {
  Resource page;
  page.kind = ResourceKind::mempool;
  page.capacity = 1;  // verity_ctr: mempool_init_page_pool(&v->recheck_pool, 1, 0)
  page.soft = true;
  page.memory = MemoryClass::page;
  page.reserves = {{part(structure("pages")), part(structure("mempool slots"))}};
  page.wait_function = "mempool_alloc";
  return verity.stack.pool(verity.index, "recheck_pool", page);
}

}  // namespace

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

/// verity_recheck; without the change of that name error correction comes at once. `data` is what the first read
/// delivered; `wrong_digest`: nothing can match, the wanted digest is garbage.
Steps recheck_block(const Verity& verity, const Io& io, Status data, bool wrong_digest, Kept kept, Possible asked) {
  if (!verity.stack.has(Change::verity_recheck)) return correct(verity, io, data, wrong_digest, kept, asked);
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
  return seq(
      {take(page, recheck),
       dm_io_sync(
           dm_io_client(verity.stack, verity.index, "io_client", vectors_of(verity.stack, verity.tree.block_bytes)),
           second, recheck, {.ok = never_matches ? still_bad : good_now, .bad = still_bad, .error = read_failed})});
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
  const FlowId hashes = hash_for_block(verity, io, HashesFor::request);
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

/// verity_ctr asks for no flush clones, so a flush ends when the element for it is back. It comes here only where a
/// table has the write cache of whatever lies below it.
Steps flush(Stack& stack, DeviceIndex index, const Io&) {
  stack.uses(dm_flush_part());
  return one_clone(stack, index, seq({detach("__send_empty_flush < dm_submit_bio"), end_io(stack, index, Status::ok)}));
}

int num_flush_bios(const Stack&, DeviceIndex) {
  return 0;
}  // verity_ctr sets none
/// Without the change the table asks the targets that want flush clones; with it, each device that iterate_devices
/// names, which for verity is the one with the data.
bool has_write_cache(const Stack& stack, DeviceIndex index) {
  return stack.has(Change::write_cache_inherited) &&
         stack.has_write_cache(stack.index_of(stack.device(index).text("data")));
}

std::int64_t span_bytes(const Stack& stack, DeviceIndex index) {
  const HashTree tree = hash_tree(stack.device(index));
  return tree.data_blocks * tree.block_bytes;
}

/// verity_fec_ctr: "Invalid fec_blocks".
std::optional<Misfit> misfit(const Device& device) {
  const FecSettings* fec = fec_of(device);
  if (fec == nullptr || fec->blocks == 0) return std::nullopt;
  const HashTree tree = hash_tree(device);
  if (fec->blocks >= tree.data_blocks + tree.blocks()) return std::nullopt;
  return Misfit{"fec", fmt::format("\"blocks\" of \"fec\" is {}, must be at least {}: {} blocks of data and {} of the "
                                   "hash tree",
                                   fec->blocks, tree.data_blocks + tree.blocks(), tree.data_blocks, tree.blocks())};
}

/// verity_ctr.
DeviceReserves reserves(Stack& stack, DeviceIndex index) {
  const Verity verity = describe(stack, index);
  DeviceReserves all = core_reserves(stack, index);
  all.pools.insert(all.pools.end(), {verity.kverityd.slot, verity.kverityd.thread});
  if (stack.has(Change::verity_recheck)) {
    all.pools.push_back(recheck_pool(verity));
    add_reserves(all, dm_io_client(stack, index, "io_client", vectors_of(stack, verity.tree.block_bytes)));
  }
  add_reserves(all, hash_client(verity));
  add_fec_reserves(verity, all);
  all.fixed.push_back(part(structure("struct dm_verity")));
  all.fixed.push_back(part(structure("algorithm name")));
  ++all.rescuers;  // kverityd
  return all;
}

std::vector<Parameter> parameters() {
  return {
      role("data", "the device that holds the data"),
      role("hash", "the device that holds the hash tree"),
      whole("data_blocks", "blocks", "65536", 1, 1e12, "blocks that are verified"),
      declare::power_of_two(whole("block_bytes", "B", "4096", 512, 4096, "size of a data and of a hash block")),
      whole("hash_levels", "", "0", 0, 63, "levels of the hash tree; 0: derived from data_blocks and block_bytes"),
      choice("hash_cache", "any", {"any", "cold", "warm"},
             "hash blocks in dm-bufio's cache: any = whatever is worse (a timed run starts cold)"),
      choice("on_corruption", "error", {"error", "ignore", "restart", "panic"},
             "what a mismatch does when neither the re-read nor error correction helps; restart and panic end the "
             "machine"),
      role("fec", "forward error correction: {\"device\", \"roots\", \"blocks\"}", ParameterType::fec),
      flag("prefetch", "true", "hash blocks are read ahead by a work item of their own"),
  };
}

std::vector<PoolDescription> pools() {
  return {
      {.name = "recheck_pool", .holds = "struct page", .sized_by = "1", .one_with = Change::verity_module_pools},
      one_with(Change::verity_module_pools, client("io_client", "re-reads of data blocks")),
      client("bufio_client", "reads of hash blocks"),
      {.name = "bufio_buffers", .holds = "struct dm_buffer", .sized_by = "1"},
      {.name = "fec_io", .holds = "struct dm_verity_fec_io", .sized_by = "number of CPUs, with verity_fec_pool"},
      {.name = "fec_rs", .holds = "struct rs_control", .sized_by = "number of CPUs"},
      {.name = "fec_prealloc", .holds = "decode buffer", .sized_by = "number of CPUs"},
      {.name = "fec_output", .holds = "output block", .sized_by = "number of CPUs"},
      client("fec_bufio_client", "reads of parity"),
      {.name = "fec_bufio_buffers", .holds = "struct dm_buffer", .sized_by = "1"},
      client("fec_data_bufio_client", "reads of data blocks for error correction"),
      {.name = "fec_data_bufio_buffers", .holds = "struct dm_buffer", .sized_by = "1"},
      {.name = "kverityd", .holds = "running work item", .sized_by = "number of CPUs; 256 with kverityd_per_cpu"},
  };
}

}  // namespace

}  // namespace verity

const Target& verity_target() {
  static const Target target{
      .description =
          {
              .id = "verity",
              .about = "read-only, verified against a tree of hashes",
              .source = "drivers/md/dm-verity-target.c, Linux 6.1 and 6.12",
              .not_counted = "root digest, salt, hash transform, vmalloc bookkeeping; tens to hundreds of bytes per "
                             "device, by algorithm",
              .parts = {&verity::verity_part(), &verity::fec_part(), &dm_core_part(), &dm_bufio_part(), &dm_io_part(),
                        &workqueue_part(), &mempool_part(), &submission_part()},
              .parameters = verity::parameters(),
              .pools = verity::pools(),
              .traits = {.verifies = true, .read_only = true, .cuts = true},
              .misfit = verity::misfit,
          },
      .read = verity::read,
      .write = verity::write,
      .flush = verity::flush,
      .regions = verity::regions,
      .num_flush_bios = verity::num_flush_bios,
      .has_write_cache = verity::has_write_cache,
      .reserves = verity::reserves,
      .more_per_io_data = verity::per_io_data,
      .span_bytes = verity::span_bytes,
      .walks =
          {
              R"("devices": [ { "name": "d", "target": "disk" }, { "name": "h", "target": "disk" },
           { "name": "p", "target": "disk" }, { "name": "v", "target": "verity", "data": "d", "hash": "h",
             "on_corruption": "ignore", "fec": { "device": "p" } } ],
         "workload": [ { "read": "v" } ])",
              R"("devices": [ { "name": "d", "target": "disk" },
           { "name": "v", "target": "verity", "data": "d", "hash": "d" } ],
         "memory": { "allocator": "plentiful", "unpooled": "fails" }, "faults": [ { "device": "d",
           "fault": "bad_block" } ],
         "workload": [ { "read": "v", "count": 4, "in_flight": 2 } ])",
              R"("devices": [ { "name": "d", "target": "disk" },
           { "name": "v", "target": "verity", "data": "d", "hash": "d", "on_corruption": "restart" },
           { "name": "w", "target": "verity", "data": "v", "hash": "d", "on_corruption": "panic" } ],
         "workload": [ { "read": "v" }, { "read": "w", "write_kib": 64 } ])",
              R"("devices": [ { "name": "d", "target": "disk" },
           { "name": "v", "target": "verity", "data": "d", "hash": "d", "on_corruption": "ignore" },
           { "name": "w", "target": "verity", "data": "v", "hash": "v", "on_corruption": "ignore" } ],
         "sharing": "SB", "memory": { "allocator": "exhausted" }, "workload": [ { "read": "w" } ])"},
  };
  return target;
}

}  // namespace dmstall::models
